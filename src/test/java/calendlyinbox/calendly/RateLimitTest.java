package calendlyinbox.calendly;

import static calendlyinbox.calendly.ApiRig.ok;
import static calendlyinbox.calendly.ApiRig.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.calendly.ApiProblem.RateLimited;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RateLimitTest {
  private final ApiRig rig = new ApiRig();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void after_429_the_call_waits_until_the_reset_and_then_succeeds() {
    rig.calendly.rateLimit().usedByOthers(500);
    rig.clock.advance(Duration.ofSeconds(18));

    ok(rig.api.currentUser());

    assertEquals(List.of(Duration.ofSeconds(42)), rig.waits);
    assertEquals(1, rig.calendly.rateLimit().refused());
  }

  @Test
  void retry_after_goes_before_the_reset_and_may_be_a_date() throws Exception {
    try (MockWebServer server = ApiRig.scripted()) {
      server.enqueue(tooMany("5"));
      server.enqueue(tooMany("Mon, 23 Nov 2026 10:00:17 GMT"));
      server.enqueue(tooMany("0"));
      server.enqueue(new MockResponse.Builder().body(rig.calendly.account().me().body()).build());
      server.start();
      CalendlyApi api = rig.api(server.url("/").uri(), "made-up-token", ApiSettings.standard());

      ok(api.currentUser());

      assertEquals(
          List.of(Duration.ofSeconds(5), Duration.ofSeconds(12), Duration.ofSeconds(1)), rig.waits);
    }
  }

  @Test
  void a_wait_beyond_patience_is_a_value_and_until_then_nothing_more_is_sent() throws Exception {
    try (MockWebServer server = ApiRig.scripted()) {
      server.enqueue(tooMany("300"));
      server.start();
      CalendlyApi api = rig.api(server.url("/").uri(), "made-up-token", ApiSettings.standard());

      ApiProblem problem = problem(api.currentUser());
      problem(api.currentUser());

      assertEquals(new RateLimited(Duration.ofSeconds(300)), problem);
      assertEquals(
          "Calendly's rate limit is used up (429); next call possible in 300 s",
          problem.sentence());
      assertTrue(problem.passesWithTime());
      assertEquals(1, server.getRequestCount());
    }
  }

  @Test
  void an_api_that_always_says_429_is_given_up() {
    rig.calendly.faults().always(Fault.TOO_MANY);

    assertEquals(new RateLimited(Duration.ofSeconds(7)), problem(rig.api.currentUser()));
    assertEquals(4, rig.calendly.calls().size());

    rig.calendly.faults().over();
    rig.waits.clear();
    ok(rig.api.currentUser());
    assertEquals(List.of(Duration.ofSeconds(7)), rig.waits, "the next call keeps the pause too");
  }

  @Test
  void waits_of_one_call_add_up_to_no_more_than_its_patience() {
    rig.calendly.faults().always(Fault.TOO_MANY); // Retry-After: 7
    CalendlyApi api = rig.api(ApiSettings.standard().withLongestWait(Duration.ofSeconds(20)));

    assertEquals(new RateLimited(Duration.ofSeconds(7)), problem(api.currentUser()));

    assertEquals(Duration.ofSeconds(14), rig.waited());
    assertEquals(3, rig.calendly.calls().size());
  }

  @Test
  void many_calls_in_a_row_slow_down_and_never_run_into_the_limit() {
    rig.calendly.rateLimit().perMinute(50);

    for (int i = 0; i < 200; i++) {
      ok(rig.api.currentUser());
    }

    assertEquals(0, rig.calendly.rateLimit().refused());
    assertTrue(rig.waits.size() > 10, "it slowed down step by step: " + rig.waits);
    assertTrue(rig.waited().compareTo(Duration.ofMinutes(5)) < 0, "but not more than it must");
  }

  @Test
  void a_scan_beside_foreground_calls_takes_at_most_a_tenth_of_the_limit() {
    CalendlyApi scan = rig.api.inBackground();
    ok(rig.api.currentUser());
    Instant begin = rig.clock.instant();

    int scanned = 0;
    while (rig.clock.instant().isBefore(begin.plus(Duration.ofMinutes(3)))) {
      ok(scan.currentUser());
      scanned++;
      ok(rig.api.currentUser());
    }

    assertTrue(scanned <= 3 * 50 + 1, scanned + " calls in 3 minutes at a limit of 500");
    assertTrue(scanned >= 3 * 45, scanned + " calls in 3 minutes: the share is used, too");
  }

  @Test
  void a_scan_alone_goes_faster_but_leaves_the_last_fifth_to_others() {
    rig.calendly.rateLimit().usedByOthers(400);
    CalendlyApi scan = rig.api.inBackground();
    ok(scan.currentUser());
    Instant begin = rig.clock.instant();

    ok(scan.currentUser());

    assertEquals(Duration.ofSeconds(61), Duration.between(begin, rig.clock.instant()));
    rig.waits.clear();
    for (int i = 0; i < 100; i++) {
      ok(scan.currentUser());
    }
    assertTrue(rig.waited().compareTo(Duration.ofSeconds(30)) < 0, "100 calls: " + rig.waited());
    assertEquals(0, rig.calendly.rateLimit().refused());
  }

  @Test
  void a_foreground_call_does_not_wait_behind_a_scan() {
    rig.calendly.rateLimit().usedByOthers(450);
    CalendlyApi scan = rig.api(ApiSettings.standard().withLongestWait(Duration.ofSeconds(5)));
    ok(scan.currentUser());

    assertTrue(problem(scan.inBackground().currentUser()) instanceof RateLimited);
    rig.waits.clear();
    ok(scan.currentUser());

    assertTrue(rig.waited().compareTo(Duration.ofSeconds(2)) < 0, "waited " + rig.waits);
  }

  private static MockResponse tooMany(String retryAfter) {
    return new MockResponse.Builder()
        .code(429)
        .setHeader("X-RateLimit-Reset", "60")
        .setHeader("Retry-After", retryAfter)
        .build();
  }
}
