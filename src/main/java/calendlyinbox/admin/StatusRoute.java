package calendlyinbox.admin;

import calendlyinbox.calendly.CalendlyTime;
import calendlyinbox.events.EventQueue;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code GET /api/status}: is all well, at a glance; and what a page needs to ask for more. */
final class StatusRoute {
  private static final Logger log = LoggerFactory.getLogger(StatusRoute.class);
  private static final long HEALTH_WITHIN_SECONDS = 5;

  private final AdminToken token;
  private final String csrf;
  private final Health health;
  private final EventQueue queue;
  private final Figures figures;
  private final EventCounts events;
  private final Clock clock;
  private final Instant startedAt;

  StatusRoute(
      AdminToken token,
      String start,
      Health health,
      Database database,
      EventQueue queue,
      Figures figures,
      Clock clock) {
    this.token = token;
    this.csrf = token.againstForgery(start);
    this.health = health;
    this.queue = queue;
    this.figures = figures;
    this.events = new EventCounts(database);
    this.clock = clock;
    this.startedAt = clock.instant();
  }

  void addTo(AdminRoutes routes) {
    routes.get("/api/status", ctx -> new Parameters(ctx).unlessFaulty(this::status));
  }

  private Reply status() {
    Optional<Map<String, String>> parts = parts();
    if (parts.isEmpty()) {
      return Reply.error(503, "busy", "parts of the server do not answer; its log may say why");
    }
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("version", version());
    status.put("now", CalendlyTime.text(clock.instant()));
    status.put("started_at", CalendlyTime.text(startedAt));
    status.put("csrf", csrf);
    status.put("calendar_url", AdminGate.CALENDAR_PATH + "?token=" + token.forCalendar());
    status.put("health", health(parts.get()));
    EventCounts.Counted counted = counted();
    status.put(
        "last_delivery_at",
        figures.lastDelivery().map(CalendlyTime::text).or(counted::lastDelivery).orElse(null));
    status.put("refused_since", figures.refusedSinceLastDelivery());
    status.put("backlog", backlog());
    status.put("events", counted.byStatus().orElse(null));
    status.put("tried_in_vain", counted.retried().orElse(null));
    status.put("answer_ms", figures.times().milliseconds());
    return Reply.json(status);
  }

  private static Map<String, String> health(Map<String, String> parts) {
    Map<String, String> health = new LinkedHashMap<>();
    health.put("status", Health.isWell(parts) ? "ok" : "trouble");
    health.putAll(parts);
    return health;
  }

  private Map<String, Object> backlog() {
    EventQueue.Backlog backlog = queue.backlog();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("bytes", backlog.bytes());
    json.put("waiting_since", backlog.waitingSince().map(CalendlyTime::text).orElse(null));
    return json;
  }

  /** Returns what can be said without a database where there is none. */
  private EventCounts.Counted counted() {
    try {
      return events.counted();
    } catch (DatabaseUnavailableException e) {
      return EventCounts.Counted.UNKNOWN;
    }
  }

  /** Returns nothing where a part does not answer: a disk that hangs, for one. */
  private Optional<Map<String, String>> parts() {
    try {
      return Optional.of(health.parts().get(HEALTH_WITHIN_SECONDS, TimeUnit.SECONDS));
    } catch (TimeoutException | ExecutionException e) {
      log.debug("Health is not known", e);
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** The JAR's manifest knows it; there is none while classes are run from a folder. */
  private static String version() {
    String version = StatusRoute.class.getPackage().getImplementationVersion();
    return version == null ? "(not a release)" : version;
  }
}
