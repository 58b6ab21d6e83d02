package calendlyinbox.admin;

import calendlyinbox.calendly.CalendlyTime;
import calendlyinbox.store.Database;
import io.javalin.http.Context;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code /api/meetings}: who booked what, as JSON and for calendar programs. */
final class MeetingRoutes {
  private static final int LIMIT = 100;
  private static final int MOST = 1000;

  private final Database database;
  private final Clock clock;

  MeetingRoutes(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  void addTo(AdminRoutes routes) {
    routes.get("/api/meetings", this::meetings);
    routes.get(AdminGate.CALENDAR_PATH, this::calendar);
  }

  private AdminThreads.Work meetings(Context ctx) {
    Parameters given = new Parameters(ctx, "from", "to", "status", "email", "limit");
    BookingSearch search =
        new BookingSearch(
            time(given, "from").orElse(CalendlyTime.text(clock.instant())),
            time(given, "to"),
            given.choice("status", List.of("active", "canceled")),
            given.text("email"));
    int limit = given.number("limit", 1, MOST).orElse((long) LIMIT).intValue();
    return given.unlessFaulty(
        () -> {
          List<Map<String, Object>> found = database.look(handle -> search.first(handle, limit));
          return Reply.json(Map.of("meetings", found.stream().map(Columns::shown).toList()));
        });
  }

  private AdminThreads.Work calendar(Context ctx) {
    return new Parameters(ctx, "token").unlessFaulty(() -> CalendarFeed.of(database, clock));
  }

  /** A day stands for its first moment, in UTC. */
  private static Optional<String> time(Parameters given, String name) {
    return given.checked(
        name,
        "a day or a moment, as 2026-11-23 or 2026-11-23T10:00:00Z",
        value -> day(value).or(() -> CalendlyTime.normalise(value.replace(' ', '+'))));
  }

  private static Optional<String> day(String value) {
    try {
      OffsetDateTime begin = LocalDate.parse(value).atStartOfDay().atOffset(ZoneOffset.UTC);
      return CalendlyTime.normalise(begin.toString());
    } catch (DateTimeException noDay) {
      return Optional.empty();
    }
  }
}
