package calendlyinbox.events;

import calendlyinbox.journal.RawBody;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A row of {@code calendly_webhook_events}. Times are UTC text as in the columns. */
public record StoredEvent(
    long id,
    String eventId,
    String eventType,
    String status,
    RawBody payload,
    Optional<String> createdAt,
    String receivedAt,
    Optional<String> processedAt,
    int attempts,
    Optional<String> nextAttemptAt,
    Optional<String> lastError,
    String source) {
  /** Returns all columns but the payload, by their names and in their order; null where empty. */
  public Map<String, Object> columns() {
    Map<String, Object> columns = new LinkedHashMap<>();
    columns.put("id", id());
    columns.put("event_id", eventId());
    columns.put("event_type", eventType());
    columns.put("status", status());
    columns.put("created_at", createdAt().orElse(null));
    columns.put("received_at", receivedAt());
    columns.put("processed_at", processedAt().orElse(null));
    columns.put("attempts", attempts());
    columns.put("next_attempt_at", nextAttemptAt().orElse(null));
    columns.put("last_error", lastError().orElse(null));
    columns.put("source", source());
    return columns;
  }
}
