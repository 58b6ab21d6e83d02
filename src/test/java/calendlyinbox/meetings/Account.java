package calendlyinbox.meetings;

import calendlyinbox.calendly.CalendlyTime;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The state of things in a made-up Calendly account, and how Calendly describes it. */
final class Account {
  private static final String API = "https://api.calendly.com/";

  private Account() {}

  static final class Meeting {
    final String uri;
    final int limit;
    final List<Booking> bookings = new ArrayList<>();
    private final int location;
    private final String start;
    Instant createdAt;
    Instant updatedAt;
    ObjectNode cancellation;

    Meeting(String uri, int limit, Random random) {
      this.uri = uri;
      this.limit = limit;
      this.location = random.nextInt(4);
      this.start = "2026-12-0" + (1 + random.nextInt(9)) + "T10:00:00.000000Z";
    }

    List<Booking> active() {
      return bookings.stream().filter(Booking::isActive).toList();
    }

    boolean isOpen() {
      return cancellation == null && active().size() < limit;
    }

    private ObjectNode json() {
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("uri", uri).put("name", limit == 1 ? "Call" : "Class");
      json.put("status", cancellation == null ? "active" : "canceled");
      json.put("start_time", start).put("end_time", start.replace("T10", "T11"));
      json.put("event_type", API + "event_types/T");
      switch (location) {
        case 0 -> json.putNull("location");
        case 1 -> json.putObject("location").put("type", "physical").put("location", "Here 1");
        case 2 ->
            json.putObject("location")
                .put("type", "zoom")
                .put("status", "pushed")
                .put("join_url", "https://zoom.example/" + start);
        default -> json.putObject("location").put("type", "hologram").put("beam", 7);
      }
      ObjectNode counter = json.putObject("invitees_counter");
      counter.put("total", bookings.size()).put("active", active().size()).put("limit", limit);
      json.putArray("event_memberships").addObject().put("user", API + "users/U");
      json.putArray("event_guests");
      if (cancellation != null) {
        json.set("cancellation", cancellation);
      }
      return times(json, createdAt, updatedAt);
    }
  }

  static final class Booking {
    final String uri;
    final Meeting meeting;
    private final int payment;
    String email;
    Instant createdAt;
    Instant updatedAt;
    ObjectNode cancellation;
    String oldInvitee;
    String newInvitee;
    String noShow;
    Instant noShowAt;

    Booking(String uri, Meeting meeting, Random random) {
      this.uri = uri;
      this.meeting = meeting;
      this.payment = random.nextInt(4);
    }

    boolean isActive() {
      return cancellation == null;
    }

    ObjectNode mark() {
      ObjectNode mark = JsonNodeFactory.instance.objectNode();
      return mark.put("uri", noShow).put("created_at", CalendlyTime.text(noShowAt));
    }

    /** As since 2024, with the scheduled event. */
    ObjectNode payload() {
      ObjectNode payload = common();
      payload.put("first_name", "First").put("last_name", email);
      payload.put("scheduling_method", "instant_book");
      payload.put("invitee_scheduled_by", API + "users/U");
      if (cancellation != null) {
        payload.set("cancellation", cancellation);
      }
      payload.set("scheduled_event", meeting.json());
      return payload;
    }

    /** As in 2022: no scheduled event, a cancellation of two fields. */
    ObjectNode legacyPayload() {
      ObjectNode payload = common();
      payload.put("canceled", cancellation != null);
      if (cancellation != null) {
        payload
            .putObject("cancellation")
            .put("canceled_by", cancellation.get("canceled_by").textValue())
            .put("reason", cancellation.get("reason").textValue());
      }
      return payload;
    }

    private ObjectNode common() {
      ObjectNode payload = JsonNodeFactory.instance.objectNode();
      payload.put("uri", uri).put("event", meeting.uri).put("email", email);
      payload.put("name", "Name of " + email).put("timezone", "Europe/Lisbon");
      payload.put("status", cancellation == null ? "active" : "canceled");
      payload.put("rescheduled", newInvitee != null);
      payload.put("old_invitee", oldInvitee).put("new_invitee", newInvitee);
      payload.putArray("questions_and_answers").addObject().put("answer", "to " + email);
      payload.putObject("tracking").putNull("utm_source");
      payload.put("cancel_url", uri + "/cancel").put("reschedule_url", uri + "/move");
      switch (payment) {
        case 0 -> payload.putObject("payment").put("amount", "20.00");
        case 1 -> payload.putObject("payment").put("amount", 45.25);
        default -> payload.putNull("payment");
      }
      payload.set("no_show", noShow == null ? null : mark());
      return times(payload, createdAt, updatedAt);
    }
  }

  private static ObjectNode times(ObjectNode json, Instant createdAt, Instant updatedAt) {
    return json.put("created_at", CalendlyTime.text(createdAt))
        .put("updated_at", CalendlyTime.text(updatedAt));
  }
}
