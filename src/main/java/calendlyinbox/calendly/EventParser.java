package calendlyinbox.calendly;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Reads a delivery's body. The only place where Calendly's JSON is looked at: behind it events are
 * typed. Knows the fourteen event names of Calendly's OpenAPI of 2026 and the payload shapes since
 * 2020. Safe for concurrent use.
 */
public final class EventParser {
  private final UnaryOperator<ScheduledEvent> held;

  public EventParser() {
    this(UnaryOperator.identity());
  }

  /**
   * @param held gives what is to be held in the place of an embedded scheduled event that was read:
   *     an equal one, of which one copy is enough for the bodies of many invitees
   */
  public EventParser(UnaryOperator<ScheduledEvent> held) {
    this.held = held;
  }

  /** Reads the exact bytes of a delivery. Throws for no body, whatever it holds. */
  public Parsed parse(byte[] body) {
    try {
      return read(body);
    } catch (RuntimeException | StackOverflowError e) {
      // A fault of ours, which must not keep the deliveries behind this one waiting: kept, shown,
      // and replayable when mended.
      return unreadable(body, "the parser failed: " + e.getClass().getSimpleName());
    }
  }

  private Parsed read(byte[] body) {
    JsonNode root;
    try {
      root = ExactJson.MAPPER.readTree(body);
    } catch (StreamConstraintsException tooMuch) {
      // Its message has numbers alone: how much of what, and how much is read.
      return unreadable(body, "the body is not read: " + tooMuch.getOriginalMessage());
    } catch (JsonProcessingException notJson) {
      return unreadable(body, "the body is not JSON: " + where(notJson));
    } catch (IOException notText) {
      return unreadable(body, "the body is not JSON: not readable as text");
    }
    if (!root.isObject()) {
      return unreadable(body, "$ is " + kind(root) + ", wanted an object");
    }
    Fields envelope = new Fields(root);
    Optional<String> name = envelope.text("event").filter(event -> !event.isBlank());
    Optional<String> createdAt = envelope.time("created_at");
    String event = name.orElse(Identity.NO_EVENT_TYPE);
    String id = EventId.of(event, envelope.object("payload"), createdAt, body);
    Identity identity = new Identity(id, event, createdAt);
    if (name.isEmpty()) {
      return new Parsed.Unreadable(
          identity, "$.event is " + kind(root.get("event")) + ", wanted the name of an event");
    }
    JsonNode payload = root.get("payload");
    if (payload == null || !payload.isObject()) {
      return new Parsed.Unreadable(
          identity, "$.payload is " + kind(payload) + ", wanted an object");
    }
    return parse(identity, payload);
  }

  private Parsed parse(Identity identity, JsonNode payload) {
    Fields fields = new Fields(payload);
    return switch (identity.eventType()) {
      case "invitee.created" -> invitee(identity, payload, WebhookEvent.InviteeCreated::new);
      case "invitee.canceled" -> invitee(identity, payload, WebhookEvent.InviteeCanceled::new);
      case "invitee_no_show.created" -> invitee(identity, payload, WebhookEvent.NoShowMarked::new);
      case "invitee_no_show.deleted" ->
          invitee(identity, payload, WebhookEvent.NoShowUnmarked::new);
      case "routing_form_submission.created" ->
          fields
              .uri("uri")
              .<Parsed>map(
                  uri ->
                      new Parsed.Understood(
                          identity,
                          new WebhookEvent.RoutingFormSubmitted(Payloads.submission(uri, fields))))
              .orElseGet(() -> withoutUri(identity, payload));
      default -> new Parsed.Ignored(identity);
    };
  }

  private interface OfInvitee {
    WebhookEvent event(Invitee invitee);
  }

  private Parsed invitee(Identity identity, JsonNode payload, OfInvitee kind) {
    Fields fields = new Fields(payload);
    return fields
        .uri("uri")
        .<Parsed>map(
            uri -> new Parsed.Understood(identity, kind.event(Payloads.invitee(uri, fields, held))))
        .orElseGet(() -> withoutUri(identity, payload));
  }

  private static Parsed withoutUri(Identity identity, JsonNode payload) {
    return new Parsed.Unreadable(
        identity,
        "$.payload.uri is " + kind(payload.get("uri")) + ", wanted the uri of the resource");
  }

  private static Parsed unreadable(byte[] body, String reason) {
    Identity identity =
        new Identity(EventId.ofBody(body), Identity.NO_EVENT_TYPE, Optional.empty());
    return new Parsed.Unreadable(identity, reason);
  }

  /** Line and column only: Jackson's own message quotes the body, which may name a person. */
  private static String where(JsonProcessingException e) {
    return e.getLocation() == null
        ? e.getClass().getSimpleName()
        : "line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
  }

  private static String kind(JsonNode node) {
    if (node == null || node.isMissingNode()) {
      return "missing";
    }
    return switch (node.getNodeType()) {
      case STRING -> node.textValue().isBlank() ? "an empty text" : "a text";
      case ARRAY -> "an array";
      case NULL -> "null";
      case NUMBER -> "a number";
      case BOOLEAN -> "a boolean";
      default -> "an object";
    };
  }
}
