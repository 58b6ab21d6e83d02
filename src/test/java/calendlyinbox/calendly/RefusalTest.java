package calendlyinbox.calendly;

import static calendlyinbox.calendly.ApiRig.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import calendlyinbox.calendly.ApiProblem.Detail;
import calendlyinbox.calendly.ApiProblem.Forbidden;
import calendlyinbox.calendly.ApiProblem.Invalid;
import calendlyinbox.calendly.ApiProblem.Unauthorized;
import java.util.List;
import java.util.Optional;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RefusalTest {
  private final ApiRig rig = new ApiRig();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void a_wrong_expired_or_revoked_token_is_refused_in_calendlys_words_and_not_tried_again() {
    ApiSettings settings = ApiSettings.standard();
    CalendlyApi stranger = rig.api(rig.calendly.url(), "made-up-token", settings);
    assertEquals(new Unauthorized("The access token is invalid"), problem(stranger.currentUser()));

    rig.calendly.account().tokenExpires();
    ApiProblem expired = problem(rig.api.currentUser());

    assertEquals(new Unauthorized("The access token expired"), expired);
    assertEquals("Calendly refuses the token (401): The access token expired", expired.sentence());
    assertFalse(expired.passesWithTime());
    assertEquals(2, rig.calendly.calls().size());
  }

  @Test
  void a_missing_token_scope_is_named() {
    rig.calendly.account().losesScope("scheduled_events:read");

    ApiProblem problem = problem(rig.api.createSubscription(rig.wanted(ApiRig.CALLBACK)));

    assertEquals(
        new Forbidden(
            "This operation requires the scopes listed in the 'required_scopes' array.",
            List.of("scheduled_events:read"),
            false),
        problem);
    assertEquals(
        "Calendly does not allow it (403): This operation requires the scopes listed in the"
            + " 'required_scopes' array.; token scopes needed: scheduled_events:read",
        problem.sentence());
  }

  @Test
  void a_plan_that_is_too_low_asks_for_an_upgrade() {
    rig.calendly.account().isOnTheFreePlan();

    assertEquals(
        new Forbidden("Please upgrade your Calendly account to Standard", List.of(), true),
        problem(rig.api.createSubscription(rig.wanted(ApiRig.CALLBACK))));
  }

  @Test
  void organization_scope_without_the_role_for_it_is_forbidden() {
    rig.calendly.account().hasRole("user");

    assertEquals(
        new Forbidden("You do not have permission", List.of(), false),
        problem(
            rig.api.subscriptions(
                SubscriptionScope.ORGANIZATION,
                rig.calendly.account().organization(),
                Optional.empty())));
  }

  @Test
  void a_bad_parameter_is_named() {
    ApiProblem problem =
        problem(rig.api.scheduledEvents(rig.ownEvents().withStatus("lost")).toTheEnd());

    assertEquals(
        new Invalid(
            400,
            "The supplied parameters are invalid.",
            List.of(new Detail("status", "must be one of: active, canceled"))),
        problem);
    assertEquals(
        "Calendly does not accept it (400): The supplied parameters are invalid.: status must be"
            + " one of: active, canceled",
        problem.sentence());
  }

  @Test
  void a_refusal_without_a_body_or_of_another_shape_is_told_by_its_status() throws Exception {
    try (MockWebServer server = ApiRig.scripted()) {
      server.enqueue(new MockResponse.Builder().code(404).build());
      server.enqueue(new MockResponse.Builder().code(404).body("Not Found").build());
      server.enqueue(json(401, "{\"title\":\"Unauth"));
      server.enqueue(json(403, "{\"title\":\"Permission Denied\"}"));
      server.enqueue(json(422, "{\"details\":\"none\",\"message\":5}"));
      server.start();
      CalendlyApi api = rig.api(server.url("/").uri(), "made-up-token", ApiSettings.standard());

      assertEquals(new ApiProblem.NotFound("no reason given"), problem(api.currentUser()));
      assertEquals(new ApiProblem.NotFound("no reason given"), problem(api.currentUser()));
      assertEquals(new Unauthorized("no reason given"), problem(api.currentUser()));
      assertEquals(
          new Forbidden("Permission Denied", List.of(), false), problem(api.currentUser()));
      assertEquals(new Invalid(422, "5", List.of()), problem(api.currentUser()));
    }
  }

  @Test
  void a_message_comes_out_on_one_line_without_control_characters_and_not_endless()
      throws Exception {
    try (MockWebServer server = ApiRig.scripted()) {
      server.enqueue(json(404, "{\"message\":\"one\\n\\u001b[31mtwo\\u202e\\u0000 three\"}"));
      server.enqueue(json(404, "{\"message\":\"" + "x".repeat(9000) + "\"}"));
      server.start();
      CalendlyApi api = rig.api(server.url("/").uri(), "made-up-token", ApiSettings.standard());

      assertEquals(new ApiProblem.NotFound("one [31mtwo three"), problem(api.currentUser()));
      assertEquals(new ApiProblem.NotFound("x".repeat(500) + "..."), problem(api.currentUser()));
    }
  }

  private static MockResponse json(int status, String body) {
    return new MockResponse.Builder()
        .code(status)
        .setHeader("Content-Type", "application/json")
        .body(body)
        .build();
  }
}
