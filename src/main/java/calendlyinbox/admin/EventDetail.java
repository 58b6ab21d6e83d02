package calendlyinbox.admin;

import calendlyinbox.events.EventRows;
import calendlyinbox.events.StoredEvent;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** One event with all that is known of it. */
final class EventDetail {
  /**
   * SQL: the uri of the invitee that event {@code e} is about. A no-show's id does not name it, and
   * a submission may have led to one.
   */
  static final String INVITEE =
      """
      CASE
        WHEN e.event_type IN ('invitee.created', 'invitee.canceled') THEN e.event_id
        WHEN e.event_type IN ('invitee_no_show.created', 'invitee_no_show.deleted')
          THEN CASE WHEN json_valid(e.payload) THEN json_extract(e.payload, '$.payload.uri') END
        ELSE (SELECT s.submitter FROM routing_form_submissions s WHERE s.uri = e.event_id)
      END""";

  /** A character may become six in JSON, and all of them are in memory twice for a moment. */
  private static final int MOST_TEXT = 1024 * 1024;

  private EventDetail() {}

  static Optional<Map<String, Object>> find(Handle handle, long id) {
    return new EventRows(handle).find(id).map(event -> detail(handle, event));
  }

  private static Map<String, Object> detail(Handle handle, StoredEvent event) {
    Optional<Map<String, Object>> invitee =
        one(
            handle,
            "SELECT i.* FROM calendly_webhook_events e JOIN invitees i ON i.uri = "
                + INVITEE
                + " WHERE e.id = :key",
            event.id());
    Optional<Map<String, Object>> meeting =
        invitee
            .map(row -> row.get("meeting_uri"))
            .flatMap(uri -> one(handle, "SELECT * FROM meetings WHERE uri = :key", uri));
    Map<String, Object> detail = event.columns();
    detail.put("name", invitee.map(row -> row.get("name")).orElse(null));
    detail.put("email", invitee.map(row -> row.get("email")).orElse(null));
    byte[] payload = event.payload().bytes();
    boolean shown = payload.length <= MOST_TEXT && event.payload().isUtf8();
    detail.put("payload", shown ? new String(payload, StandardCharsets.UTF_8) : null);
    // As Base64 where it is written.
    detail.put("payload_base64", payload);
    detail.put("invitee", invitee.orElse(null));
    detail.put("meeting", meeting.orElse(null));
    detail.put(
        "submission",
        one(handle, "SELECT * FROM routing_form_submissions WHERE uri = :key", event.eventId())
            .orElse(null));
    return detail;
  }

  private static Optional<Map<String, Object>> one(Handle handle, String sql, Object key) {
    return handle.createQuery(sql).bind("key", key).mapToMap().findOne().map(Columns::shown);
  }
}
