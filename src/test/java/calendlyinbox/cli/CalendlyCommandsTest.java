package calendlyinbox.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.calendly.ApiToken;
import calendlyinbox.calendly.ExactJson;
import calendlyinbox.calendly.FakeCalendly;
import calendlyinbox.calendly.FakeSubscription;
import calendlyinbox.calendly.Fault;
import calendlyinbox.calendly.SubscriptionScope;
import calendlyinbox.cli.Tool.Ran;
import calendlyinbox.delivery.SigningKeyFile;
import calendlyinbox.sync.FetchDetails;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** connect, disconnect, subscriptions and rotate-key. */
class CalendlyCommandsTest {
  private static final String OTHERS = "https://other.example.com/hook";

  @TempDir private Path folder;
  private FakeCalendly calendly;
  private Tool tool;

  @BeforeEach
  void open() throws Exception {
    calendly = FakeCalendly.start(Clock.systemUTC());
    tool = Tool.in(folder).withClock(Clock.systemUTC()).withCalendly(configured());
    SigningKeyFile.create(folder.resolve("signing.key"));
  }

  @AfterEach
  void close() {
    calendly.close();
  }

  @Test
  void connect_prints_each_step() {
    Ran ran = tool.run("connect");

    FakeSubscription made = calendly.subscriptions().only();
    assertEquals("", ran.err());
    assertEquals(0, ran.exitCode());
    assertEquals(
        List.of(
            "Asking Calendly: " + calendly.url(),
            "Subscription created: uri="
                + made.uri()
                + " callback="
                + made.callbackUrl()
                + " scope=user events="
                + String.join(",", made.events()),
            "Connected: " + made.uri()),
        ran.lines());
    assertEquals(
        List.of("Asking Calendly: " + calendly.url(), "Connected: " + made.uri()),
        tool.run("connect").lines());
  }

  @Test
  void connect_without_a_token_or_an_address_says_which_variable_is_missing() {
    Ran noToken = Tool.in(folder).run("connect");
    Ran noAddress =
        tool.withCalendly(
                new Site.Calendly(
                    configured().token(),
                    calendly.url(),
                    Optional.empty(),
                    SubscriptionScope.USER,
                    FetchDetails.MISSING))
            .run("connect");

    assertEquals(2, noToken.exitCode());
    assertEquals(
        "CALENDLY_API_TOKEN is not set; set it to a personal access token with the scopes users:read, webhooks:write and"
            + " scheduled_events:read\n",
        noToken.err());
    assertEquals(2, noAddress.exitCode());
    assertEquals(
        "PUBLIC_URL is not set; set it to where Calendly reaches this server, as https://hooks.example.com\n",
        noAddress.err());
  }

  @Test
  void connect_with_a_plan_that_is_too_low_ends_with_1_and_calendlys_words() {
    calendly.account().isOnTheFreePlan();

    Ran ran = tool.run("connect");

    assertEquals(1, ran.exitCode());
    assertEquals(
        "Calendly does not allow it (403): Please upgrade your Calendly account to Standard; next: upgrade the Calendly"
            + " account, webhooks need a paid plan; it is tried again every hour\n",
        ran.err());
  }

  @Test
  void connect_that_does_not_reach_calendly_ends_with_3() {
    calendly.faults().always(Fault.CUT_CONNECTION);

    Ran ran = tool.run("connect");

    assertEquals(3, ran.exitCode());
    assertTrue(ran.err().startsWith("Calendly could not be reached: connection broken"));
    assertEquals(1, ran.err().lines().count());
  }

  @Test
  void connect_beside_a_server_with_another_key_is_refused() throws Exception {
    try (var lock = calendlyinbox.store.FolderLock.take(folder, "pid=1").lock().orElseThrow();
        var keys =
            new calendlyinbox.delivery.LiveKeys(
                SigningKeyFile.read(folder.resolve("signing.key")), Optional.empty(), folder)) {
      keys.start();
      assertEquals(0, tool.run("connect").exitCode());
      assertEquals(1, calendly.subscriptions().all().size());
    }
  }

  @Test
  void disconnect_deletes_ours_only() {
    tool.run("connect");
    calendly.subscriptions().exists(OTHERS, "user", List.of("invitee.created"), "k");

    Ran ran = tool.run("disconnect");

    assertEquals(0, ran.exitCode());
    assertEquals(OTHERS, calendly.subscriptions().only().callbackUrl());
    assertEquals(
        "Disconnected; bookings are not delivered until ./run.sh connect.", ran.lines().get(1));
    assertEquals(
        List.of("There was no subscription of ours; none will be made until ./run.sh connect."),
        tool.run("disconnect").lines());
  }

  @Test
  void disconnect_that_may_not_delete_says_so_and_ends_with_1() {
    tool.run("connect");
    calendly.faults().next(1, Fault.DENIED, "DELETE");

    Ran ran = tool.run("disconnect");

    assertEquals(1, ran.exitCode());
    assertEquals(
        "1 of our subscriptions could not be deleted: Calendly does not allow it (403): You do not have permission.; next: set"
            + " CALENDLY_API_TOKEN to a token of the user whose bookings are wanted\n",
        ran.err());
    assertFalse(ran.out().contains("by itself"), ran.out());
  }

