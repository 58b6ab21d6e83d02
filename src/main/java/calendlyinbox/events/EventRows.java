package calendlyinbox.events;

import calendlyinbox.calendly.CalendlyTime;
import calendlyinbox.calendly.Identity;
import calendlyinbox.journal.RawBody;
import calendlyinbox.store.Batch;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * The statements on {@code calendly_webhook_events}. Everything runs in the transaction the handle
 * is in.
 */
public final class EventRows {
  /**
   * What a claimed event comes to. The constants' names, in lower case, are the column's values.
   */
  enum Status {
    PENDING,
    PROCESSED,
    IGNORED,
    FAILED;

    String column() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How we came to know of an event. The names, in lower case, are the column's values. */
  enum Source {
    WEBHOOK,
    SYNC;

    private String column() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A result of one try: what to write into the row. */
  record Outcome(
      Status status,
      int attempts,
      Optional<String> processedAt,
      Optional<String> nextAttemptAt,
      Optional<String> lastError) {}

  // 0 rows: another delivery has claimed it, which is no error.
  private static final String CLAIM =
      """
      INSERT OR IGNORE INTO calendly_webhook_events (
        event_id, event_type, status, payload, created_at, received_at,
        processed_at, attempts, next_attempt_at, last_error, source)
      VALUES (
        :eventId, :eventType, :status, iif(:text, CAST(:payload AS TEXT), :payload), :createdAt, :receivedAt,
        :processedAt, :attempts, :nextAttemptAt, :lastError, :source)
      """;

  private static final String SETTLE =
      """
      UPDATE calendly_webhook_events SET
        status = :status, attempts = :attempts, processed_at = :processedAt, next_attempt_at = :nextAttemptAt,
        last_error = :lastError
      WHERE id = :id
      """;

  private static final String DUE =
      """
      SELECT id FROM calendly_webhook_events
      WHERE status = 'pending' AND (coalesce(next_attempt_at, '') <= :now OR next_attempt_at > :tooFar)
      ORDER BY next_attempt_at LIMIT :limit
      """;

  private static final String PAYLOAD =
      "SELECT payload FROM calendly_webhook_events WHERE event_id = :eventId AND event_type = :eventType";

  private static final String FIND = "SELECT * FROM calendly_webhook_events WHERE id = :id";

  private final Handle handle;

  public EventRows(Handle handle) {
    this.handle = handle;
  }

  /** Claims many events with one prepared statement. */
  final class Claims {
    private final Batch batch = new Batch(handle, CLAIM);
    private final Source source;

    private Claims(Source source) {
      this.source = source;
    }

    void add(Identity identity, RawBody payload, String receivedAt, Outcome outcome) {
      bind(batch, outcome)
          .bind("eventId", identity.eventId())
          .bind("eventType", identity.eventType())
          .bind("text", payload.isUtf8() ? 1 : 0)
          .bind("payload", payload.bytes())
          .bind("createdAt", identity.createdAt())
          .bind("receivedAt", receivedAt)
          .bind("source", source.column())
          .add();
    }

    /**
     * Returns for each event, in the order they were added, 1 if this is who claimed it, 0 if it
     * was known.
     */
    int[] execute() {
      try (batch) {
        return batch.execute();
      }
    }
  }

  Claims claims(Source source) {
    return new Claims(source);
  }

  void settle(long id, Outcome outcome) {
    try (Batch batch = new Batch(handle, SETTLE)) {
      bind(batch, outcome).bind("id", id).add();
      int changed = batch.execute()[0];
      if (changed != 1) {
        throw new IllegalStateException(
            "event "
                + id
                + " to be settled as "
                + outcome.status()
                + " matched "
                + changed
                + " rows, wanted 1");
      }
    }
  }

  /**
   * Returns the ids of pending events whose time has come, and of those that no schedule would put
   * off for so long.
   */
  List<Long> due(Instant now, int limit) {
    return handle
        .createQuery(DUE)
        .bind("now", CalendlyTime.text(now))
        .bind("tooFar", CalendlyTime.text(now.plus(RetrySchedule.LONGEST)))
        .bind("limit", limit)
        .mapTo(Long.class)
        .list();
  }

  /** Returns the event with this row id. */
  public Optional<StoredEvent> find(long id) {
    return handle.createQuery(FIND).bind("id", id).map((row, context) -> stored(row)).findOne();
  }

  /** Returns the body that claimed an event. */
  Optional<RawBody> payload(Identity identity) {
    return handle
        .createQuery(PAYLOAD)
        .bind("eventId", identity.eventId())
        .bind("eventType", identity.eventType())
        .map((row, context) -> new RawBody(row.getBytes(1)))
        .findOne();
  }

  /** Returns the ids of failed events, or of all, in order of arrival. */
  public List<Long> ids(boolean onlyFailed) {
    return handle
        .createQuery(
            "SELECT id FROM calendly_webhook_events WHERE :all OR status = 'failed' ORDER BY id")
        .bind("all", !onlyFailed)
        .mapTo(Long.class)
        .list();
  }

  /**
   * Returns events, newest first, as their columns but the payload: a list of those has no place in
   * memory.
   *
   * @param status only of this status
   * @param eventType only of this event name
   */
  public List<Map<String, Object>> newest(
      Optional<String> status, Optional<String> eventType, int limit) {
    return handle
        .createQuery(
            """
            SELECT id, event_id, event_type, status, created_at, received_at, processed_at, attempts,
              next_attempt_at, last_error, source
            FROM calendly_webhook_events
            WHERE (:status IS NULL OR status = :status) AND (:eventType IS NULL OR event_type = :eventType)
            ORDER BY id DESC LIMIT :limit
            """)
        .bind("status", status)
        .bind("eventType", eventType)
        .bind("limit", limit)
        .mapToMap()
        .list();
  }

  private static Batch bind(Batch batch, Outcome outcome) {
    return batch
        .bind("status", outcome.status().column())
        .bind("attempts", outcome.attempts())
        .bind("processedAt", outcome.processedAt())
        .bind("nextAttemptAt", outcome.nextAttemptAt())
        .bind("lastError", outcome.lastError());
  }

  private static StoredEvent stored(ResultSet row) throws SQLException {
    return new StoredEvent(
        row.getLong("id"),
        row.getString("event_id"),
        row.getString("event_type"),
        row.getString("status"),
        new RawBody(row.getBytes("payload")),
        Optional.ofNullable(row.getString("created_at")),
        row.getString("received_at"),
        Optional.ofNullable(row.getString("processed_at")),
        row.getInt("attempts"),
        Optional.ofNullable(row.getString("next_attempt_at")),
        Optional.ofNullable(row.getString("last_error")),
        row.getString("source"));
  }
}
