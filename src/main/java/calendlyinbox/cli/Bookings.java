package calendlyinbox.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** The view {@code bookings}: read, and shown to people and programs. */
final class Bookings {
  private static final Set<String> JSON_COLUMNS = Set.of("answers", "payment", "tracking");

  private Bookings() {}

  /**
   * Returns those that start at this time, of invitees after this one, or later, in order of start.
   */
  static List<Map<String, Object>> after(Handle handle, String time, String invitee, int limit) {
    return handle
        .createQuery(
            """
            SELECT * FROM bookings
            WHERE start_time >= :time AND (start_time > :time OR invitee_uri > :invitee)
            ORDER BY start_time, invitee_uri LIMIT :limit
            """)
        .bind("time", time)
        .bind("invitee", invitee)
        .bind("limit", limit)
        .mapToMap()
        .list();
  }

  /** Returns those of which the start is not known, of invitees after this one, in their order. */
  static List<Map<String, Object>> withoutStart(Handle handle, String invitee, int limit) {
    return handle
        .createQuery(
            """
            SELECT * FROM bookings WHERE start_time IS NULL AND invitee_uri > :invitee
            ORDER BY invitee_uri LIMIT :limit
            """)
        .bind("invitee", invitee)
        .bind("limit", limit)
        .mapToMap()
        .list();
  }

  /** Returns the view's columns in their order. */
  static List<String> columns(Handle handle) {
    return handle
        .createQuery("SELECT name FROM pragma_table_info('bookings') ORDER BY cid")
        .mapTo(String.class)
        .list();
  }

  static Optional<Map<String, Object>> ofInvitee(Handle handle, String uri) {
    return handle
        .createQuery("SELECT * FROM bookings WHERE invitee_uri = :uri")
        .bind("uri", uri)
        .mapToMap()
        .findOne();
  }

  static Table table() {
    return new Table("START (UTC)", "MEETING", "NAME", "E-MAIL", "STATUS", "WHERE");
  }

  static void addTo(Table table, Map<String, Object> booking) {
    table.add(
        readable(text(booking, "start_time")),
        text(booking, "meeting"),
        text(booking, "name"),
        text(booking, "email"),
        status(booking),
        where(booking));
  }

  /** What is JSON in a column becomes JSON, so that a program need not parse twice. */
  static void addTo(JsonRows array, Map<String, Object> booking) {
    booking.replaceAll(
        (column, value) ->
            JSON_COLUMNS.contains(column) && value instanceof String text ? parsed(text) : value);
    array.add(booking);
  }

  /** {@code 2026-11-23T10:00:00.000000Z} as {@code 2026-11-23 10:00:00}. */
  static String readable(String time) {
    return time.replaceFirst("^(\\d{4}-\\d\\d-\\d\\d)T(\\d\\d:\\d\\d:\\d\\d)(\\.\\d+)?Z$", "$1 $2");
  }

  private static Object parsed(String json) {
    Optional<JsonNode> tree = Json.read(json.getBytes(StandardCharsets.UTF_8));
    return tree.isPresent() ? tree.get() : json;
  }

  private static String status(Map<String, Object> booking) {
    String status = text(booking, "status");
    if (isSet(booking, "rescheduled")) {
      status += ", rescheduled";
    }
    return isSet(booking, "no_show") ? status + ", no-show" : status;
  }

  private static String where(Map<String, Object> booking) {
    String link = text(booking, "join_url");
    String place = link.isEmpty() ? text(booking, "location") : link;
    return place.isEmpty() ? text(booking, "location_type") : place;
  }

  private static boolean isSet(Map<String, Object> booking, String column) {
    return booking.get(column) instanceof Number number && number.intValue() == 1;
  }

  /** Returns what is in a column; empty where nothing is. */
  static String text(Map<String, Object> booking, String column) {
    Object value = booking.get(column);
    return value == null ? "" : value.toString();
  }
}
