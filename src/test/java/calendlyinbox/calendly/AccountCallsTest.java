package calendlyinbox.calendly;

import static calendlyinbox.calendly.ApiRig.ok;
import static calendlyinbox.calendly.ApiRig.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.calendly.TokenScope.Sight;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AccountCallsTest {
  private final ApiRig rig = new ApiRig();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void the_current_user_comes_with_the_organization() {
    CurrentUser user = ok(rig.api.currentUser());

    assertEquals(rig.calendly.account().user(), user.uri());
    assertEquals(rig.calendly.account().organization(), user.organization());
    assertEquals(Optional.of("Ada Host"), user.name());
  }

  @Test
  void every_request_says_who_it_is_and_what_it_takes() {
    rig.api.currentUser();

    RecordedCall call = rig.calendly.calls().get(0);
    assertEquals("Bearer " + rig.calendly.account().token(), call.headers().get("Authorization"));
    assertEquals("application/json", call.headers().get("Accept"));
    assertEquals("calendly-inbox", call.headers().get("User-Agent"));
  }

  @Test
  void the_role_in_the_organization_tells_who_may_administer_it() {
    assertTrue(ok(rig.api.membership(rig.ada())).administers());

    rig.calendly.account().hasRole("user");

    assertFalse(ok(rig.api.membership(rig.ada())).administers());
  }

  @Test
  void scopes_are_seen_without_changing_anything() {
    rig.calendly.subscriptions().exists(ApiRig.CALLBACK, "user", List.of("invitee.created"), "k");
    rig.calendly.account().losesScope("routing_forms:read");

    assertEquals(Sight.GRANTED, rig.api.sightOf(TokenScope.USERS_READ, rig.ada()));
    assertEquals(Sight.GRANTED, rig.api.sightOf(TokenScope.WEBHOOKS_READ, rig.ada()));
    assertEquals(Sight.GRANTED, rig.api.sightOf(TokenScope.WEBHOOKS_WRITE, rig.ada()));
    assertEquals(Sight.GRANTED, rig.api.sightOf(TokenScope.SCHEDULED_EVENTS_READ, rig.ada()));
    assertEquals(Sight.MISSING, rig.api.sightOf(TokenScope.ROUTING_FORMS_READ, rig.ada()));
    assertEquals(1, rig.calendly.subscriptions().active().size());
  }

  @Test
  void a_token_that_may_only_read_webhooks_is_told_from_one_that_may_write() {
    rig.calendly.account().losesScope("webhooks:write");
    rig.calendly.account().gainsScope("webhooks:read");

    assertEquals(Sight.GRANTED, rig.api.sightOf(TokenScope.WEBHOOKS_READ, rig.ada()));
    assertEquals(Sight.MISSING, rig.api.sightOf(TokenScope.WEBHOOKS_WRITE, rig.ada()));
  }

  @Test
  void a_scope_is_unknown_when_the_token_itself_is_refused() {
    rig.calendly.account().tokenExpires();

    assertEquals(Sight.UNKNOWN, rig.api.sightOf(TokenScope.WEBHOOKS_WRITE, rig.ada()));
  }

  @Test
  void scopes_are_written_as_calendly_writes_them() {
    assertEquals("scheduled_events:read", TokenScope.SCHEDULED_EVENTS_READ.text());
    assertEquals("webhooks:write", TokenScope.WEBHOOKS_WRITE.text());
  }

  @Test
  void clocks_that_agree_within_the_second_of_the_header_have_no_difference() {
    rig.clock.advance(Duration.ofMillis(700));

    assertEquals(Duration.ZERO, ok(rig.api.calendlyTime()).ourLead());
  }

  @Test
  void our_clock_being_behind_or_ahead_is_told_by_how_much() {
    rig.calendly.clockIsAhead(Duration.ofMinutes(5));
    assertEquals(Duration.ofMinutes(-5), ok(rig.api.calendlyTime()).ourLead());

    rig.calendly.clockIsAhead(Duration.ofMinutes(-5));
    assertEquals(Duration.ofSeconds(299), ok(rig.api.calendlyTime()).ourLead());
  }

  @Test
  void the_clock_is_compared_with_a_refused_token_too() {
    rig.calendly.account().tokenIsRevoked();

    assertEquals(Duration.ZERO, ok(rig.api.calendlyTime()).ourLead());
    assertEquals(
        "Calendly refuses the token (401): The access token was revoked",
        problem(rig.api.currentUser()).sentence());
  }
}
