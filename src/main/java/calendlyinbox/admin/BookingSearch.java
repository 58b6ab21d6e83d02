package calendlyinbox.admin;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * Finds bookings by when they start.
 *
 * @param from that start then or later
 * @param to that start earlier than then
 * @param email of the invitee, whole, in any case of letters
 * @param columns some of {@link #COLUMNS}
 */
record BookingSearch(
    String from,
    Optional<String> to,
    Optional<String> status,
    Optional<String> email,
    List<String> columns) {

  /** Those of the view, in its order. */
  static final List<String> COLUMNS =
      List.of(
          "name",
          "email",
          "status",
          "meeting",
          "start_time",
          "end_time",
          "location_type",
          "location",
          "join_url",
          "rescheduled",
          "no_show",
          "canceled_by",
          "cancel_reason",
          "canceled_at",
          "timezone",
          "answers",
          "payment",
          "tracking",
          "meeting_status",
          "created_at",
          "invitee_uri",
          "meeting_uri",
          "old_invitee",
          "new_invitee");

  /**
   * Gives the first ones to a reader, each when it is read, in order of start.
   *
   * @param reader says whether it takes more
   * @return whether it took all
   */
  boolean first(Handle handle, int limit, Predicate<Map<String, Object>> reader) {
    Query query = handle.createQuery(sql()).bind("from", from).bind("limit", limit);
    to.ifPresent(value -> query.bind("to", value));
    status.ifPresent(value -> query.bind("status", value));
    email.ifPresent(value -> query.bind("email", value));
    return query.mapToMap().withStream(rows -> rows.allMatch(reader));
  }

  /** The plus keeps SQLite from going through all invitees, of whom half may be of a status. */
  String sql() {
    return "SELECT "
        + String.join(", ", columns)
        + " FROM bookings WHERE start_time >= :from"
        + (to.isPresent() ? " AND start_time < :to" : "")
        + (status.isPresent() ? " AND +status = :status" : "")
        + (email.isPresent() ? " AND email = :email COLLATE NOCASE" : "")
        + " ORDER BY start_time, invitee_uri LIMIT :limit";
  }
}
