package calendlyinbox.admin;

import biweekly.ICalendar;
import biweekly.component.VEvent;
import biweekly.property.Status;
import biweekly.util.Duration;
import calendlyinbox.calendly.CalendlyTime;
import calendlyinbox.calendly.CleanText;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/**
 * Upcoming meetings, and those of the last 30 days, for calendar programs: an entry a booking. No
 * addresses and no links to cancel: who may see a calendar may not act on it.
 */
final class CalendarFeed {
  private static final String KIND = "text/calendar; charset=utf-8";
  private static final java.time.Duration BACK = java.time.Duration.ofDays(30);

  /** Those that start first; a calendar program takes no more with pleasure. */
  private static final int MOST = 5000;

  private CalendarFeed() {}

  private record Booking(
      String uri,
      Optional<String> meeting,
      Optional<String> name,
      Instant start,
      Optional<Instant> end,
      Optional<String> location,
      Optional<String> link,
      Instant changed) {}

  static Reply of(Database database, Clock clock) throws DatabaseUnavailableException {
    String from = CalendlyTime.text(clock.instant().minus(BACK));
    List<Booking> bookings = database.look(handle -> active(handle, from));
    ICalendar calendar = new ICalendar();
    calendar.setProductId("-//calendly-inbox//EN");
    calendar.setName("Calendly");
    calendar.setRefreshInterval(Duration.builder().hours(1).build());
    bookings.forEach(booking -> calendar.addEvent(entry(booking)));
    return new Reply(200, KIND, calendar.write().getBytes(StandardCharsets.UTF_8));
  }

  private static List<Booking> active(Handle handle, String from) {
    return handle
        .createQuery(
            """
            SELECT invitee_uri, meeting, name, start_time, end_time, location, join_url,
              coalesce(created_at, start_time) AS changed
            FROM bookings
            WHERE start_time >= :from AND +status = 'active' AND +meeting_status = 'active'
            ORDER BY start_time, invitee_uri LIMIT :limit
            """)
        .bind("from", from)
        .bind("limit", MOST)
        .map(
            (row, context) ->
                new Booking(
                    row.getString("invitee_uri"),
                    text(row.getString("meeting")),
                    text(row.getString("name")),
                    Instant.parse(row.getString("start_time")),
                    Optional.ofNullable(row.getString("end_time")).map(Instant::parse),
                    text(row.getString("location")),
                    text(row.getString("join_url")),
                    Instant.parse(row.getString("changed"))))
        .list();
  }

  private static VEvent entry(Booking booking) {
    VEvent entry = new VEvent();
    entry.setUid(booking.uri());
    entry.setDateTimeStamp(Date.from(booking.changed()));
    entry.setDateStart(Date.from(booking.start()));
    booking.end().ifPresent(end -> entry.setDateEnd(Date.from(end)));
    entry.setSummary(
        Stream.of(booking.meeting(), booking.name())
            .flatMap(Optional::stream)
            .reduce((meeting, name) -> meeting + " with " + name)
            .orElse("Meeting"));
    booking.location().or(booking::link).ifPresent(entry::setLocation);
    booking.link().ifPresent(entry::setUrl);
    entry.setStatus(Status.confirmed());
    return entry;
  }

  /** In one line: the library escapes what would end a field, and need not meet anything worse. */
  private static Optional<String> text(String column) {
    return Optional.ofNullable(column).map(CleanText::of).filter(text -> !text.isEmpty());
  }
}
