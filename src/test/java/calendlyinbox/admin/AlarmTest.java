package calendlyinbox.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.SettableClock;
import calendlyinbox.admin.Alarm.Said;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AlarmTest {
  private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");
  private static final Duration LOOK = Duration.ofSeconds(10);
  private static final Sight WELL = new Sight().well(Concern.DATABASE).well(Concern.EVENTS);
  private static final Sight LOCKED = new Sight().trouble(Concern.DATABASE, "locked");
  private static final Sight UNKNOWN = new Sight();

  private final SettableClock clock = new SettableClock(START);
  private final Alarm alarm = new Alarm(Map.of());
  private Map<Concern, Said> last = Map.of();
  private int messages;

  @Test
  void a_trouble_is_told_when_it_lasted_a_minute_and_its_end_when_it_was_away_for_a_minute() {
    see(WELL, Duration.ofMinutes(5));

    see(LOCKED, Duration.ofSeconds(60));
    assertEquals(Set.of(), last.keySet());
    see(LOCKED, LOOK);
    assertEquals(Map.of(Concern.DATABASE, new Said(at(360), 1, "locked")), last);

    see(WELL, Duration.ofSeconds(60));
    assertEquals(Set.of(Concern.DATABASE), last.keySet());
    see(WELL, LOOK);
    assertEquals(Map.of(), last);
    assertEquals(2, messages);
  }

  @Test
  void what_is_over_within_a_minute_is_never_told_however_often_it_comes() {
    for (int i = 0; i < 100; i++) {
      see(LOCKED, Duration.ofSeconds(50));
      see(WELL, LOOK);
    }

    assertEquals(0, messages);
  }

  @Test
  void a_trouble_that_is_gone_for_moments_only_is_told_once() {
    for (int i = 0; i < 100; i++) {
      see(LOCKED, Duration.ofSeconds(90));
      see(WELL, Duration.ofSeconds(50));
    }

    assertEquals(1, messages);
  }

  @Test
  void what_comes_and_goes_all_day_is_no_stream_of_messages() {
    for (int minutes = 0; minutes < 24 * 60; minutes += 20) {
      see(LOCKED, Duration.ofMinutes(10));
      see(WELL, Duration.ofMinutes(10));
    }

    assertTrue(messages < 12, messages + " messages");
    see(WELL, Duration.ofHours(1));
    assertEquals(Map.of(), last);
  }

  @Test
  void an_hour_without_it_is_its_end_however_often_it_came_back() {
    for (int i = 0; i < 10; i++) {
      see(LOCKED, Duration.ofMinutes(2));
      see(WELL, Duration.ofMinutes(50));
    }
    assertEquals(Set.of(Concern.DATABASE), last.keySet());

    see(LOCKED, Duration.ofMinutes(2));
    see(WELL, Duration.ofHours(1));
    assertEquals(Set.of(Concern.DATABASE), last.keySet());
    see(WELL, LOOK);
    assertEquals(Map.of(), last);
  }

  @Test
  void a_trouble_after_a_quiet_time_is_told_like_the_first() {
    for (int i = 0; i < 3; i++) {
      see(LOCKED, Duration.ofMinutes(2));
      see(WELL, Duration.ofSeconds(70));
      assertEquals(2 * (i + 1), messages, "its end too");
      see(WELL, Duration.ofMinutes(90));
    }

    assertEquals(6, messages);
  }

  @Test
  void what_is_not_known_changes_nothing() {
    see(LOCKED, Duration.ofSeconds(30));
    see(UNKNOWN, Duration.ofSeconds(60));
    assertEquals(0, messages);

    see(LOCKED, LOOK);
    assertEquals(1, messages);

    see(UNKNOWN, Duration.ofHours(5));
    assertEquals(Set.of(Concern.DATABASE), last.keySet());
  }

  @Test
  void more_failed_events_are_told_once_an_hour_and_fewer_are_not() {
    see(failed(2), Duration.ofMinutes(2));
    assertEquals("failed: 2", last.get(Concern.EVENTS).text());

    for (int n = 3; n < 30; n++) {
      see(failed(n), Duration.ofMinutes(2));
    }
    assertEquals(1, messages);
    see(failed(30), Duration.ofMinutes(10));
    assertEquals("failed: 30", last.get(Concern.EVENTS).text());
    assertEquals(2, messages);

    see(failed(4), Duration.ofHours(2));
    assertEquals(2, messages);
    see(failed(5), Duration.ofMinutes(2));
    assertEquals("failed: 5", last.get(Concern.EVENTS).text());
    assertEquals(3, messages);
  }

  @Test
  void a_trouble_that_turns_worse_in_the_night_is_told_again_and_what_is_left_of_it_is_not() {
    Sight corrupt = new Sight().trouble(Concern.DATABASE, 2, "corrupt");
    see(LOCKED, Duration.ofHours(9));
    assertEquals(1, messages);

    see(corrupt, Duration.ofMinutes(2));
    assertEquals(2, messages);
    assertEquals("corrupt", last.get(Concern.DATABASE).text());

    see(corrupt, Duration.ofHours(9));
    see(LOCKED, Duration.ofHours(9));
    assertEquals(2, messages);
  }

  @Test
  void a_rise_is_told_only_when_it_lasted_a_minute_too() {
    see(failed(2), Duration.ofHours(2));
    see(failed(3), Duration.ofSeconds(50));
    see(failed(2), LOOK);
    see(failed(3), Duration.ofSeconds(50));
    see(WELL, LOOK);
    see(failed(3), Duration.ofSeconds(60));
    assertEquals("failed: 2", last.get(Concern.EVENTS).text());

    see(failed(3), LOOK);
    assertEquals("failed: 3", last.get(Concern.EVENTS).text());
    assertEquals(2, messages);
  }

  @Test
  void a_process_that_begins_in_the_middle_of_a_trouble_knows_what_was_told() {
    Said before = new Said(at(-3600), 1, "locked");
    Alarm next = new Alarm(Map.of(Concern.DATABASE, before));

    assertEquals(Map.of(Concern.DATABASE, before), next.after(LOCKED, at(0)));
    assertEquals(Map.of(Concern.DATABASE, before), next.after(LOCKED, at(100)));
    assertEquals(Map.of(Concern.DATABASE, before), next.after(WELL, at(200)));
    assertEquals(Map.of(), next.after(WELL, at(260)));
  }

  @Test
  void a_clock_that_is_set_back_delays_nothing() {
    see(LOCKED, LOOK);
    clock.advance(Duration.ofDays(-1));

    see(LOCKED, Duration.ofSeconds(70));

    assertEquals(1, messages);
  }

  @Test
  void a_rise_is_told_however_far_ahead_the_clock_was_at_the_last_message() {
    see(failed(2), Duration.ofMinutes(2));
    clock.advance(Duration.ofDays(-365));

    see(failed(3), Duration.ofMinutes(2));

    assertEquals("failed: 3", last.get(Concern.EVENTS).text());
    assertEquals(2, messages);
  }

  @Test
  void an_end_while_the_clock_was_ahead_does_not_make_the_next_one_wait_longer() {
    see(LOCKED, Duration.ofMinutes(2));
    see(WELL, Duration.ofMinutes(2));
    clock.advance(Duration.ofDays(-365));

    see(LOCKED, Duration.ofMinutes(2));
    see(WELL, Duration.ofSeconds(70));

    assertEquals(Map.of(), last);
    assertEquals(4, messages);
  }

  /** Looks every ten seconds for so long. */
  private void see(Sight sight, Duration length) {
    for (Duration passed = Duration.ZERO;
        passed.compareTo(length) < 0;
        passed = passed.plus(LOOK), clock.advance(LOOK)) {
      Map<Concern, Said> now = alarm.after(sight, clock.instant());
      if (!times(now).equals(times(last))) {
        messages++;
      }
      last = now;
    }
  }

  private static Map<Concern, Instant> times(Map<Concern, Said> said) {
    return said.entrySet().stream()
        .collect(java.util.stream.Collectors.toMap(Map.Entry::getKey, one -> one.getValue().at()));
  }

  private static Sight failed(long count) {
    return new Sight().trouble(Concern.EVENTS, count, "failed: " + count);
  }

  private static Instant at(long seconds) {
    return START.plusSeconds(seconds);
  }
}
