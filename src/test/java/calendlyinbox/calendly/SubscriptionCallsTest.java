package calendlyinbox.calendly;

import static calendlyinbox.calendly.ApiRig.ok;
import static calendlyinbox.calendly.ApiRig.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SubscriptionCallsTest {
  private final ApiRig rig = new ApiRig();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void a_created_subscription_has_what_was_asked_for_and_is_in_the_list() {
    WebhookSubscription made = ok(rig.api.createSubscription(rig.wanted(ApiRig.CALLBACK)));

    assertEquals(ApiRig.CALLBACK, made.callbackUrl());
    assertEquals(List.of("invitee.created", "invitee.canceled"), made.events());
    assertTrue(made.active());
    assertTrue(made.has(SubscriptionScope.USER));
    assertEquals(Optional.of(rig.clock.instant()), made.createdAt());
    assertEquals(List.of(made), ok(rig.ownSubscriptions(rig.api)));
  }

  @Test
  void the_request_to_create_holds_these_fields_and_no_others() {
    rig.api.createSubscription(rig.wanted(ApiRig.CALLBACK));

    String body = rig.calendly.calls().get(0).body().toString();
    assertEquals(
        """
        {"url":"https://hooks.example.com/api/calendly/webhook",\
        "events":["invitee.created","invitee.canceled"],\
        "organization":"https://api.calendly.com/organizations/ORGORGORGORGORGO",\
        "user":"https://api.calendly.com/users/ADAADAADAADAADAA",\
        "scope":"user","signing_key":"5mEzn9C-I28UtwOjZJtFoob0sAAFZ95GbZkqj4y3i0I"}""",
        body);
  }

  @Test
  void a_subscription_for_the_organization_names_no_user() {
    NewSubscription wanted =
        new NewSubscription(
            ApiRig.CALLBACK,
            List.of("routing_form_submission.created"),
            SubscriptionScope.ORGANIZATION,
            rig.calendly.account().organization(),
            Optional.of(rig.calendly.account().user()),
            ApiRig.KEY);

    WebhookSubscription made = ok(rig.api.createSubscription(wanted));

    assertTrue(made.has(SubscriptionScope.ORGANIZATION));
    assertFalse(rig.calendly.calls().get(0).body().has("user"));
    assertEquals(List.of(), ok(rig.ownSubscriptions(rig.api)));
    assertEquals(
        List.of(made),
        ok(
            rig.api.subscriptions(
                SubscriptionScope.ORGANIZATION,
                rig.calendly.account().organization(),
                Optional.empty())));
  }

  @Test
  void a_callback_that_is_taken_is_a_conflict() {
    rig.api.createSubscription(rig.wanted(ApiRig.CALLBACK));

    ApiProblem problem = problem(rig.api.createSubscription(rig.wanted(ApiRig.CALLBACK)));

    assertEquals(new ApiProblem.Conflict("Hook with this url already exists"), problem);
    assertEquals(1, rig.calendly.subscriptions().all().size());
  }

  @Test
  void a_list_is_read_through_all_its_pages() {
    for (int i = 0; i < 11; i++) {
      rig.calendly.subscriptions().exists(ApiRig.CALLBACK + i, "user", List.of("x"), "k");
    }
    rig.calendly.paging().pagesOfAtMost(4);

    assertEquals(
        rig.calendly.subscriptions().all().stream().map(FakeSubscription::uri).toList(),
        ok(rig.ownSubscriptions(rig.api)).stream().map(WebhookSubscription::uri).toList());
    assertEquals(3, rig.calendly.calls().size());
    assertEquals("100", rig.calendly.calls().get(0).query().get("count"));
  }

  @Test
  void state_and_begin_of_retries_are_told() {
    Instant since = Instant.parse("2026-11-23T08:00:00Z");
    FakeSubscription failing =
        rig.calendly.subscriptions().exists(ApiRig.CALLBACK, "user", List.of("x"), "k");
    failing.failingSince(since);
    failing.disable();

    WebhookSubscription seen = ok(rig.api.subscription(failing.uri()));

    assertFalse(seen.active());
    assertEquals("disabled", seen.state());
    assertEquals(Optional.of(since), seen.retryStartedAt());
  }

  @Test
  void deleting_removes_it_and_deleting_again_is_no_failure() {
    WebhookSubscription made = ok(rig.api.createSubscription(rig.wanted(ApiRig.CALLBACK)));

    assertEquals(Deletion.DELETED, ok(rig.api.deleteSubscription(made.uri())));
    assertEquals(Deletion.WAS_GONE, ok(rig.api.deleteSubscription(made.uri())));

    assertEquals(List.of(), rig.calendly.subscriptions().all());
    assertEquals(
        new ApiProblem.NotFound("The server could not find the requested resource."),
        problem(rig.api.subscription(made.uri())));
  }

  @Test
  void a_deletion_whose_answer_was_lost_is_done_when_it_is_asked_again() {
    WebhookSubscription made = ok(rig.api.createSubscription(rig.wanted(ApiRig.CALLBACK)));
    rig.calendly.faults().next(1, Fault.LOST_ANSWER, "DELETE");

    assertTrue(rig.api.deleteSubscription(made.uri()).optional().isPresent());

    assertEquals(List.of(), rig.calendly.subscriptions().all());
  }

  @Test
  void a_subscription_is_not_made_without_a_key_events_or_its_user() {
    String org = rig.calendly.account().organization();
    Optional<String> user = Optional.of(rig.calendly.account().user());
    List<String> events = List.of("invitee.created");

    assertThrows(
        IllegalArgumentException.class,
        () -> new NewSubscription(ApiRig.CALLBACK, events, SubscriptionScope.USER, org, user, " "));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new NewSubscription(
                ApiRig.CALLBACK, List.of(), SubscriptionScope.USER, org, user, ApiRig.KEY));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new NewSubscription(
                ApiRig.CALLBACK,
                events,
                SubscriptionScope.USER,
                org,
                Optional.empty(),
                ApiRig.KEY));
  }
}
