package calendlyinbox.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.calendly.Fault;
import calendlyinbox.cli.Tool.Ran;
import calendlyinbox.delivery.Door;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What doctor says of Calendly's side: clock, token, scopes, role, subscription. */
@Timeout(600)
class DoctorAccountTest {
  private static final String CONNECT_NEWEST = "; ./run.sh connect makes one with the newest";

  @TempDir Path folder;

  private static String line(Ran ran, String check) {
    return ran.lines().stream()
        .filter(line -> line.substring(2).startsWith(check + "  "))
        .map(line -> line.replaceFirst(check + " +", check + " "))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no line for " + check + " in " + ran.out()));
  }

  @Test
  void a_clock_a_little_off_is_well() throws Exception {
    try (Connected connected = Connected.in(folder)) {
      connected.calendly.clockIsAhead(Duration.ofSeconds(20));

      assertEquals("✓ clock 20 s behind Calendly's", line(connected.tool.run("doctor"), "clock"));
    }
  }

  @Test
  void a_clock_far_ahead_is_not_well_although_the_token_is_refused() throws Exception {
    try (Connected connected = Connected.in(folder)) {
      connected.calendly.clockIsAhead(Duration.ofMinutes(-5));
      connected.calendly.account().tokenExpires();

      assertEquals(
          "✗ clock 299 s ahead of Calendly's, and SIGNATURE_TOLERANCE is 180 s; let the network set it: sudo timedatectl"
              + " set-ntp true",
          line(connected.tool.run("doctor"), "clock"));
    }
  }

  @Test
  void a_token_without_the_scope_to_say_whose_it_is_needs_it() throws Exception {
    try (Connected connected = Connected.in(folder)) {
      connected.calendly.account().losesScope("users:read");

      String line = line(connected.tool.run("doctor"), "token");

      assertTrue(line.startsWith("✗ token Calendly does not allow it (403): "), line);
      assertTrue(
          line.endsWith(
              "; token scopes needed: users:read; make a new personal access token that has them too, set CALENDLY_API_TOKEN"
                  + " to it, and restart the server"),
          line);
    }
  }

  @Test
  void scopes_that_are_missing_are_named() throws Exception {
    try (Connected connected = Connected.in(folder)) {
      connected.calendly.account().losesScope("scheduled_events:read");
      connected.calendly.account().losesScope("webhooks:write");
      connected.calendly.account().gainsScope("webhooks:read");

      Ran ran = connected.tool.run("doctor");

      assertEquals(
          "✗ token scopes webhooks:write, scheduled_events:read missing; make a new personal access token with users:read,"
              + " webhooks:write, scheduled_events:read, set CALENDLY_API_TOKEN to it, and restart the server",
          line(ran, "token scopes"));
      assertEquals(1, ran.exitCode());
    }
  }

  @Test
  void a_scope_of_which_nothing_is_learnt_is_not_called_missing() throws Exception {
    try (Connected connected = Connected.in(folder)) {
      connected.calendly.faults().next(2, Fault.HTML_PAGE, "GET /scheduled_events");

      assertEquals(
          "✗ token scopes Calendly's answer does not tell whether the token has scheduled_events:read; run it again later",
          line(connected.tool.run("doctor"), "token scopes"));
    }
  }

  @Test
  void for_an_organization_its_role_is_told_and_routing_forms_are_a_scope_to_have()
      throws Exception {
    try (Connected connected = Connected.withOrganizationScopeIn(folder)) {
      Ran ran = connected.tool.forOrganization().run("doctor");
      connected.calendly.account().losesScope("routing_forms:read");
      Ran without = connected.tool.forOrganization().run("doctor");

      assertEquals("✓ organization role owner", line(ran, "organization role"));
      assertEquals(
          "✓ token scopes users:read, webhooks:write, scheduled_events:read, routing_forms:read",
          line(ran, "token scopes"));
      assertEquals(
          "✓ token scopes users:read, webhooks:write, scheduled_events:read; without routing_forms:read, so no routing form"
              + " submissions come in",
          line(without, "token scopes"));
      assertEquals(0, without.exitCode());
    }
  }

  @Test
  void a_plain_user_is_not_enough_for_an_organization() throws Exception {
    try (Connected connected = Connected.withOrganizationScopeIn(folder)) {
      connected.calendly.account().hasRole("user");

      Ran ran = connected.tool.forOrganization().run("doctor");

      assertEquals(
          "✗ organization role user, and WEBHOOK_SCOPE=organization needs owner or admin; use the token of an owner or admin,"
              + " or set WEBHOOK_SCOPE=user",
          line(ran, "organization role"));
      assertEquals(1, ran.exitCode());
    }
  }

  @Test
  void without_the_scope_to_see_roles_what_only_admins_may_do_tells() throws Exception {
    try (Connected connected = Connected.withOrganizationScopeIn(folder)) {
      connected.calendly.account().losesScope("organizations:read");
      Ran admin = connected.tool.forOrganization().run("doctor");
      connected.calendly.account().hasRole("user");
      Ran user = connected.tool.forOrganization().run("doctor");

      assertEquals(
          "✓ organization role enough for WEBHOOK_SCOPE=organization",
          line(admin, "organization role"));
      assertEquals(
          "✗ organization role Calendly does not allow it (403): You do not have permission; use the token of an owner or"
              + " admin of the organization, or set WEBHOOK_SCOPE=user",
          line(user, "organization role"));
    }
  }

