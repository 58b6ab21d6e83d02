package calendlyinbox;

import calendlyinbox.delivery.SigningKey;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;

/** Builds deliveries as Calendly sends them; each part can be replaced. */
public final class Deliveries {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String API = "https://api.calendly.com/scheduled_events/";

  private final ObjectNode envelope;

  private Deliveries(ObjectNode envelope) {
    this.envelope = envelope;
  }

  /**
   * A booking by the invitee {@code invitee} of the scheduled event {@code meeting}, both made up
   * from these names.
   */
  public static Deliveries booking(String meeting, String invitee) {
    Deliveries delivery = new Deliveries(fixture("invitee-created.json"));
    ObjectNode payload = delivery.payload();
    payload.put("uri", inviteeUri(meeting, invitee));
    payload.put("event", meetingUri(meeting));
    payload.put("name", "Name of " + invitee);
    payload.put("email", invitee + "@example.com");
    payload.putNull("old_invitee");
    payload.putNull("new_invitee");
    ((ObjectNode) payload.get("scheduled_event")).put("uri", meetingUri(meeting));
    return delivery;
  }

  /** The same booking, canceled: the invitee, and with it the meeting. */
  public static Deliveries cancellation(String meeting, String invitee) {
    Deliveries delivery = booking(meeting, invitee).event("invitee.canceled");
    ObjectNode payload = delivery.payload();
    payload.put("status", "canceled");
    ObjectNode cancellation = payload.putObject("cancellation");
    cancellation.put("canceled_by", "Name of " + invitee);
    cancellation.put("reason", "other plans");
    cancellation.put("canceler_type", "invitee");
    cancellation.put("created_at", "2026-11-23T11:00:00.000000Z");
    return delivery.updatedAt("2026-11-23T11:00:00.000000Z").meetingStatus("canceled");
  }

  public static String meetingUri(String meeting) {
    return API + meeting;
  }

  public static String inviteeUri(String meeting, String invitee) {
    return API + meeting + "/invitees/" + invitee;
  }

  public Deliveries event(String name) {
    envelope.put("event", name);
    return this;
  }

  public Deliveries createdAt(String time) {
    envelope.put("created_at", time);
    return this;
  }

  public Deliveries named(String name) {
    payload().put("name", name);
    return this;
  }

  public Deliveries updatedAt(String time) {
    payload().put("updated_at", time);
    return this;
  }

  public Deliveries meetingStatus(String status) {
    ((ObjectNode) payload().get("scheduled_event")).put("status", status);
    return this;
  }

  public ObjectNode payload() {
    return (ObjectNode) envelope.get("payload");
  }

  /** The compact JSON that is posted. */
  public byte[] body() {
    return envelope.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** The header Calendly would send with the body. */
  public static String signature(SigningKey key, byte[] body, Instant at) {
    String t = Long.toString(at.getEpochSecond());
    return "t=" + t + ",v1=" + HexFormat.of().formatHex(key.sign(t, body));
  }

  public static byte[] fixtureBytes(String name) {
    try (InputStream in = Deliveries.class.getResourceAsStream("/payloads/" + name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ObjectNode fixture(String name) {
    try {
      return (ObjectNode) JSON.readTree(fixtureBytes(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
