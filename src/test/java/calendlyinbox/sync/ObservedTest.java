package calendlyinbox.sync;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;

import calendlyinbox.calendly.CalendlyTime;
import calendlyinbox.calendly.Invitee;
import calendlyinbox.calendly.ScheduledEvent;
import calendlyinbox.calendly.Sighting;
import calendlyinbox.calendly.WebhookEvent;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A page has a hundred invitees, with up to three events each that all tell the whole meeting. */
class ObservedTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  private static final String MEETING = "https://api.calendly.com/scheduled_events/M";

  private final Sighting sighting = new Sighting(NOON, meeting());
  private final List<ObjectNode> invitees =
      IntStream.range(0, 100).mapToObj(ObservedTest::canceled).toList();
  private final Observed observed = new Observed(sighting, invitees, Map.of());

  private static ObjectNode meeting() {
    ObjectNode meeting = JsonNodeFactory.instance.objectNode().put("uri", MEETING);
    meeting.put("meeting_notes_html", "long");
    meeting.putObject("location").put("type", "physical").put("location", "12 Example Street");
    return meeting;
  }

  private static ObjectNode canceled(int id) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("uri", MEETING + "/invitees/" + id)
        .put("status", "canceled");
  }

  @Test
  void a_body_is_made_when_it_is_written_and_not_held() {
    assertEquals(200, observed.bodies().size());
    for (int i = 0; i < 200; i++) {
      Observed.Body body = observed.bodies().get(i);
      byte[] written = body.bytes();

      assertNotSame(written, body.bytes());
      assertArrayEquals(
          sighting.body(
              i % 2 == 0 ? "invitee.created" : "invitee.canceled",
              CalendlyTime.text(NOON),
              invitees.get(i / 2)),
          written);
    }
  }

  @Test
  void the_meeting_that_all_of_them_tell_is_held_once() {
    Set<ScheduledEvent> held = Collections.newSetFromMap(new IdentityHashMap<>());

    observed
        .events()
        .forEach(event -> invitee(event.event()).scheduledEvent().ifPresent(held::add));

    assertEquals(1, held.size());
    assertEquals(Set.of(sighting.event()), Set.copyOf(held));
  }

  private static Invitee invitee(WebhookEvent event) {
    return event instanceof WebhookEvent.InviteeCreated created
        ? created.invitee()
        : ((WebhookEvent.InviteeCanceled) event).invitee();
  }
}