  @Test
  void subscriptions_are_listed_for_people_and_for_programs() throws Exception {
    assertEquals(List.of("No subscriptions."), tool.run("subscriptions").lines());
    calendly
        .subscriptions()
        .exists(OTHERS, "organization", List.of("invitee.created"), "k")
        .failingSince(Instant.parse("2026-11-23T09:30:00Z"));
    calendly
        .subscriptions()
        .exists(
            "https://hooks.example.com/api/calendly/webhook?id=7",
            "user",
            List.of("invitee.canceled"),
            "k")
        .disable();

    Ran people = tool.run("subscriptions");
    Ran program = tool.run("subscriptions", "--json");

    assertEquals(0, people.exitCode());
    assertEquals(
        List.of(
            "STATE     SCOPE         WHOSE          FAILING SINCE (UTC)  EVENTS            CALLBACK",
            "disabled  user          this server's                       invitee.canceled  https://hooks.example.com/api/calendly/webhook?…",
            "active    organization  yours          2026-11-23 09:30:00  invitee.created   https://other.example.com/hook"),
        people.lines());
    var rows = ExactJson.MAPPER.readTree(program.bytes());
    assertEquals(2, rows.size());
    assertEquals("this server's", rows.get(0).path("whose").asText());
    assertEquals("disabled", rows.get(0).path("state").asText());
    assertEquals("2026-11-23T09:30:00.000000Z", rows.get(1).path("retry_started_at").asText());
  }

  @Test
  void subscriptions_of_an_organization_that_are_closed_to_the_token_are_said_to_be_missing() {
    calendly.account().hasRole("user");

    Ran ran = tool.run("subscriptions");

    assertEquals(0, ran.exitCode());
    assertEquals(
        "Those of the organization are not in the list: Calendly does not allow it (403): You do not have permission\n",
        ran.err());
  }

  @Test
  void rotate_key_without_a_server_makes_a_key_and_tells_calendly() throws Exception {
    tool.run("connect");
    FakeSubscription old = calendly.subscriptions().only();

    Ran ran = tool.run("rotate-key");

    assertEquals("", ran.err());
    assertEquals(0, ran.exitCode());
    List<String> keys = Files.readAllLines(folder.resolve("signing.key"));
    assertEquals(2, keys.size());
    assertEquals(old.signingKey(), Optional.of(keys.get(1)));
    assertEquals(Optional.of(keys.get(0)), calendly.subscriptions().only().signingKey());
    assertTrue(keys.stream().noneMatch(ran.out()::contains), "a key is on the screen");
    assertEquals(
        "Rotated: Calendly signs with the new key; the old one is taken for 25 hours more, then the server drops it.",
        ran.lines().get(ran.lines().size() - 1));
  }

  @Test
  void rotate_key_is_refused_when_the_key_comes_from_the_environment() {
    Ran ran = tool.withKeys("from-the-environment").run("rotate-key");

    assertEquals(2, ran.exitCode());
    assertEquals(
        "The signing key comes from CALENDLY_WEBHOOK_SIGNING_KEY, which a command cannot change; put a new key first in it,"
            + " a comma, the old one, and restart: the server gives the new one to Calendly; a day later take the old one"
            + " out\n",
        ran.err());
  }

  @Test
  void a_command_that_is_not_tried_again_by_itself_does_not_say_so() throws Exception {
    calendly.faults().always(Fault.INTERNAL_ERROR);

    for (String command : List.of("rotate-key", "disconnect")) {
      Ran ran = tool.run(command);

      assertEquals(3, ran.exitCode());
      assertTrue(ran.err().endsWith(", 4 tries; next: run the command again later\n"), ran.err());
    }
  }

  @Test
  void rotate_key_that_does_not_reach_calendly_changes_nothing() throws Exception {
    String before = Files.readString(folder.resolve("signing.key"));
    calendly.account().tokenExpires();

    Ran ran = tool.run("rotate-key");

    assertEquals(1, ran.exitCode());
    assertTrue(ran.err().startsWith("Nothing was changed: Calendly refuses the token (401)"));
    assertEquals(before, Files.readString(folder.resolve("signing.key")));
  }

  @Test
  void the_exit_code_is_of_the_problem_whatever_command_meets_it() throws Exception {
    tool.withDatabase();
    for (String command : List.of("connect", "disconnect", "subscriptions", "rotate-key", "sync")) {
      calendly.account().tokenIsRevoked();
      assertEquals(1, tool.run(command).exitCode(), command);
      calendly.account().tokenIsGoodAgain();

      calendly.faults().always(Fault.REDIRECT);
      Ran redirected = tool.run(command);
      assertEquals(3, redirected.exitCode(), command);
      assertFalse(redirected.err().contains("try again later"), redirected.err());
      calendly.faults().over();
    }
  }

  private Site.Calendly configured() {
    return new Site.Calendly(
        Optional.of(new ApiToken(calendly.account().token())),
        calendly.url(),
        Optional.of(URI.create("https://hooks.example.com")),
        SubscriptionScope.USER,
        FetchDetails.MISSING);
  }
}
