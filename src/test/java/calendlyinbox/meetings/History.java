package calendlyinbox.meetings;

import calendlyinbox.calendly.CalendlyTime;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a small Calendly account went through, made up from a seed: bookings, cancellations by
 * invitee and host, reschedules, group events, no-shows on and off, routing forms; and what
 * Calendly said of it on the way, event by event. Several things happen within one second, each
 * later by some microseconds.
 */
public final class History {
  private static final String API = "https://api.calendly.com/";

  private final Random random;
  private final List<Said> said = new ArrayList<>();
  private final List<Account.Booking> bookings = new ArrayList<>();
  private final Set<String> ids = new HashSet<>();
  private final String prefix;
  private final double legacy;
  private Instant now = Instant.parse("2026-11-23T10:00:00.000000Z");
  private int names;

  private History(long seed, String prefix) {
    this.random = new Random(seed);
    this.prefix = prefix;
    // A third of the accounts are of today, a third of 2022, the rest changed in between.
    this.legacy = List.of(0.0, 1.0, 0.4).get(random.nextInt(3));
  }

  /**
   * One event as Calendly sends it.
   *
   * @param at when it happened; {@code created_at} has only the second of it
   */
  public record Said(String event, Instant at, ObjectNode payload) {
    public String second() {
      return CalendlyTime.text(at.truncatedTo(ChronoUnit.SECONDS));
    }

    public byte[] body() {
      ObjectNode envelope = JsonNodeFactory.instance.objectNode();
      envelope.put("event", event).put("created_at", second()).put("created_by", API + "users/U");
      envelope.set("payload", payload);
      return envelope.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
      return event + " at " + CalendlyTime.text(at) + " " + payload;
    }
  }

  /** The events in the order in which they happened. */
  public static List<Said> random(long seed) {
    return random(seed, "");
  }

  /**
   * @param prefix before every id, so that many histories fit into one database
   */
  public static List<Said> random(long seed, String prefix) {
    History history = new History(seed, prefix);
    int steps = 2 + history.random.nextInt(12);
    while (steps-- > 0) {
      history.step();
    }
    return List.copyOf(history.said);
  }

  private void step() {
    switch (random.nextInt(10)) {
      case 0, 1 -> book(Optional.empty());
      case 2 -> join();
      case 3 -> any(b -> b.isActive()).ifPresent(this::cancelByInvitee);
      case 4 -> any(b -> b.isActive()).ifPresent(b -> cancelByHost(b.meeting));
      case 5, 6 -> any(b -> b.isActive()).ifPresent(this::reschedule);
      case 7 -> any(b -> b.isActive() && b.noShowAt == null).ifPresent(this::markNoShow);
      case 8 -> any(b -> b.noShowAt != null).ifPresent(this::unmarkNoShow);
      default -> submitForm();
    }
  }

  private Account.Booking book(Optional<Account.Booking> instead) {
    int limit = random.nextInt(3) == 0 ? 2 + random.nextInt(4) : 1;
    Account.Meeting meeting =
        new Account.Meeting(API + "scheduled_events/" + name("M"), limit, random);
    meeting.createdAt = meeting.updatedAt = tick();
    Account.Booking booking = enter(meeting, instead);
    if (instead.isEmpty()) {
      say("invitee.created", booking);
    }
    return booking;
  }

  private Account.Booking enter(Account.Meeting meeting, Optional<Account.Booking> instead) {
    Account.Booking booking =
        new Account.Booking(meeting.uri + "/invitees/" + name("I"), meeting, random);
    booking.email = instead.map(old -> old.email).orElse("i" + bookings.size() + "@example.com");
    instead.ifPresent(old -> booking.oldInvitee = old.uri);
    booking.createdAt = booking.updatedAt = tick();
    meeting.updatedAt = tick();
    meeting.bookings.add(booking);
    bookings.add(booking);
    return booking;
  }

  private void join() {
    any(b -> b.meeting.isOpen())
        .ifPresent(b -> say("invitee.created", enter(b.meeting, Optional.empty())));
  }

  private void cancelByInvitee(Account.Booking booking) {
    cancel(booking, "invitee");
    say("invitee.canceled", booking);
  }

