package calendlyinbox.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
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

  /** Returns those that start at this time or later, in order of start. */
  static List<Map<String, Object>> from(Handle handle, String time, int limit) {
    return handle
        .createQuery(
            """
            SELECT * FROM bookings WHERE start_time >= :time
            ORDER BY start_time, invitee_uri LIMIT :limit
            """)
        .bind("time", time)
        .bind("limit", limit)
        .mapToMap()
        .list();
  }

  /** Returns every one, in order of start; last those of which the start is not known. */
  static List<Map<String, Object>> all(Handle handle, int limit) {
    return handle
        .createQuery(
            """
            SELECT * FROM bookings
            ORDER BY start_time IS NULL, start_time, invitee_uri LIMIT :limit
            """)
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

  static void printTable(List<Map<String, Object>> bookings, PrintWriter out) {
    Table table = new Table("START (UTC)", "MEETING", "NAME", "E-MAIL", "STATUS", "WHERE");
    for (Map<String, Object> booking : bookings) {
      table.add(
          readable(text(booking, "start_time")),
          text(booking, "meeting"),
          text(booking, "name"),
          text(booking, "email"),
          status(booking),
          where(booking));
    }
    table.print(out);
  }

  /** What is JSON in a column becomes JSON, so that a program need not parse twice. */
  static void printJson(List<Map<String, Object>> bookings, PrintWriter out) {
    for (Map<String, Object> booking : bookings) {
      booking.replaceAll(
          (column, value) ->
              JSON_COLUMNS.contains(column) && value instanceof String text ? parsed(text) : value);
    }
    Json.printRows(bookings, out);
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

  private static String text(Map<String, Object> booking, String column) {
    Object value = booking.get(column);
    return value == null ? "" : value.toString();
  }
}
