package calendlyinbox.admin;

import calendlyinbox.events.StatusCounts;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * Finds events among a million: whatever is asked, rows are reached by an index, newest first, and
 * no more of them than are shown.
 *
 * @param sought an e-mail address of an invitee, or the uri of an event, an invitee, a meeting or a
 *     submission
 * @param before only events with a smaller id
 */
record EventSearch(
    Optional<String> status, Optional<String> type, Optional<String> sought, long before) {

  /** All columns but the payload, and whose event it is. */
  private static final String COLUMNS =
      """
      SELECT e.id, e.event_id, e.event_type, e.status, e.created_at, e.received_at, e.processed_at, e.attempts,
        e.next_attempt_at, e.last_error, e.source, i.name, i.email
      FROM wanted CROSS JOIN calendly_webhook_events e ON e.id = wanted.id
      LEFT JOIN invitees i ON i.uri = %s
      ORDER BY e.id DESC
      """
          .formatted(EventDetail.INVITEE);

  private static final String NEWEST =
      """
      SELECT id FROM calendly_webhook_events WHERE id < :before %s ORDER BY id DESC LIMIT :limit
      """;

  // An event's id is the uri of what happened; or that and '@' and a time, which sorts right behind
  // it ('A' comes after '@'); a no-show has a uri of its own.
  private static final String ABOUT =
      """
      WITH people (uri) AS (
        SELECT :sought
        UNION SELECT uri FROM invitees WHERE email = :sought COLLATE NOCASE
        UNION SELECT uri FROM invitees WHERE meeting_uri = :sought),
      subjects (uri) AS (
        SELECT uri FROM people
        UNION SELECT s.uri FROM people CROSS JOIN routing_form_submissions s ON s.submitter = people.uri),
      about (id) AS (
        SELECT e.id FROM subjects CROSS JOIN calendly_webhook_events e ON e.event_id = subjects.uri
        UNION SELECT e.id FROM subjects CROSS JOIN calendly_webhook_events e
          ON e.event_id >= subjects.uri || '@' AND e.event_id < subjects.uri || 'A'
        UNION SELECT e.id FROM subjects CROSS JOIN calendly_webhook_events e
          ON e.event_type IN ('invitee_no_show.created', 'invitee_no_show.deleted')
          AND CASE WHEN json_valid(e.payload) THEN json_extract(e.payload, '$.payload.uri') END = subjects.uri)
      SELECT e.id FROM about CROSS JOIN calendly_webhook_events e ON e.id = about.id
      WHERE e.id < :before %s ORDER BY e.id DESC LIMIT :limit
      """;

  static final String TYPES =
      """
      WITH RECURSIVE types (type) AS (
        SELECT min(event_type) FROM calendly_webhook_events
        UNION ALL
        SELECT (SELECT min(event_type) FROM calendly_webhook_events WHERE event_type > types.type)
        FROM types WHERE types.type IS NOT NULL)
      SELECT type FROM types WHERE type IS NOT NULL LIMIT :limit
      """;

  /**
   * Gives the newest events to a reader, each when it is read, newest first, as their columns.
   *
   * @param reader says whether it takes more
   * @return whether it took all
   */
  boolean newest(Handle handle, int limit, Predicate<Map<String, Object>> reader) {
    Query query = handle.createQuery(sql()).bind("before", before).bind("limit", limit);
    status.ifPresent(value -> query.bind("status", value));
    type.ifPresent(value -> query.bind("type", value));
    sought.ifPresent(value -> query.bind("sought", value));
    return query.mapToMap().withStream(rows -> rows.allMatch(reader));
  }

  String sql() {
    return "WITH wanted (id) AS (" + wanted() + ")\n" + COLUMNS;
  }

  private String wanted() {
    String ofType = type.isPresent() ? " AND event_type = :type" : "";
    String ofStatus = status.isPresent() ? " AND status = :status" : "";
    if (sought.isPresent()) {
      return ABOUT.formatted(ofType + ofStatus);
    }
    if (type.isEmpty() || status.isPresent()) {
      return NEWEST.formatted(ofType + ofStatus);
    }
    // The index has the events of a kind in order of arrival within each status only: the newest of
    // each are put together.
    String ofEach =
        StatusCounts.STATUSES.stream()
            .map(
                one ->
                    "SELECT id FROM ("
                        + NEWEST.formatted(ofType + " AND status = '" + one + "'")
                        + ")")
            .collect(Collectors.joining("UNION ALL "));
    return "SELECT id FROM (" + ofEach + ") ORDER BY id DESC LIMIT :limit";
  }

  /** Returns every kind of event that is stored, by its name, with a look at the index for each. */
  static List<String> types(Handle handle, int limit) {
    return handle.createQuery(TYPES).bind("limit", limit).mapTo(String.class).list();
  }
}
