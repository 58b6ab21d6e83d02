package calendlyinbox.calendly;

import java.util.Optional;

/**
 * What makes a webhook event this one and no other: the pair (event id, event type) is claimed
 * once.
 *
 * @param eventType Calendly's event name, {@value #NO_EVENT_TYPE} where the envelope has none
 * @param createdAt the envelope's {@code created_at}: when it happened, in whole seconds
 */
public record Identity(String eventId, String eventType, Optional<String> createdAt) {
  /** Stands for the event name of a body that has none. */
  public static final String NO_EVENT_TYPE = "(none)";
}
