package calendlyinbox.calendly;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Something that happened, before it is delivered to anybody.
 *
 * @param event its name, {@code invitee.created}
 * @param createdAt when; deliveries carry whole seconds
 * @param host whose booking it is about, for subscriptions of user scope
 * @param payload as it was at that moment
 */
public record WebhookMessage(String event, Instant createdAt, String host, JsonNode payload) {

  /** The body as Calendly writes it: compact, keys sorted, no newline at the end. */
  public byte[] body(String createdBy) {
    ObjectNode envelope = FakeJson.object();
    envelope.put("event", event);
    envelope.put("created_at", FakeJson.time(createdAt.truncatedTo(ChronoUnit.SECONDS)));
    envelope.put("created_by", createdBy);
    envelope.set("payload", payload);
    return FakeJson.sorted(envelope).toString().getBytes(StandardCharsets.UTF_8);
  }
}
