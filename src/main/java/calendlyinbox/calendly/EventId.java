package calendlyinbox.calendly;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The identity Calendly does not send. There is no event id in body or headers, the envelope's
 * {@code created_at} has whole seconds, and one {@code payload.uri} is shared by the booking, its
 * cancellation and its no-shows. The scheduled event's uri is never used: a group event has many
 * invitees.
 */
final class EventId {
  private EventId() {}

  static String of(
      String event, Optional<Fields> payload, Optional<String> createdAt, byte[] body) {
    return payload.flatMap(p -> fromPayload(event, p, createdAt)).orElseGet(() -> ofBody(body));
  }

  /** Of a body that names nothing to go by. */
  static String ofBody(byte[] body) {
    try {
      return "sha256:"
          + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static Optional<String> fromPayload(
      String event, Fields payload, Optional<String> createdAt) {
    return switch (event) {
      case "invitee.created", "invitee.canceled", "routing_form_submission.created" ->
          payload.uri("uri");
      default ->
          payload
              .object("no_show")
              .flatMap(noShow -> noShow.uri("uri"))
              .or(() -> resource(payload).flatMap(uri -> createdAt.map(at -> uri + "@" + at)));
    };
  }

  private static Optional<String> resource(Fields payload) {
    return payload
        .uri("uri")
        .or(() -> payload.object("contact").flatMap(contact -> contact.uri("uri")))
        .or(() -> payload.object("recap").flatMap(recap -> recap.uri("uri")));
  }
}
