package calendlyinbox.calendly;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What people do in Calendly: book, cancel, reschedule, not show up. Each act changes the fake's
 * state and returns the webhook messages it causes, undelivered: a test delivers, drops, repeats or
 * shuffles them. Safe for concurrent use.
 */
public final class FakeBookings {
  private static final Duration LENGTH = Duration.ofMinutes(30);

  private final FakeAccount account;
  private final Clock clock;
  private final Map<String, ObjectNode> events = new LinkedHashMap<>();
  private final Map<String, ObjectNode> invitees = new LinkedHashMap<>();
  private Instant lastChange = Instant.MIN;
  private int ids;

  /**
   * A booking somebody made.
   *
   * @param messages what Calendly tells about it
   */
  public record Booking(String event, String invitee, List<WebhookMessage> messages) {}

  FakeBookings(FakeAccount account, Clock clock) {
    this.account = account;
    this.clock = clock;
  }

  /** One-on-one with the token's user, a week from now. */
  public synchronized Booking book(String name) {
    return book(name, clock.instant().plus(Duration.ofDays(7)));
  }

  public synchronized Booking book(String name, Instant start) {
    return book(name, start, account.user(), 1);
  }

  /**
   * @param host {@link FakeAccount#user} or {@link FakeAccount#colleague}
   * @param seats above 1 for a group event, which {@link #join} fills
   */
  public synchronized Booking book(String name, Instant start, String host, int seats) {
    ObjectNode event = BookingJson.event(++ids, host, start, start.plus(LENGTH), seats, tick());
    events.put(event.path("uri").asText(), event);
    return join(event.path("uri").asText(), name);
  }

  /** Another invitee for an event that is there. */
  public synchronized Booking join(String eventUri, String name) {
    ObjectNode event = known(events, eventUri);
    ObjectNode invitee = BookingJson.invitee(++ids, eventUri, name, tick());
    String uri = invitee.path("uri").asText();
    invitees.put(uri, invitee);
    count(event);
    return new Booking(eventUri, uri, List.of(message("invitee.created", uri)));
  }

  /** The meeting is a video call whose link is not made yet. */
  public synchronized void conferenceIsProcessing(String eventUri) {
    BookingJson.conference(known(events, eventUri), "processing", Optional.empty());
  }

  /** No webhook tells of it: the event has to be fetched again. */
  public synchronized void conferenceIsPushed(String eventUri, String joinUrl) {
    BookingJson.conference(known(events, eventUri), "pushed", Optional.of(joinUrl));
    BookingJson.touch(known(events, eventUri), tick());
  }

  public synchronized List<WebhookMessage> cancel(String inviteeUri, String reason) {
    ObjectNode invitee = known(invitees, inviteeUri);
    BookingJson.cancel(invitee, invitee.path("name").asText(), "invitee", reason, tick());
    ObjectNode event = known(events, invitee.path("event").asText());
    count(event);
    if (event.path("invitees_counter").path("active").asInt() == 0) {
      BookingJson.cancel(event, invitee.path("name").asText(), "invitee", reason, tick());
    }
    return List.of(message("invitee.canceled", inviteeUri));
  }

  /** The old invitee is canceled, a new one is created; the messages come in either order. */
  public synchronized Booking reschedule(String inviteeUri, Instant newStart) {
    ObjectNode old = known(invitees, inviteeUri);
    String host = host(known(events, old.path("event").asText()));
    Booking booked = book(old.path("name").asText(), newStart, host, 1);
    old.put("rescheduled", true).put("new_invitee", booked.invitee());
    known(invitees, booked.invitee()).put("old_invitee", inviteeUri);
    List<WebhookMessage> messages = new ArrayList<>(cancel(inviteeUri, ""));
    messages.add(message("invitee.created", booked.invitee()));
    return new Booking(booked.event(), booked.invitee(), List.copyOf(messages));
  }

  public synchronized List<WebhookMessage> noShow(String inviteeUri) {
    ObjectNode invitee = known(invitees, inviteeUri);
    BookingJson.noShow(invitee, ++ids, tick());
    return List.of(message("invitee_no_show.created", inviteeUri));
  }

  public synchronized List<WebhookMessage> noShowUndone(String inviteeUri) {
    ObjectNode invitee = known(invitees, inviteeUri);
    invitee.putNull("no_show");
    BookingJson.touch(invitee, tick());
    return List.of(message("invitee_no_show.deleted", inviteeUri));
  }

  /** Somebody fills in a routing form; only subscriptions of organization scope may hear of it. */
  public synchronized List<WebhookMessage> routingFormSubmitted(String answer) {
    ObjectNode submission = BookingJson.submission(++ids, answer, tick());
    return List.of(
        new WebhookMessage(
            "routing_form_submission.created", clock.instant(), account.user(), submission));
  }

  /** Calendly no longer knows the event and its invitees: the data was deleted. */
  public synchronized void vanishes(String eventUri) {
    events.remove(eventUri);
    invitees.values().removeIf(invitee -> invitee.path("event").asText().equals(eventUri));
  }

  /** From now on the API answers this when it is asked for the event. */
  public synchronized void isShownAs(String eventUri, ObjectNode rubbish) {
    events.put(eventUri, rubbish);
  }

  /** From now on the API lists this in the place of the invitee. */
  public synchronized void inviteeIsShownAs(String inviteeUri, ObjectNode rubbish) {
    invitees.put(inviteeUri, rubbish);
  }

  /** Calendly no longer shows who is invited; the event stays. */
  public synchronized void inviteesVanish(String eventUri) {
    invitees.values().removeIf(invitee -> invitee.path("event").asText().equals(eventUri));
  }

  /** The event as the API has it now. */
  public synchronized Optional<ObjectNode> event(String uri) {
    return Optional.ofNullable(events.get(uri)).map(ObjectNode::deepCopy);
  }

  public synchronized Optional<ObjectNode> invitee(String uri) {
    return Optional.ofNullable(invitees.get(uri)).map(ObjectNode::deepCopy);
  }

  public synchronized List<ObjectNode> events() {
    return events.values().stream().map(ObjectNode::deepCopy).toList();
  }

  public synchronized List<ObjectNode> invitees() {
    return invitees.values().stream().map(ObjectNode::deepCopy).toList();
  }

  static String host(ObjectNode event) {
    return event.path("event_memberships").path(0).path("user").asText();
  }

  private WebhookMessage message(String event, String inviteeUri) {
    ObjectNode invitee = known(invitees, inviteeUri);
    ObjectNode scheduled = known(events, invitee.path("event").asText());
    ObjectNode payload = invitee.deepCopy();
    payload.set("scheduled_event", BookingJson.embedded(scheduled));
    return new WebhookMessage(event, clock.instant(), host(scheduled), payload);
  }

  private void count(ObjectNode event) {
    List<ObjectNode> there =
        invitees.values().stream()
            .filter(one -> one.path("event").equals(event.path("uri")))
            .toList();
    long active =
        there.stream().filter(one -> one.path("status").asText().equals("active")).count();
    ((ObjectNode) event.path("invitees_counter"))
        .put("total", there.size())
        .put("active", (int) active);
    BookingJson.touch(event, tick());
  }

  /** Later than every earlier change, though the clock may stand still. */
  private Instant tick() {
    Instant now = clock.instant();
    lastChange = now.isAfter(lastChange) ? now : lastChange.plusNanos(1000);
    return lastChange;
  }

  private static ObjectNode known(Map<String, ObjectNode> where, String uri) {
    ObjectNode found = where.get(uri);
    if (found == null) {
      throw new AssertionError("the fake has no " + uri);
    }
    return found;
  }
}
