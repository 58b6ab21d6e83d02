package calendlyinbox.upkeep;

import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * An event of one person that names another. It stays, since that person's row is derived from it;
 * its payload is no longer the exact body then.
 */
final class OthersEvent {
  private OthersEvent() {}

  /** Returns how many events were redacted: 1, or 0 where it is gone. */
  static int redact(Handle handle, long id, Redaction redaction) {
    Optional<String> redacted =
        handle
            .createQuery("SELECT payload FROM calendly_webhook_events WHERE id = :id")
            .bind("id", id)
            .mapTo(byte[].class)
            .findOne()
            .flatMap(redaction::of);
    return redacted
        .map(
            payload ->
                handle.execute(
                    "UPDATE calendly_webhook_events SET payload = ? WHERE id = ?", payload, id))
        .orElse(0);
  }
}
