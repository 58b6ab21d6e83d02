package calendlyinbox.admin;

import biweekly.component.VEvent;
import biweekly.property.Status;
import calendlyinbox.calendly.CalendlyTime;
import calendlyinbox.calendly.CleanText;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/**
 * Upcoming meetings, and those of the last 30 days, for calendar programs: an entry a booking. No
 * addresses and no links to cancel: who may see a calendar may not act on it.
 */
final class CalendarFeed {
  private static final String KIND = "text/calendar; charset=utf-8";
  private static final java.time.Duration BACK = java.time.Duration.ofDays(30);

  /**
   * A calendar program takes no more with pleasure: the upcoming ones that start first, and the
   * past ones that started last.
   */
  private static final int MOST = 5000;

  /** The same by their length, which is the strangers' to choose who book. */
  private static final int MOST_BYTES = 6 * 1024 * 1024;

  private static final int LONGEST_TEXT = 500;
  private static final int LONGEST_LINK = 2000;

  private static final Pattern BLANK = Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}\\s]+");
  private static final Pattern NO_BLANK = Pattern.compile("[^\\p{Cc}\\p{Z}\\p{Cf}]+");

  /** Behind every time that there is. */
  private static final String EVER = "a";

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

  private enum Order {
    ASC,
    DESC
  }

  static Reply of(Database database, Clock clock) throws DatabaseUnavailableException {
    return of(database, clock, MOST, MOST_BYTES);
  }

  static Reply of(Database database, Clock clock, int most, int mostBytes)
      throws DatabaseUnavailableException {
    Instant now = clock.instant();
    String from = CalendlyTime.text(now.minus(BACK));
    String here = CalendlyTime.text(now);
    Entries entries = new Entries(mostBytes);
    database.look(
        handle ->
            active(handle, here, EVER, Order.ASC, most, entries::addLast)
                && active(
                    handle, from, here, Order.DESC, most - entries.count(), entries::addFirst));
    return new Reply(200, KIND, entries.calendar());
  }

  /**
   * Gives each to a reader, when it is read.
   *
   * @param reader says whether it takes more
   * @return whether it took all
   */
  private static boolean active(
      Handle handle, String from, String to, Order order, int limit, Predicate<VEvent> reader) {
    return handle
        .createQuery(
            """
            SELECT i.uri, m.name AS meeting, i.name, m.start_time, m.end_time, m.location, m.join_url,
              max(coalesce(i.updated_at, i.created_at, m.start_time), coalesce(m.updated_at, '')) AS changed
            FROM meetings m JOIN invitees i ON i.meeting_uri = m.uri
            WHERE m.start_time >= :from AND m.start_time < :to AND +i.status = 'active' AND +m.status = 'active'
            ORDER BY m.start_time <order>, i.uri <order> LIMIT :limit
            """)
        .define("order", order.name())
        .bind("from", from)
        .bind("to", to)
        .bind("limit", limit)
        .map(
            (row, context) ->
                new Booking(
                    row.getString("uri"),
                    text(row.getString("meeting")),
                    text(row.getString("name")),
                    Instant.parse(row.getString("start_time")),
                    Optional.ofNullable(row.getString("end_time")).map(Instant::parse),
                    text(row.getString("location")),
                    link(row.getString("join_url")),
                    Instant.parse(row.getString("changed"))))
        .withStream(bookings -> bookings.map(CalendarFeed::entry).allMatch(reader));
  }

  private static VEvent entry(Booking booking) {
    VEvent entry = new VEvent();
    entry.setUid(booking.uri());
    entry.setDateTimeStamp(Date.from(booking.changed()));
    entry.setDateStart(Date.from(booking.start()));
    // RFC 5545 has no other end, and programs refuse the whole calendar for one.
    booking
        .end()
        .filter(booking.start()::isBefore)
        .ifPresent(end -> entry.setDateEnd(Date.from(end)));
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
    return Optional.ofNullable(column)
        .map(text -> beginning(withoutDirection(text)))
        .map(text -> BLANK.matcher(text).replaceAll(" ").strip())
        .filter(text -> !text.isEmpty());
  }

  /** What joins letters and emoji stays. */
  private static String withoutDirection(String text) {
    return text.codePoints()
        .filter(c -> !CleanText.turnsDirection(c))
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static String beginning(String text) {
    if (text.length() <= LONGEST_TEXT) {
      return text;
    }
    boolean within = Character.isHighSurrogate(text.charAt(LONGEST_TEXT - 1));
    return text.substring(0, within ? LONGEST_TEXT - 1 : LONGEST_TEXT) + "...";
  }

  /** Whole or not at all: a part of an address leads elsewhere. */
  private static Optional<String> link(String column) {
    return Optional.ofNullable(column)
        .map(String::strip)
        .filter(link -> link.length() <= LONGEST_LINK)
        .filter(NO_BLANK.asMatchPredicate());
  }
}