  private void cancelByHost(Account.Meeting meeting) {
    List<Account.Booking> active = meeting.active();
    active.forEach(booking -> cancel(booking, "host"));
    active.forEach(booking -> say("invitee.canceled", booking));
  }

  private void cancel(Account.Booking booking, String canceler) {
    Instant at = tick();
    ObjectNode cancellation = JsonNodeFactory.instance.objectNode();
    cancellation.put("canceled_by", canceler.equals("host") ? "The Host" : booking.email);
    cancellation.put("reason", List.of("", "ill", "later").get(random.nextInt(3)));
    cancellation.put("canceler_type", canceler).put("created_at", CalendlyTime.text(at));
    booking.cancellation = cancellation;
    booking.updatedAt = at;
    if (booking.meeting.active().isEmpty()) {
      booking.meeting.cancellation = cancellation;
    }
    booking.meeting.updatedAt = tick();
  }

  private void reschedule(Account.Booking old) {
    Account.Booking booking = book(Optional.of(old));
    cancel(old, random.nextBoolean() ? "invitee" : "host");
    old.newInvitee = booking.uri;
    say("invitee.canceled", old);
    say("invitee.created", booking);
  }

  private void markNoShow(Account.Booking booking) {
    booking.noShow = API + "invitee_no_shows/" + name("N");
    booking.noShowAt = booking.updatedAt = tick();
    say("invitee_no_show.created", booking);
  }

  private void unmarkNoShow(Account.Booking booking) {
    Instant at = tick();
    ArrayNode mark = JsonNodeFactory.instance.arrayNode().add(booking.mark());
    booking.noShow = null;
    booking.noShowAt = null;
    booking.updatedAt = at;
    ObjectNode payload = payload(booking);
    // Described with the mark that was taken off, with null, and without the field.
    int shape = random.nextInt(3);
    String second = CalendlyTime.text(at.truncatedTo(ChronoUnit.SECONDS));
    if (shape == 0 || !ids.add(booking.uri + "@" + second)) {
      payload.set("no_show", mark.get(0));
    } else if (shape == 1) {
      payload.putNull("no_show");
    } else {
      payload.remove("no_show");
    }
    said.add(new Said("invitee_no_show.deleted", at, payload));
  }

  private void submitForm() {
    ObjectNode payload = JsonNodeFactory.instance.objectNode();
    payload.put("uri", API + "routing_form_submissions/" + name("R"));
    payload.put("routing_form", API + "routing_forms/F");
    Optional<Account.Booking> submitter = any(b -> b.isActive());
    payload.put("submitter", submitter.map(b -> b.uri).orElse(null));
    payload.put("submitter_type", submitter.map(b -> "Invitee").orElse(null));
    payload.putArray("questions_and_answers").addObject().put("answer", name("answer"));
    payload.putObject("tracking").put("utm_source", "mail");
    payload.putObject("result").put("type", "event_type").put("value", API + "event_types/T");
    Instant at = tick();
    payload.put("created_at", CalendlyTime.text(at)).put("updated_at", CalendlyTime.text(at));
    said.add(new Said("routing_form_submission.created", at, payload));
  }

  private void say(String event, Account.Booking booking) {
    said.add(new Said(event, booking.updatedAt, payload(booking)));
  }

  private ObjectNode payload(Account.Booking booking) {
    return random.nextDouble() < legacy ? booking.legacyPayload() : booking.payload();
  }

  private Optional<Account.Booking> any(Predicate<Account.Booking> which) {
    List<Account.Booking> found = bookings.stream().filter(which).toList();
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of(found.get(random.nextInt(found.size())));
  }

  /** Mostly a few milliseconds, so that much happens within one second. */
  private Instant tick() {
    int micros = random.nextInt(4) == 0 ? 3_000_000 : 3_000;
    now = now.plus(1 + random.nextInt(micros), ChronoUnit.MICROS);
    return now;
  }

  /** Not in the order of time: nothing may hang on how uris sort. */
  private String name(String kind) {
    return prefix + kind + Integer.toHexString(random.nextInt(0x1000)) + "-" + names++;
  }
}
