package calendlyinbox.events;

import calendlyinbox.journal.RawBody;
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
    String source) {}
