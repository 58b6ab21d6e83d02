package calendlyinbox.calendly;

import static calendlyinbox.calendly.ApiRig.ok;
import static calendlyinbox.calendly.ApiRig.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.calendly.ApiProblem.Uncertain;
import calendlyinbox.calendly.ApiProblem.Unreachable;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CreateOnceTest {
  private final ApiRig rig = new ApiRig();

  @AfterEach
  void close() {
    rig.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {
        "LOST_ANSWER",
        "HTML_INSTEAD_OF_ANSWER",
        "TRUNCATED_JSON",
        "CUT_IN_BODY",
        "MUCH_JSON",
        "EMPTY_OBJECT",
        "GARBAGE_BYTES"
      })
  void a_create_whose_answer_was_lost_is_not_sent_again_and_is_found_in_the_list(Fault fault) {
    rig.calendly.faults().next(1, fault);

    ApiProblem problem = problem(rig.api.createSubscription(rig.wanted(ApiRig.CALLBACK)));

    assertInstanceOf(Uncertain.class, problem);
    assertTrue(problem.passesWithTime());
    assertEquals(List.of("POST /webhook_subscriptions"), rig.calendly.lines());
    assertEquals(
        List.of(ApiRig.CALLBACK),
        ok(rig.ownSubscriptions(rig.api)).stream().map(WebhookSubscription::callbackUrl).toList());
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"INTERNAL_ERROR", "UNAVAILABLE", "HTML_PAGE", "CUT_CONNECTION"})
  void a_create_that_broke_half_way_is_as_uncertain_though_nothing_was_made(Fault fault) {
    rig.calendly.faults().next(1, fault);

    ApiProblem problem = problem(rig.api.createSubscription(rig.wanted(ApiRig.CALLBACK)));

    assertInstanceOf(Uncertain.class, problem);
    assertEquals(1, rig.calendly.calls().size());
    assertEquals(List.of(), ok(rig.ownSubscriptions(rig.api)));
  }

  @Test
  void a_create_that_takes_too_long_is_uncertain() {
    CalendlyApi hasty = rig.api(ApiSettings.standard().withCallTimeout(Duration.ofMillis(300)));
    rig.calendly.faults().next(1, Fault.STUCK);

    ApiProblem problem = problem(hasty.createSubscription(rig.wanted(ApiRig.CALLBACK)));

    assertEquals(new Uncertain("no complete answer within 300 ms"), problem);
    assertEquals(
        "Calendly's answer was lost, it may or may not have been done: no complete answer within"
            + " 300 ms",
        problem.sentence());
  }

  @Test
  void a_create_that_never_left_is_tried_again_and_then_plainly_unreachable() {
    URI closed = rig.calendly.url();
    rig.calendly.close();

    ApiProblem problem =
        problem(
            rig.api(closed, "made-up-token", ApiSettings.standard())
                .createSubscription(rig.wanted(ApiRig.CALLBACK)));

    assertEquals(
        new Unreachable("no connection to 127.0.0.1:" + closed.getPort() + ", 4 tries", true),
        problem);
    assertEquals(3, rig.waits.size());
  }

  @Test
  void a_create_refused_for_the_rate_limit_is_sent_again_after_the_wait() {
    rig.calendly.faults().next(1, Fault.TOO_MANY);

    ok(rig.api.createSubscription(rig.wanted(ApiRig.CALLBACK)));

    assertEquals(2, rig.calendly.calls().size());
    assertEquals(Duration.ofSeconds(7), rig.waited());
    assertEquals(1, rig.calendly.subscriptions().all().size());
  }
}
