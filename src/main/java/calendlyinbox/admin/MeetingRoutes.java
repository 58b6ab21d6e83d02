package calendlyinbox.admin;

import calendlyinbox.calendly.CalendlyTime;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import io.javalin.http.Context;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** {@code /api/meetings}: who booked what, as JSON and for calendar programs. */
final class MeetingRoutes {
  private static final int LIMIT = 100;
  private static final int MOST = 1000;

  /** Of text, which is in memory twice for a moment. */
  private static final int MOST_BYTES = 4 * 1024 * 1024;

  private final Database database;
  private final Clock clock;

  MeetingRoutes(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  void addTo(AdminRoutes routes) {
    routes.getLarge("/api/meetings", this::meetings);
    routes.getLarge(AdminGate.CALENDAR_PATH, this::calendar);
  }

  private AdminThreads.Work meetings(Context ctx) {
    Parameters given = new Parameters(ctx, "from", "to", "status", "email", "columns", "limit");
    BookingSearch search =
        new BookingSearch(
            time(given, "from").orElse(CalendlyTime.text(clock.instant())),
            time(given, "to"),
            given.choice("status", List.of("active", "canceled")),
            given.text("email"),
            columns(given).orElse(BookingSearch.COLUMNS));
    int limit = given.number("limit", 1, MOST).orElse((long) LIMIT).intValue();
    return given.unlessFaulty(() -> found(database, search, limit, MOST_BYTES));
  }

  /** A list that ends early would look whole: where there is no room for all it is refused. */
  static Reply found(Database database, BookingSearch search, int limit, int mostBytes)
      throws DatabaseUnavailableException {
    Listing listing = new Listing("meetings", mostBytes);
    return database.look(
            handle -> search.first(handle, limit, row -> listing.add(Columns.shown(row))))
        ? listing.reply()
        : Reply.badParameter(
            "limit is "
                + limit
                + "; it must be at most "
                + listing.rows()
                + " here, since so many bookings fill the "
                + mostBytes
                + " bytes that an answer may have; columns, as name,email,start_time, asks for less of each");
  }

  private AdminThreads.Work calendar(Context ctx) {
    return new Parameters(ctx, "token").unlessFaulty(() -> CalendarFeed.of(database, clock));
  }

  private static Optional<List<String>> columns(Parameters given) {
    return given.checked(
        "columns",
        "columns of bookings, with a comma between two",
        value ->
            Optional.of(Stream.of(value.split(",", -1)).map(String::strip).distinct().toList())
                .filter(BookingSearch.COLUMNS::containsAll));
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
