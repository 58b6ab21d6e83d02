package calendlyinbox.calendly;

import java.util.Optional;
import java.util.function.UnaryOperator;

/** From a payload's fields to typed records; every field but the uri may be absent. */
final class Payloads {
  private Payloads() {}

  static Invitee invitee(String uri, Fields p, UnaryOperator<ScheduledEvent> held) {
    Optional<Fields> embedded = p.object("scheduled_event");
    // The invitee's own uri first: it cannot change, so the invitee never moves from one meeting to
    // another, whatever comes in whatever order. Calendly's own example disagrees about `event`.
    Optional<String> meeting =
        Invitee.meetingOf(uri)
            .or(() -> embedded.flatMap(event -> event.uri("uri")))
            .or(() -> p.uri("event"));
    Optional<ScheduledEvent> scheduledEvent =
        meeting.flatMap(of -> embedded.map(event -> held.apply(scheduledEvent(of, event))));
    Optional<Cancellation> cancellation = p.object("cancellation").map(Payloads::cancellation);
    boolean canceled =
        p.text("status").filter("canceled"::equals).isPresent()
            || p.isTrue("canceled") // the boolean of 2020 to 2023
            || cancellation.isPresent();
    return new Invitee(
        uri,
        meeting,
        p.text("name"),
        p.text("first_name"),
        p.text("last_name"),
        p.text("email"),
        p.text("timezone"),
        canceled,
        cancellation,
        p.isTrue("rescheduled"),
        p.uri("old_invitee"),
        p.uri("new_invitee"),
        p.object("no_show").map(n -> new NoShow(n.uri("uri"), n.time("created_at"))),
        p.json("questions_and_answers"),
        p.json("tracking"),
        p.json("payment"),
        p.json("reconfirmation"),
        p.text("text_reminder_number"),
        p.text("scheduling_method"),
        p.uri("invitee_scheduled_by"),
        p.uri("routing_form_submission"),
        p.text("cancel_url"),
        p.text("reschedule_url"),
        p.time("created_at"),
        p.time("updated_at"),
        scheduledEvent);
  }

  static ScheduledEvent scheduledEvent(String uri, Fields e) {
    Optional<Fields> counter = e.object("invitees_counter");
    return new ScheduledEvent(
        uri,
        e.text("name"),
        e.text("status").flatMap(Payloads::canceled),
        e.time("start_time"),
        e.time("end_time"),
        e.uri("event_type"),
        e.object("location").map(Payloads::location),
        e.json("event_memberships"),
        e.json("event_guests"),
        counter.flatMap(c -> c.number("total")),
        counter.flatMap(c -> c.number("active")),
        counter.flatMap(c -> c.number("limit")),
        e.object("cancellation").map(Payloads::cancellation),
        e.time("created_at"),
        e.time("updated_at"));
  }

  static RoutingFormSubmission submission(String uri, Fields p) {
    return new RoutingFormSubmission(
        uri,
        p.uri("routing_form"),
        p.uri("submitter"),
        p.text("submitter_type"),
        p.json("questions_and_answers"),
        p.json("tracking"),
        p.object("result").flatMap(result -> result.text("type")),
        p.json("result"),
        p.time("created_at"),
        p.time("updated_at"));
  }

  private static Optional<Boolean> canceled(String status) {
    return switch (status) {
      case "active" -> Optional.of(false);
      case "canceled" -> Optional.of(true);
      default -> Optional.empty();
    };
  }

  private static Location location(Fields l) {
    return new Location(
        l.text("type"), l.text("location"), l.text("join_url"), l.text("status"), l.json());
  }

  private static Cancellation cancellation(Fields c) {
    return new Cancellation(
        c.text("canceled_by"), c.text("canceler_type"), c.text("reason"), c.time("created_at"));
  }
}
