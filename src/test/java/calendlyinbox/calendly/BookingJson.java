package calendlyinbox.calendly;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Scheduled events and invitees as the API writes them in 2026. */
final class BookingJson {
  private static final String API = "https://api.calendly.com";

  private BookingJson() {}

  static ObjectNode event(int id, String host, Instant start, Instant end, int seats, Instant now) {
    ObjectNode event = FakeJson.object();
    event.put("uri", API + "/scheduled_events/" + uuid(id));
    event.put("name", seats > 1 ? "Group Workshop" : "30 Minute Meeting").put("status", "active");
    event.putNull("meeting_notes_plain").putNull("meeting_notes_html");
    event.put("start_time", FakeJson.time(start)).put("end_time", FakeJson.time(end));
    event.put("event_type", API + "/event_types/ETETETETETETETET");
    event.putObject("location").put("type", "physical").put("location", "12 Example Street");
    event.putObject("invitees_counter").put("total", 0).put("active", 0).put("limit", seats);
    event.put("created_at", FakeJson.time(now)).put("updated_at", FakeJson.time(now));
    ObjectNode member = event.putArray("event_memberships").addObject().put("user", host);
    member.put("user_email", "host@example.com").put("user_name", "Ada Host");
    member.put("buffered_start_time", FakeJson.time(start));
    member.put("buffered_end_time", FakeJson.time(end));
    event.putArray("event_guests");
    event.putObject("calendar_event").put("kind", "google").put("external_id", "cal" + id);
    return event;
  }

  /** As webhooks embed it: without what only the API tells. */
  static ObjectNode embedded(ObjectNode event) {
    ObjectNode embedded = event.deepCopy();
    embedded.remove("calendar_event");
    for (JsonNode member : embedded.path("event_memberships")) {
      ((ObjectNode) member).remove(List.of("buffered_start_time", "buffered_end_time"));
    }
    return embedded;
  }

  static ObjectNode invitee(int id, String event, String name, Instant now) {
    ObjectNode invitee = FakeJson.object();
    String email = name.toLowerCase(Locale.ROOT).replaceAll("\\s+", ".") + "@example.com";
    invitee.put("uri", event + "/invitees/" + uuid(id)).put("email", email).put("name", name);
    invitee.putNull("first_name").putNull("last_name").put("status", "active");
    ObjectNode answer = invitee.putArray("questions_and_answers").addObject();
    answer
        .put("question", "What is it about?")
        .put("answer", "Größe & \"Maße\"")
        .put("position", 0);
    invitee.put("timezone", "Europe/Berlin").put("event", event);
    invitee.put("created_at", FakeJson.time(now)).put("updated_at", FakeJson.time(now));
    ObjectNode tracking = invitee.putObject("tracking");
    tracking.putNull("utm_campaign").putNull("utm_source").putNull("utm_medium");
    tracking.putNull("utm_content").putNull("utm_term").putNull("salesforce_uuid");
    invitee.putNull("text_reminder_number").put("rescheduled", false);
    invitee.putNull("old_invitee").putNull("new_invitee");
    invitee.put("cancel_url", "https://calendly.com/cancellations/" + uuid(id));
    invitee.put("reschedule_url", "https://calendly.com/reschedulings/" + uuid(id));
    invitee.putNull("routing_form_submission").putNull("payment").putNull("no_show");
    invitee.putNull("reconfirmation").putNull("scheduling_method").putNull("invitee_scheduled_by");
    return invitee;
  }

  static ObjectNode submission(int id, String answer, Instant now) {
    ObjectNode submission = FakeJson.object();
    submission.put("uri", API + "/routing_form_submissions/" + uuid(id));
    submission.put("routing_form", API + "/routing_forms/RFRFRFRFRFRFRFRF");
    ObjectNode question = submission.putArray("questions_and_answers").addObject();
    question.put("question_uuid", uuid(id)).put("question", "How big?").put("answer", answer);
    submission.putObject("tracking").putNull("utm_campaign");
    ObjectNode result = submission.putObject("result").put("type", "external_url");
    result.put("value", "https://www.example.com/thanks");
    submission.putNull("submitter").putNull("submitter_type");
    submission.put("created_at", FakeJson.time(now)).put("updated_at", FakeJson.time(now));
    return submission;
  }

  static void touch(ObjectNode resource, Instant now) {
    resource.put("updated_at", FakeJson.time(now));
  }

  static void cancel(ObjectNode resource, String by, String kind, String reason, Instant now) {
    resource.put("status", "canceled");
    ObjectNode cancellation = resource.putObject("cancellation").put("canceled_by", by);
    cancellation.put("reason", reason).put("canceler_type", kind);
    cancellation.put("created_at", FakeJson.time(now));
    touch(resource, now);
  }

  static void noShow(ObjectNode invitee, int id, Instant now) {
    ObjectNode noShow = invitee.putObject("no_show");
    noShow.put("uri", API + "/invitee_no_shows/" + uuid(id)).put("created_at", FakeJson.time(now));
    touch(invitee, now);
  }

  static void conference(ObjectNode event, String status, Optional<String> joinUrl) {
    ObjectNode location = event.putObject("location").put("type", "google_conference");
    location.put("status", status).put("join_url", joinUrl.orElse(null));
  }

  private static String uuid(int id) {
    return String.format("%08d-0000-4000-8000-%012d", id, id);
  }
}
