package calendlyinbox.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.SettableClock;
import calendlyinbox.calendly.ClockReading;
import calendlyinbox.delivery.Answers.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClockWatchTest {
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static final Optional<String> STALE =
      Optional.of("may be wrong: genuine deliveries are refused as signature_stale");

  private final SettableClock clock = new SettableClock(NOW);
  private final ClockWatch watch = new ClockWatch(Duration.ofMinutes(3), clock);

  @ParameterizedTest
  @CsvSource({
    "180,  30, ''",
    "180,  31, is 31 s ahead of Calendly's",
    "180, -30, ''",
    "180, -31, is 31 s behind Calendly's",
    "20,   10, ''",
    "20,   11, is 11 s ahead of Calendly's",
    "20,  -11, is 11 s behind Calendly's",
    "90000, 31, is 31 s ahead of Calendly's",
  })
  void half_a_minute_off_or_half_of_the_tolerance_is_too_far(
      long tolerance, long ahead, String trouble) {
    ClockWatch watched = new ClockWatch(Duration.ofSeconds(tolerance), clock);

    watched.answered(200, Optional.of(off(ahead)));

    assertEquals(trouble, watched.trouble().orElse(""));
  }

  @Test
  void the_last_answer_that_tells_the_time_counts_whatever_its_status() {
    watch.answered(429, Optional.of(off(60)));
    watch.answered(200, Optional.empty());
    watch.unanswered();
    watch.received(1);
    assertEquals(Optional.of("is 60 s ahead of Calendly's"), watch.trouble());

    watch.answered(200, Optional.of(off(0)));
    assertEquals(Optional.empty(), watch.trouble());
  }

  @Test
  void three_stale_ones_in_a_row_make_it_doubtful_and_one_in_time_puts_it_right() {
    stale(2);
    assertEquals(Optional.empty(), watch.trouble());
    stale(1);
    assertEquals(STALE, watch.trouble());

    watch.received(1);
    assertEquals(Optional.empty(), watch.trouble());
    stale(2);
    assertEquals(Optional.empty(), watch.trouble());
    stale(1);
    assertEquals(STALE, watch.trouble());
  }

  @Test
  void what_day_it_is_must_have_been_heard_from_somebody_else() {
    assertFalse(watch.isOfToday());
    watch.answered(200, Optional.empty());
    assertFalse(watch.isOfToday());

    watch.received(1);
    assertTrue(watch.isOfToday());

    stale(3);
    assertFalse(watch.isOfToday());
  }

  @Test
  void a_clock_that_jumps_is_not_of_today_until_somebody_agrees_again() {
    watch.received(1);

    clock.advance(Duration.ofDays(400));
    assertFalse(watch.isOfToday());

    watch.received(1);
    assertTrue(watch.isOfToday());
  }

  @ParameterizedTest
  @CsvSource({"0, true", "86400, true", "86401, false", "-86401, false", "315360000, false"})
  void calendlys_word_for_it_may_be_a_day_off(long ahead, boolean ofToday) {
    watch.answered(200, Optional.of(off(ahead)));

    assertEquals(ofToday, watch.isOfToday());
  }

  @Test
  void stale_ones_count_for_ten_minutes_and_the_doubt_until_somebody_says_otherwise() {
    stale(2);
    clock.advance(Duration.ofMinutes(10));
    stale(2);
    assertEquals(Optional.empty(), watch.trouble());

    stale(50);
    assertEquals(STALE, watch.trouble());
    clock.advance(Duration.ofHours(25));
    assertEquals(STALE, watch.trouble());
    watch.answered(200, Optional.empty());
    watch.unanswered();
    assertEquals(STALE, watch.trouble());

    watch.received(1);
    assertEquals(Optional.empty(), watch.trouble());
  }

  @Test
  void calendlys_answer_ends_the_doubt_only_where_it_says_that_the_clock_is_right() {
    watch.received(1);
    stale(3);

    watch.answered(200, Optional.of(off(31)));
    assertEquals(Optional.of("is 31 s ahead of Calendly's"), watch.trouble());
    assertFalse(watch.isOfToday());

    watch.answered(200, Optional.of(off(30)));
    assertEquals(Optional.empty(), watch.trouble());
    assertTrue(watch.isOfToday());
    stale(2);
    assertEquals(Optional.empty(), watch.trouble());
  }

  @Test
  void a_clock_of_which_nobody_said_anything_since_the_start_is_neither_well_nor_in_trouble() {
    assertFalse(seen().isKnown(Concern.CLOCK));
    watch.answered(200, Optional.empty());
    watch.unanswered();
    stale(2);
    assertFalse(seen().isKnown(Concern.CLOCK));

    stale(1);
    assertEquals(STALE, seen().trouble(Concern.CLOCK).map(Sight.Trouble::text));
    watch.received(1);
    assertTrue(seen().isKnown(Concern.CLOCK));
    assertEquals(Optional.empty(), seen().trouble(Concern.CLOCK));

    ClockWatch another = new ClockWatch(Duration.ofMinutes(3), clock);
    another.answered(401, Optional.of(off(0)));
    Sight sight = new Sight();
    another.addTo(sight);
    assertTrue(sight.isKnown(Concern.CLOCK));
  }

  @Test
  void what_is_refused_for_another_reason_says_nothing_of_the_clock() {
    for (Refusal reason : Refusal.values()) {
      for (int i = 0; i < 3 && reason != Refusal.SIGNATURE_STALE; i++) {
        watch.refused(reason, "127.0.0.1");
      }
    }
    assertEquals(Optional.empty(), watch.trouble());
  }

  private Sight seen() {
    Sight sight = new Sight();
    watch.addTo(sight);
    return sight;
  }

  private void stale(int times) {
    for (int i = 0; i < times; i++) {
      watch.refused(Refusal.SIGNATURE_STALE, "127.0.0.1");
    }
  }

  /** Calendly tells whole seconds: ahead is counted from the end of that second. */
  private static ClockReading off(long ahead) {
    return ahead > 0
        ? new ClockReading(NOW.minusSeconds(ahead + 1), NOW, NOW.plusSeconds(2))
        : new ClockReading(NOW.minusSeconds(ahead), NOW.minusSeconds(2), NOW);
  }
}
