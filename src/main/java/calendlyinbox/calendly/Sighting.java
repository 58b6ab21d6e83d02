package calendlyinbox.calendly;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the API showed, put into the words of a webhook. The API gives an invitee without its
 * scheduled event, and a scheduled event with some fields that webhooks leave out; webhooks have
 * their keys sorted. In the same shape the two can be compared, and merged by the same rules.
 *
 * @param at when Calendly was asked: what it answered was true then or after
 */
public record Sighting(Instant at, ObjectNode scheduledEvent) {

  public Sighting {
    scheduledEvent = sorted(scheduledEvent).deepCopy();
    scheduledEvent.remove("calendar_event");
    for (JsonNode member : scheduledEvent.path("event_memberships")) {
      if (member instanceof ObjectNode object) {
        object.remove("buffered_start_time");
        object.remove("buffered_end_time");
      }
    }
  }

  /** The scheduled event's id. */
  public String uri() {
    return scheduledEvent.path("uri").asText();
  }

  public ScheduledEvent event() {
    return Payloads.scheduledEvent(uri(), new Fields(scheduledEvent));
  }

  /** Whose word it is, where it is compared with the word of a webhook event. */
  public Identity identity() {
    return new Identity(uri(), Identity.NO_EVENT_TYPE, Optional.of(CalendlyTime.text(at)));
  }

  /**
   * The body of a webhook event about one of the event's invitees.
   *
   * @param createdAt when it happened; the moment of the look stands in where nobody knows
   */
  public byte[] body(String eventType, String createdAt, ObjectNode invitee) {
    ObjectNode payload = sorted(invitee);
    payload.set("scheduled_event", scheduledEvent);
    ObjectNode envelope = JsonBody.newObject();
    envelope.put("created_at", createdAt).put("event", eventType);
    envelope.set("payload", sorted(payload));
    return envelope.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static ObjectNode sorted(ObjectNode json) {
    Map<String, JsonNode> fields = new TreeMap<>();
    json.properties().forEach(field -> fields.put(field.getKey(), sortedNode(field.getValue())));
    ObjectNode copy = JsonBody.newObject();
    fields.forEach(copy::set);
    return copy;
  }

  private static JsonNode sortedNode(JsonNode json) {
    if (json instanceof ObjectNode object) {
      return sorted(object);
    }
    if (json instanceof ArrayNode array) {
      ArrayNode copy = array.arrayNode();
      array.forEach(item -> copy.add(sortedNode(item)));
      return copy;
    }
    return json;
  }

  /** Without what it holds: names and addresses. */
  @Override
  public String toString() {
    return "Sighting[" + uri() + ", " + at + "]";
  }
}
