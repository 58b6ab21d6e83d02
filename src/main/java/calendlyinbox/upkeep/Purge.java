package calendlyinbox.upkeep;

import calendlyinbox.calendly.CalendlyTime;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jdbi.v3.core.Handle;

/**
 * Takes out what ended before a moment, in transactions of a few rows each: between two of them
 * deliveries have their turn.
 */
final class Purge {
  private static final int AT_ONCE = 50;

  private static final String ENDED =
      """
      SELECT uri FROM meetings
      WHERE start_time < :horizon AND coalesce(end_time, start_time) < :horizon ORDER BY start_time LIMIT :limit
      """;

  /** Whether a delivery told of an invitee i; a no-show has an id of its own. */
  private static final String HEARD_OF =
      """
      (EXISTS (
          SELECT 1 FROM calendly_webhook_events e WHERE e.event_id = i.uri AND e.received_at >= :horizon)
        OR EXISTS (
          SELECT 1 FROM calendly_webhook_events e
          WHERE e.event_type IN ('invitee_no_show.created', 'invitee_no_show.deleted')
            AND CASE WHEN json_valid(e.payload) THEN json_extract(e.payload, '$.payload.uri') END = i.uri
            AND e.received_at >= :horizon))
      """;

  /**
   * Payloads once came without their meeting, whose time nobody told: by when it was last heard of.
   */
  private static final String UNTIMED =
      """
      SELECT uri FROM meetings m WHERE start_time IS NULL AND NOT EXISTS (
        SELECT 1 FROM invitees i WHERE i.meeting_uri = m.uri AND (i.updated_at >= :horizon OR %s))
      LIMIT :limit
      """
          .formatted(HEARD_OF);

  private static final String WITHOUT_MEETING =
      """
      SELECT uri FROM invitees i WHERE meeting_uri IS NULL AND coalesce(updated_at, '') < :horizon AND NOT %s
      LIMIT :limit
      """
          .formatted(HEARD_OF);

  private static final String SUBMITTED =
      """
      SELECT uri FROM routing_form_submissions WHERE coalesce(updated_at, created_at, '') < :horizon AND NOT EXISTS (
        SELECT 1 FROM calendly_webhook_events e WHERE e.event_id = uri AND e.received_at >= :horizon)
      LIMIT :limit
      """;

  /** Events that no row hangs on; ids are in order of arrival. */
  private static final String IGNORED =
      """
      SELECT id FROM calendly_webhook_events WHERE status = 'ignored' AND received_at < :horizon ORDER BY id LIMIT :limit
      """;

  /**
   * A booking that could not be applied may be of a meeting that is yet to come: forgotten now it
   * could never be applied, not even by a sync. What is no time compares with nothing.
   */
  private static final String FAILED =
      """
      SELECT id FROM calendly_webhook_events WHERE status = 'failed' AND received_at < :horizon
        AND NOT coalesce(CASE WHEN json_valid(payload) THEN julianday(coalesce(
          json_extract(payload, '$.payload.scheduled_event.end_time'),
          json_extract(payload, '$.payload.scheduled_event.start_time'))) END >= julianday(:horizon), 0)
      ORDER BY id LIMIT :limit
      """;

  private final Database database;
  private final String horizon;
  private final Instant now;
  private final Map<String, Integer> removed = new TreeMap<>();

  /**
   * @param horizon what ended before goes
   */
  Purge(Database database, Instant horizon, Instant now) {
    this.database = database;
    this.horizon = CalendlyTime.text(horizon);
    this.now = now;
  }

  /**
   * When it returns, nothing of what ended before is left in a table, committed.
   *
   * @return how many rows went, by table
   */
  Map<String, Integer> run() throws DatabaseUnavailableException {
    each(ENDED, String.class, Removal::ended);
    each(UNTIMED, String.class, Removal::meetings);
    each(WITHOUT_MEETING, String.class, Removal::invitees);
    each(SUBMITTED, String.class, (removal, uris) -> uris.forEach(removal::submission));
    for (String unused : List.of(IGNORED, FAILED)) {
      each(unused, Long.class, (removal, ids) -> ids.forEach(removal::event));
    }
    return removed;
  }

  private <T> void each(String which, Class<T> type, BiConsumer<Removal, List<T>> remove)
      throws DatabaseUnavailableException {
    int found = AT_ONCE;
    while (found == AT_ONCE && !Thread.currentThread().isInterrupted()) {
      Removed batch = database.write(handle -> batch(handle, which, type, remove));
      batch.rows().forEach((table, rows) -> removed.merge(table, rows, Integer::sum));
      found = batch.found();
    }
  }

  private record Removed(int found, Map<String, Integer> rows) {}

  private <T> Removed batch(
      Handle handle, String which, Class<T> type, BiConsumer<Removal, List<T>> remove) {
    List<T> found =
        handle
            .createQuery(which)
            .bind("horizon", horizon)
            .bind("limit", AT_ONCE)
            .mapTo(type)
            .list();
    if (found.isEmpty()) {
      return new Removed(0, Map.of());
    }
    try (Removal removal = new Removal(handle, now)) {
      remove.accept(removal, found);
      return new Removed(found.size(), removal.removed());
    }
  }
}
