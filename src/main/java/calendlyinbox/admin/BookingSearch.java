package calendlyinbox.admin;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * Finds bookings by when they start.
 *
 * @param from that start then or later
 * @param to that start earlier than then
 * @param email of the invitee, whole, in any case of letters
 */
record BookingSearch(
    String from, Optional<String> to, Optional<String> status, Optional<String> email) {

  /** Returns the first ones in order of start, as the columns of the view. */
  List<Map<String, Object>> first(Handle handle, int limit) {
    Query query = handle.createQuery(sql()).bind("from", from).bind("limit", limit);
    to.ifPresent(value -> query.bind("to", value));
    status.ifPresent(value -> query.bind("status", value));
    email.ifPresent(value -> query.bind("email", value));
    return query.mapToMap().list();
  }

  /** The plus keeps SQLite from going through all invitees, of whom half may be of a status. */
  String sql() {
    return "SELECT * FROM bookings WHERE start_time >= :from"
        + (to.isPresent() ? " AND start_time < :to" : "")
        + (status.isPresent() ? " AND +status = :status" : "")
        + (email.isPresent() ? " AND email = :email COLLATE NOCASE" : "")
        + " ORDER BY start_time, invitee_uri LIMIT :limit";
  }
}
