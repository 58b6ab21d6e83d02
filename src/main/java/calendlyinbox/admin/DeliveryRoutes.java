package calendlyinbox.admin;

import calendlyinbox.calendly.CalendlyTime;
import io.javalin.http.Context;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What happened at the door: counted in steps for charts, and the latest refusals one by one. */
final class DeliveryRoutes {
  private static final Map<String, Range> RANGES =
      Map.of("24h", new Range(Duration.ofHours(1), 24), "30d", new Range(Duration.ofDays(1), 30));

  private final Figures figures;
  private final Clock clock;

  DeliveryRoutes(Figures figures, Clock clock) {
    this.figures = figures;
    this.clock = clock;
  }

  private record Range(Duration step, int steps) {
    /** Returns the beginning of the first step; the last is the one that the moment is in. */
    Instant from(Instant now) {
      long seconds = step.toSeconds();
      long last = Math.floorDiv(now.getEpochSecond(), seconds);
      return Instant.ofEpochSecond((last - steps + 1) * seconds);
    }
  }

  void addTo(AdminRoutes routes) {
    routes.get("/api/deliveries", this::deliveries);
    routes.get(
        "/api/refused",
        ctx ->
            new Parameters(ctx)
                .unlessFaulty(
                    () -> Reply.json(Map.of("refused", figures.refused().newestFirst()))));
  }

  private AdminThreads.Work deliveries(Context ctx) {
    Parameters given = new Parameters(ctx, "range");
    String name = given.choice("range", List.of("24h", "30d")).orElse("24h");
    Range range = RANGES.get(name);
    return given.unlessFaulty(
        () -> {
          Instant from = range.from(clock.instant());
          Map<String, Object> json = new LinkedHashMap<>();
          json.put("range", name);
          json.put("step_seconds", range.step().toSeconds());
          json.put("from", CalendlyTime.text(from));
          json.put("counts", figures.counts().counts(from, range.step(), range.steps()));
          return Reply.json(json);
        });
  }
}
