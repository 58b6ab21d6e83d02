package calendlyinbox.cli;

import calendlyinbox.calendly.CalendlyTime;
import calendlyinbox.calendly.ExactJson;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * A booking that nobody made, in Calendly's form, and plainly a sample: by its names, by an address
 * that can have no mailbox (RFC 2606), and by uris that tell it from every real one.
 */
record Sample(String inviteeUri, String body) {
  private static final String API = "https://api.calendly.com/";
  private static final String URI_PREFIX = API + "scheduled_events/calendly-inbox-sample-";

  /** The first text after all that begin with the prefix: '.' follows '-'. */
  private static final String URI_END = API + "scheduled_events/calendly-inbox-sample.";

  private static final Duration LENGTH = Duration.ofMinutes(30);

  /** How many rows were removed of each table. */
  record Removed(int events, int invitees, int meetings) {
    static final Removed NOTHING = new Removed(0, 0, 0);
  }

  /** Makes one that starts tomorrow, with uris of its own. */
  static Sample starting(Instant now) {
    String meeting = URI_PREFIX + UUID.randomUUID();
    String invitee = meeting + "/invitees/" + UUID.randomUUID();
    Instant start = now.plus(1, ChronoUnit.DAYS).truncatedTo(ChronoUnit.HOURS);
    String created = CalendlyTime.text(now);

    ObjectNode envelope = ExactJson.MAPPER.createObjectNode();
    envelope.put("created_at", CalendlyTime.text(now.truncatedTo(ChronoUnit.SECONDS)));
    envelope.put("created_by", API + "users/calendly-inbox-sample");
    envelope.put("event", "invitee.created");
    ObjectNode payload = envelope.putObject("payload");
    payload.put("created_at", created);
    payload.put("email", "send-test@calendly-inbox.invalid");
    payload.put("event", meeting);
    payload.put("name", "Sample Booking (calendly-inbox send-test)");
    payload.putArray("questions_and_answers");
    payload.put("rescheduled", false);
    ObjectNode event = payload.putObject("scheduled_event");
    event.put("created_at", created);
    event.put("end_time", CalendlyTime.text(start.plus(LENGTH)));
    event.put("event_type", API + "event_types/calendly-inbox-sample");
    event.putObject("location").put("type", "custom").put("location", "nowhere: this is a sample");
    event.put("name", "Sample meeting");
    event.put("start_time", CalendlyTime.text(start));
    event.put("status", "active");
    event.put("updated_at", created);
    event.put("uri", meeting);
    payload.put("status", "active");
    payload.put("timezone", "UTC");
    payload.put("updated_at", created);
    payload.put("uri", invitee);
    return new Sample(invitee, envelope.toString());
  }

  byte[] bytes() {
    return body.getBytes(StandardCharsets.UTF_8);
  }

  /** Removes all samples, in the transaction that the handle is in, and nothing else. */
  static Removed removeAll(Handle handle) {
    remove(handle, "DELETE FROM detail_fetches WHERE meeting_uri >= :from AND meeting_uri < :end");
    remove(handle, "DELETE FROM sightings WHERE resource >= :from AND resource < :end");
    return new Removed(
        remove(
            handle,
            "DELETE FROM calendly_webhook_events WHERE event_id >= :from AND event_id < :end"),
        remove(handle, "DELETE FROM invitees WHERE uri >= :from AND uri < :end"),
        remove(handle, "DELETE FROM meetings WHERE uri >= :from AND uri < :end"));
  }

  private static int remove(Handle handle, String delete) {
    return handle.createUpdate(delete).bind("from", URI_PREFIX).bind("end", URI_END).execute();
  }
}
