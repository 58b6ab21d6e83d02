package calendlyinbox.calendly;

import static calendlyinbox.calendly.ApiRig.ok;
import static calendlyinbox.calendly.ApiRig.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.calendly.ApiProblem.Unreachable;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RetryTest {
  private final ApiRig rig = new ApiRig();

  @AfterEach
  void close() {
    rig.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {
        "INTERNAL_ERROR",
        "UNAVAILABLE",
        "HTML_PAGE",
        "HTML_FORBIDDEN",
        "HTML_INSTEAD_OF_ANSWER",
        "CUT_CONNECTION",
        "LOST_ANSWER",
        "TRUNCATED_JSON",
        "CUT_IN_BODY",
        "EMPTY_OBJECT",
        "GARBAGE_BYTES"
      })
  void what_may_pass_is_tried_again_until_it_has_passed(Fault fault) {
    rig.calendly.faults().next(2, fault);

    CurrentUser user = ok(rig.api.currentUser());

    assertEquals(rig.calendly.account().user(), user.uri());
    assertEquals(3, rig.calendly.calls().size());
    assertFalse(rig.waits.isEmpty());
  }

  @Test
  void an_api_that_stays_broken_is_given_up_after_four_tries_with_the_last_reason() {
    rig.calendly.faults().always(Fault.INTERNAL_ERROR);

    ApiProblem problem = problem(rig.api.currentUser());

    assertEquals(
        "Calendly could not be reached: HTTP 500: The server encountered an unexpected condition.,"
            + " 4 tries",
        problem.sentence());
    assertTrue(problem.passesWithTime());
    assertEquals(4, rig.calendly.calls().size());
  }

  @Test
  void each_kind_of_rubbish_is_named() {
    assertEquals("HTTP 200 with HTML instead of JSON", oneTry(Fault.HTML_INSTEAD_OF_ANSWER));
    assertEquals("HTTP 403 with HTML instead of JSON", oneTry(Fault.HTML_FORBIDDEN));
    assertEquals("HTTP 200 with JSON without an object at $.resource", oneTry(Fault.EMPTY_OBJECT));
    assertEquals("HTTP 200 with no readable JSON", oneTry(Fault.GARBAGE_BYTES));
    assertTrue(
        oneTry(Fault.TRUNCATED_JSON)
            .matches("HTTP 200 with JSON that breaks off after \\d+ bytes"));
    assertTrue(oneTry(Fault.CUT_IN_BODY).startsWith("connection broken: "));
  }

  @Test
  void a_web_page_is_no_refusal_of_calendly_whether_its_type_or_its_text_gives_it_away()
      throws Exception {
    try (MockWebServer server = ApiRig.scripted()) {
      server.enqueue(
          new MockResponse.Builder()
              .code(403)
              .setHeader("Content-Type", "text/html; charset=utf-8")
              .body("Just a moment...")
              .build());
      server.enqueue(new MockResponse.Builder().code(404).body("\n <html>nginx</html>").build());
      server.start();
      CalendlyApi once =
          rig.api(server.url("/").uri(), "made-up-token", ApiSettings.standard().withTries(1));

      assertEquals(
          new Unreachable("HTTP 403 with HTML instead of JSON", true), problem(once.currentUser()));
      assertEquals(
          new Unreachable("HTTP 404 with HTML instead of JSON", true), problem(once.currentUser()));
    }
  }

  @Test
  void pauses_double_with_jitter_and_a_server_that_names_a_longer_one_gets_it() {
    rig.calendly.faults().next(3, Fault.INTERNAL_ERROR);
    ok(rig.api.currentUser());

    List<Duration> full =
        List.of(Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(2));
    for (int i = 0; i < 3; i++) {
      Duration wait = rig.waits.get(i);
      assertTrue(wait.compareTo(full.get(i)) <= 0, wait + " in place " + i);
      assertTrue(wait.compareTo(full.get(i).dividedBy(2)) >= 0, wait + " in place " + i);
    }

    rig.waits.clear();
    rig.calendly.faults().next(1, Fault.UNAVAILABLE);
    ok(rig.api.currentUser());
    assertEquals(List.of(Duration.ofSeconds(3)), rig.waits);
  }

  @Test
  void pauses_never_grow_above_their_bound_and_the_same_seed_gives_the_same_pauses() {
    Backoff one = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(10), new Random(7));
    Backoff other = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(10), new Random(7));

    for (int tries = 1; tries < 80; tries++) {
      Duration pause = one.after(tries);
      assertEquals(pause, other.after(tries));
      assertTrue(pause.compareTo(Duration.ofSeconds(10)) <= 0);
      assertFalse(pause.isZero());
    }
  }

  @Test
  void a_redirect_is_neither_followed_nor_tried_again() {
    rig.calendly.faults().next(1, Fault.REDIRECT);

    ApiProblem problem = problem(rig.api.currentUser());

    assertEquals(
        new Unreachable(
            "a redirect (HTTP 302), which is not followed; check the API's address", false),
        problem);
    assertEquals(List.of("GET /users/me"), rig.calendly.lines());
  }

  @Test
  void nobody_listening_and_no_such_host_are_said_so() {
    ApiSettings twice = ApiSettings.standard().withTries(2);
    URI closed = rig.calendly.url();
    rig.calendly.close();

    assertEquals(
        new Unreachable("no connection to 127.0.0.1:" + closed.getPort() + ", 2 tries", true),
        problem(rig.api(closed, "made-up-token", twice).currentUser()));
    assertEquals(
        new Unreachable("unknown host calendly.invalid, 2 tries", true),
        problem(
            rig.api(URI.create("http://calendly.invalid"), "made-up-token", twice).currentUser()));
  }

  @Test
  void an_interrupted_call_ends_at_once_and_leaves_the_thread_interrupted() {
    rig.calendly.faults().always(Fault.INTERNAL_ERROR);
    Thread.currentThread().interrupt();

    ApiProblem problem = problem(rig.api.currentUser());

    assertTrue(Thread.interrupted());
    assertEquals(new Unreachable("interrupted", true), problem);
  }

  private String oneTry(Fault fault) {
    rig.calendly.faults().next(1, fault);
    ApiProblem problem = problem(rig.api(ApiSettings.standard().withTries(1)).currentUser());
    return ((Unreachable) problem).reason();
  }
}
