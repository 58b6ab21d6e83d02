package calendlyinbox.sync;

import calendlyinbox.calendly.CalendlyTime;
import calendlyinbox.calendly.EventParser;
import calendlyinbox.calendly.Invitee;
import calendlyinbox.calendly.Parsed;
import calendlyinbox.calendly.ScheduledEvent;
import calendlyinbox.calendly.Sighting;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A meeting and its invitees as Calendly has them, and the webhook events that must have happened
 * for them to be so: each invitee's booking, the cancellation of a canceled one, the mark of one
 * that did not come, and the taking off of a mark that is in our tables and no longer at
 * Calendly's. Bodies are read by the parser of deliveries, so events have the ids that their
 * deliveries have or would have.
 */
final class Observed {
  private final Sighting sighting;
  private final List<Body> bodies = new ArrayList<>();
  private final Set<String> meetings = new LinkedHashSet<>();
  private final Set<String> invitees = new LinkedHashSet<>();

  /**
   * A webhook event, and what makes its form as a delivery's body. Each body tells the whole
   * meeting, which may be large, so it is made when it is written.
   */
  record Body(Parsed.Understood event, Supplier<byte[]> made) {
    byte[] bytes() {
      return made.get();
    }
  }

  /**
   * @param marked no-show marks in our tables before Calendly was asked: invitee and time of the
   *     mark, which may be unknown and is empty then
   */
  Observed(Sighting sighting, List<ObjectNode> invitees, Map<String, String> marked) {
    this.sighting = sighting;
    meetings.add(sighting.uri());
    Map<ScheduledEvent, ScheduledEvent> held = new HashMap<>();
    EventParser parser = new EventParser(told -> held.computeIfAbsent(told, first -> first));
    String at = CalendlyTime.text(sighting.at());
    for (ObjectNode invitee : invitees) {
      add(parser, "invitee.created", at, invitee);
      if (invitee.path("status").asText().equals("canceled")) {
        add(parser, "invitee.canceled", at, invitee);
      }
      String uri = invitee.path("uri").asText();
      if (!invitee.path("no_show").path("uri").asText().isEmpty()) {
        add(parser, "invitee_no_show.created", at, invitee);
      } else if (!invitee.path("no_show").isObject() && marked.containsKey(uri)) {
        // As of the mark's own moment: that is enough to take it off, and a mark that was set
        // again since then stays, whichever of the two we hear of first.
        add(parser, "invitee_no_show.deleted", marked.get(uri), invitee);
      }
    }
  }

  private void add(EventParser parser, String eventType, String createdAt, ObjectNode invitee) {
    Supplier<byte[]> body = () -> sighting.body(eventType, createdAt, invitee);
    // Anything else than understood is an invitee without an id, of which nothing can be kept.
    if (parser.parse(body.get()) instanceof Parsed.Understood understood) {
      bodies.add(new Body(understood, body));
    }
    touches(invitee.path("uri").asText(""));
    touches(invitee.path("old_invitee").asText(""));
    touches(invitee.path("new_invitee").asText(""));
  }

  private void touches(String invitee) {
    if (!invitee.isEmpty()) {
      invitees.add(invitee);
      Invitee.meetingOf(invitee).ifPresent(meetings::add);
    }
  }

  private Observed(Observed whole, Set<Parsed> left) {
    this.sighting = whole.sighting;
    this.meetings.addAll(whole.meetings);
    this.invitees.addAll(whole.invitees);
    whole.bodies.stream().filter(body -> !left.contains(body.event())).forEach(bodies::add);
  }

  /** Returns the same but for some of its events, which are told by identity. */
  Observed without(Set<Parsed> events) {
    return events.isEmpty() ? this : new Observed(this, events);
  }

  Sighting sighting() {
    return sighting;
  }

  List<Body> bodies() {
    return bodies;
  }

  List<Parsed.Understood> events() {
    return bodies.stream().map(Body::event).toList();
  }

  /** Whose rows may change by it. */
  Set<String> meetings() {
    return meetings;
  }

  Set<String> invitees() {
    return invitees;
  }
}
