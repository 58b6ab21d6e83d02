package calendlyinbox.sync;

import calendlyinbox.SettableClock;
import calendlyinbox.calendly.FakeBookings;
import calendlyinbox.calendly.FakeBookings.Booking;
import calendlyinbox.calendly.FakeCalendly;
import calendlyinbox.calendly.WebhookMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * People who book, join, cancel, move, do not come, and turn out to have come, by chance but the
 * same for a seed.
 */
final class RandomHistory {
  private final Random random;
  private final FakeCalendly calendly;
  private final SettableClock clock;
  private final List<String> active = new ArrayList<>();
  private final List<String> groups = new ArrayList<>();
  private final Set<String> marked = new TreeSet<>();
  private final List<WebhookMessage> messages = new ArrayList<>();

  RandomHistory(long seed, FakeCalendly calendly, SettableClock clock) {
    this.random = new Random(seed);
    this.calendly = calendly;
    this.clock = clock;
  }

  /** Lets so many things happen, and returns what Calendly tells of them. */
  List<WebhookMessage> acts(int number) {
    for (int i = 0; i < number; i++) {
      clock.advance(Duration.ofMillis(random.nextInt(1, 90_000)));
      act(i);
    }
    return List.copyOf(messages);
  }

  private void act(int number) {
    FakeBookings bookings = calendly.bookings();
    int kind = active.isEmpty() ? 0 : random.nextInt(10);
    switch (kind) {
      case 0, 1, 2 -> {
        boolean group = random.nextInt(3) == 0;
        String host = calendly.account().user();
        Booking booked = bookings.book("Person " + number, someTime(), host, group ? 5 : 1);
        booked(booked);
        if (group) {
          groups.add(booked.event());
        }
      }
      case 3, 4 -> {
        if (groups.isEmpty()) {
          act(number);
        } else {
          booked(bookings.join(any(groups), "Person " + number));
        }
      }
      case 5, 6 -> {
        String invitee = any(active);
        active.remove(invitee);
        messages.addAll(bookings.cancel(invitee, random.nextBoolean() ? "" : "other plans"));
        closeCanceledGroups();
      }
      case 7 -> {
        String invitee = any(active);
        active.remove(invitee);
        booked(bookings.reschedule(invitee, someTime()));
        closeCanceledGroups();
      }
      default -> {
        String invitee = any(active);
        if (marked.remove(invitee)) {
          messages.addAll(bookings.noShowUndone(invitee));
        } else {
          marked.add(invitee);
          messages.addAll(bookings.noShow(invitee));
        }
      }
    }
  }

  private void booked(Booking booking) {
    active.add(booking.invitee());
    messages.addAll(booking.messages());
  }

  /** Nobody can join a meeting that is canceled. */
  private void closeCanceledGroups() {
    groups.removeIf(
        uri ->
            calendly
                .bookings()
                .event(uri)
                .orElseThrow()
                .path("status")
                .asText()
                .equals("canceled"));
  }

  private Instant someTime() {
    return clock.instant().plus(Duration.ofHours(random.nextInt(-20 * 24, 300 * 24)));
  }

  private String any(List<String> list) {
    return list.get(random.nextInt(list.size()));
  }
}
