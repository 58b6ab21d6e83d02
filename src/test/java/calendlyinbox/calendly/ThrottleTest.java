package calendlyinbox.calendly;

import static calendlyinbox.calendly.Priority.BACKGROUND;
import static calendlyinbox.calendly.Priority.FOREGROUND;
import static org.junit.jupiter.api.Assertions.assertEquals;

import calendlyinbox.SettableClock;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ThrottleTest {
  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-23T10:00:00Z"));
  private final Throttle throttle = new Throttle(clock);

  @Test
  void without_any_news_of_the_limit_the_foreground_just_goes() {
    for (int i = 0; i < 1000; i++) {
      assertEquals(Duration.ZERO, throttle.waitFor(FOREGROUND));
    }
  }

  @Test
  void without_any_news_of_the_limit_a_scan_keeps_to_that_of_the_free_plan() {
    throttle.waitFor(FOREGROUND);
    assertEquals(Duration.ZERO, throttle.waitFor(BACKGROUND));

    assertEquals(Duration.ofSeconds(12), throttle.waitFor(BACKGROUND));
  }

  @Test
  void the_last_tenth_is_spread_over_the_rest_of_the_window() {
    throttle.learn(told("500", "29", "30"));

    assertEquals(Duration.ZERO, throttle.waitFor(FOREGROUND));
    assertEquals(Duration.ofSeconds(1), throttle.waitFor(FOREGROUND));
    clock.advance(Duration.ofSeconds(1));
    assertEquals(Duration.ZERO, throttle.waitFor(FOREGROUND));
  }

  @Test
  void nothing_left_means_waiting_for_the_window_to_end_and_then_all_is_forgotten() {
    throttle.learn(told("500", "0", "30"));
    assertEquals(Duration.ofSeconds(30), throttle.waitFor(FOREGROUND));

    clock.advance(Duration.ofSeconds(30));
    assertEquals(Duration.ZERO, throttle.waitFor(FOREGROUND));
    assertEquals(Duration.ZERO, throttle.waitFor(FOREGROUND));
    assertEquals(Duration.ZERO, throttle.waitFor(BACKGROUND));
  }

  @Test
  void calls_under_way_count_before_their_answer_is_there() {
    throttle.learn(told("10", "2", "30"));
    throttle.waitFor(FOREGROUND);
    throttle.waitFor(FOREGROUND);

    assertEquals(Duration.ofSeconds(30), throttle.waitFor(FOREGROUND));
  }

  @Test
  void a_pause_holds_for_everybody_and_the_foreground_starts_first() {
    throttle.pause(Duration.ofSeconds(20));

    assertEquals(Duration.ofSeconds(20), throttle.waitFor(FOREGROUND));
    assertEquals(Duration.ofSeconds(21), throttle.waitFor(BACKGROUND));
  }

  @Test
  void a_shorter_pause_does_not_end_a_longer_one() {
    throttle.pause(Duration.ofSeconds(20));
    throttle.pause(Duration.ofSeconds(5));

    assertEquals(Duration.ofSeconds(20), throttle.waitFor(FOREGROUND));
  }

  @Test
  void headers_that_make_no_sense_change_nothing_or_little() {
    throttle.learn(told("-1", "x", "1e9"));
    assertEquals(Duration.ZERO, throttle.waitFor(FOREGROUND));

    throttle.learn(told("500", "0", "1795428000"));
    assertEquals(Throttle.LONGEST_PAUSE, throttle.waitFor(FOREGROUND));
  }

  @Test
  void a_clock_that_is_set_back_does_not_hold_anybody_for_long() {
    throttle.pause(Duration.ofSeconds(20));
    throttle.waitFor(BACKGROUND);

    clock.advance(Duration.ofDays(-1));

    assertEquals(Duration.ZERO, throttle.waitFor(FOREGROUND));
    assertEquals(Duration.ZERO, throttle.waitFor(BACKGROUND));
  }

  private Answer told(String limit, String remaining, String reset) {
    Map<String, List<String>> headers =
        Map.of(
            "X-RateLimit-Limit", List.of(limit),
            "X-RateLimit-Remaining", List.of(remaining),
            "X-RateLimit-Reset", List.of(reset));
    return new Answer(
        200,
        HttpHeaders.of(headers, (name, value) -> true),
        new byte[0],
        clock.instant(),
        clock.instant());
  }
}