  @Test
  void after_a_disconnect_no_server_is_said_to_make_a_subscription() throws Exception {
    try (Connected connected = Connected.in(folder)) {
      connected.calendly.subscriptions().vanishes(connected.subscription.uri());
      Ran vanished = connected.tool.run("doctor");
      connected.tool.run("disconnect");
      Ran disconnected = connected.tool.run("doctor");

      String none =
          "✗ subscription no subscription with scope user delivers to "
              + connected.publicUrl
              + Door.WEBHOOK_PATH;
      assertEquals(
          none + "; ./run.sh connect makes one, and so does the running server",
          line(vanished, "subscription"));
      assertEquals(
          none + ", since somebody said ./run.sh disconnect; ./run.sh connect makes one",
          line(disconnected, "subscription"));
    }
  }

  @Test
  void a_disabled_subscription_delivers_nothing() throws Exception {
    try (Connected connected = Connected.in(folder)) {
      connected.subscription.disable();

      assertEquals(
          "✗ subscription disabled by Calendly: nothing is delivered; mend what is named here, then ./run.sh connect makes a"
              + " new one",
          line(connected.tool.run("doctor"), "subscription"));
    }
  }

  @Test
  void two_subscriptions_of_ours_are_one_too_many_and_those_of_others_do_not_count()
      throws Exception {
    try (Connected connected = Connected.in(folder)) {
      String callback = connected.publicUrl + Door.WEBHOOK_PATH;
      connected.calendly.subscriptions().exists(callback + "/2", "user", Connected.EVENTS, "k");
      Ran others = connected.tool.run("doctor");
      connected.calendly.subscriptions().exists(callback, "user", Connected.EVENTS, "k");
      Ran two = connected.tool.run("doctor");

      assertEquals(
          "✓ subscription active, made with the newest signing key", line(others, "subscription"));
      assertEquals(
          "✗ subscription 2 subscriptions deliver to "
              + callback
              + ", so everything comes twice; ./run.sh connect leaves one",
          line(two, "subscription"));
    }
  }

  @Test
  void a_subscription_that_fails_since_a_while_is_told_before_the_day_is_over() throws Exception {
    try (Connected connected = Connected.in(folder)) {
      connected.subscription.failingSince(Tool.NOW.minus(Duration.ofHours(3)));
      Ran failing = connected.tool.run("doctor");

      assertEquals(
          "✗ subscription active, but deliveries fail since 2026-11-23 07:00:00 UTC; mend what is named here: Calendly"
              + " disables it after 24 hours",
          line(failing, "subscription"));
    }
  }

  @Test
  void a_subscription_without_an_event_that_tells_of_bookings_is_named() throws Exception {
    try (Connected connected = Connected.in(folder)) {
      connected.calendly.subscriptions().vanishes(connected.subscription.uri());
      connected
          .calendly
          .subscriptions()
          .exists(
              connected.publicUrl + Door.WEBHOOK_PATH,
              "user",
              Connected.EVENTS.subList(0, 3),
              Connected.KEY);

      assertEquals(
          "✗ subscription active, but without invitee_no_show.deleted; ./run.sh connect makes a new one",
          line(connected.tool.run("doctor"), "subscription"));
    }
  }

  @Test
  void the_key_a_subscription_was_made_with_is_told_by_what_was_written_down() throws Exception {
    try (Connected connected = Connected.in(folder)) {
      Tool rotated = connected.tool.withKeys("a-newer-key", Connected.KEY);
      Ran older = rotated.run("doctor");
      Connected.recordKey(folder, connected.subscription, "lost-key");
      Ran lost = rotated.run("doctor");
      Files.delete(folder.resolve("subscription.json"));
      Ran unknown = rotated.run("doctor");

      assertEquals(
          "✗ subscription active, but made with an older signing key" + CONNECT_NEWEST,
          line(older, "subscription"));
      assertEquals(
          "✗ subscription active, but made with a key that is not in force here: its deliveries are answered 401"
              + CONNECT_NEWEST
              + " key",
          line(lost, "subscription"));
      assertEquals(
          "✗ subscription active, but it is not recorded which key it was made with"
              + CONNECT_NEWEST
              + " key",
          line(unknown, "subscription"));
    }
  }

  @Test
  void without_a_public_url_no_subscription_is_ours() throws Exception {
    try (Connected connected = Connected.in(folder)) {
      Tool tool =
          Tool.in(folder)
              .withKeys(Connected.KEY)
              .withToken(connected.calendly.url(), connected.calendly.account().token());

      Ran ran = tool.run("doctor");

      assertEquals(
          "– subscription PUBLIC_URL is not set, so no subscription is ours",
          line(ran, "subscription"));
      assertEquals(0, ran.exitCode());
    }
  }
}
