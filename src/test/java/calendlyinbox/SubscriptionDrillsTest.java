package calendlyinbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.calendly.FakeBookings.Booking;
import calendlyinbox.calendly.FakeCalendly;
import calendlyinbox.calendly.FakeSubscription;
import calendlyinbox.calendly.Fault;
import calendlyinbox.calendly.Receipt;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * From one end to the other: the real server, and a Calendly that delivers over HTTP to the
 * callback it was given.
 */
class SubscriptionDrillsTest {
  @TempDir private Path folder;
  private FakeCalendly calendly;
  private Map<String, String> settings;
  private RunningReceiver receiver;
  private int booked;

  @BeforeEach
  void open() throws Exception {
    calendly = FakeCalendly.start(Clock.systemUTC());
    int port = FreePort.find();
    settings = new HashMap<>();
    settings.put("PORT", Integer.toString(port));
    settings.put("PUBLIC_URL", "http://127.0.0.1:" + port);
    settings.put("CALENDLY_WEBHOOK_SIGNING_KEY", "");
    settings.put("CALENDLY_API_TOKEN", calendly.account().token());
    settings.put("CALENDLY_API_URL", calendly.url().toString());
    settings.put("SUBSCRIPTION_CHECK", "1s");
  }

  @AfterEach
  void close() {
    if (receiver != null) {
      receiver.close();
    }
    calendly.close();
  }

  @Test
  void a_first_start_connects_and_bookings_come_in() throws Exception {
    start();

    awaitConnected();

    assertBookingsComeIn();
    assertEquals("ok", subscriptionWord());
  }

  @Test
  void a_restart_keeps_the_subscription() throws Exception {
    start();
    FakeSubscription made = awaitConnected();

    receiver.stop();
    int calls = calendly.calls().size();
    receiver.startAgain();
    awaitLookAfter(calls);

    assertEquals(made.uri(), calendly.subscriptions().only().uri());
    assertBookingsComeIn();
  }

  @Test
  void a_disabled_subscription_is_replaced_while_the_server_runs() throws Exception {
    start();
    FakeSubscription old = awaitConnected();

    old.disable();

    awaitReplaced(old);
    assertBookingsComeIn();
  }

  @Test
  void what_a_disabled_subscription_missed_is_there_after_its_replacement() throws Exception {
    start();
    FakeSubscription old = awaitConnected();
    receiver.awaitRows("SELECT status FROM sync_runs WHERE reason = 'first start'", "done");
    calendly.bookings().book("Ada Example");

    old.disable();

    awaitReplaced(old);
    receiver.awaitRows(
        "SELECT b.name, b.status, e.event_type, e.source FROM bookings b"
            + " JOIN calendly_webhook_events e ON e.event_id = b.invitee_uri",
        "Ada Example|active|invitee.created|sync");
    receiver.awaitRows(
        "SELECT DISTINCT status FROM sync_runs"
            + " WHERE reason = 'subscription new or no longer failing'",
        "done");
  }

  @Test
  void a_deleted_subscription_is_made_again_while_the_server_runs() throws Exception {
    start();
    FakeSubscription old = awaitConnected();

    calendly.subscriptions().vanishes(old.uri());

    awaitReplaced(old);
    assertBookingsComeIn();
  }

  @Test
  void of_two_subscriptions_one_remains_and_each_booking_comes_once() throws Exception {
    start();
    FakeSubscription ours = awaitConnected();

    calendly
        .subscriptions()
        .exists(settings.get("PUBLIC_URL") + "/api/calendly/webhook", "user", ours.events(), "old");

    Eventually.holds("one is left", () -> calendly.subscriptions().all().size() == 1);
    assertEquals(ours.uri(), calendly.subscriptions().only().uri());
    assertBookingsComeIn();
  }

  @Test
  void a_lost_key_is_made_anew_and_the_subscription_with_it() throws Exception {
    start();
    FakeSubscription old = awaitConnected();
    receiver.stop();
    Files.delete(folder.resolve("signing.key"));

    receiver.startAgain();

    awaitReplaced(old);
    assertNotEquals(old.signingKey(), calendly.subscriptions().only().signingKey());
    assertBookingsComeIn();
  }

  @Test
  void a_lost_record_costs_a_new_subscription_and_nothing_else() throws Exception {
    start();
    FakeSubscription old = awaitConnected();
    receiver.stop();
    Files.delete(folder.resolve("subscription.json"));

    receiver.startAgain();

    awaitReplaced(old);
    assertBookingsComeIn();
  }

  @Test
  void an_address_that_calendly_says_is_taken_gives_way_to_another() throws Exception {
    calendly.faults().next(1, Fault.CONFLICT, "POST");

    start();

    awaitConnected();
    assertBookingsComeIn();
  }

  @Test
  void a_creation_of_which_the_answer_was_lost_is_found_again() throws Exception {
    calendly.faults().next(1, Fault.LOST_ANSWER, "POST");

    start();

    awaitConnected();
    assertEquals(1, posts());
    assertBookingsComeIn();
  }

  @Test
  void an_api_that_is_down_for_the_whole_start_keeps_nothing_shut() throws Exception {
    calendly.faults().always(Fault.CUT_CONNECTION);

    start();

    assertEquals(401, receiver.post(new byte[0], "t=1,v1=00").statusCode());
    receiver.awaitWell("/ready");
    Eventually.holds("/health says so", () -> subscriptionWord().equals("unreachable"));
    calendly.faults().over();
    awaitConnected();
    assertBookingsComeIn();
  }

  @Test
  void an_api_that_is_slow_keeps_nothing_shut() throws Exception {
    calendly.faults().always(Fault.STUCK);

    start();

    Eventually.holds("Calendly is asked", () -> !calendly.lines().isEmpty());
    assertEquals(401, receiver.post(new byte[0], "t=1,v1=00").statusCode());
    // Who waited for Calendly would be answered when the first look has given up.
    assertEquals("checking", subscriptionWord());
  }

  @Test
  void a_subscription_that_fails_is_in_health_until_it_does_not() throws Exception {
    start();
    FakeSubscription ours = awaitConnected();

    ours.failingSince(Instant.now().minus(Duration.ofHours(3)));

    Eventually.holds("/health says so", () -> subscriptionWord().equals("failing"));
    assertEquals(503, receiver.get("/health").statusCode());
    assertBookingsComeIn();
    Eventually.holds("/health is well", () -> subscriptionWord().equals("ok"));
  }

  @Test
  void without_token_or_address_nothing_is_asked_of_calendly_and_health_is_well() throws Exception {
    settings.put("CALENDLY_API_TOKEN", "");

    start();

    assertEquals("not_configured", subscriptionWord());
    receiver.awaitWell("/health");
    assertEquals(List.of(), calendly.lines());
  }

  @Test
  void a_wrong_token_is_in_health_and_the_door_is_open() throws Exception {
    calendly.account().tokenIsRevoked();

    start();

    Eventually.holds("/health says so", () -> subscriptionWord().equals("token"));
    receiver.awaitWell("/ready");
    calendly.account().tokenIsGoodAgain();
    awaitConnected();
  }

  /** The subscription is well all the while, and so is every part in /health. */
  @Test
  void a_token_that_no_longer_lets_a_sync_look_is_alerted() throws Exception {
    SettableClock clock = new SettableClock(Instant.now());
    try (MockWebServer people = new MockWebServer()) {
      people.enqueue(new MockResponse.Builder().build());
      people.start();
      settings.put("ALERT_URL", people.url("/").toString());
      receiver = RunningReceiver.start(folder, settings, clock);
      awaitConnected();
      receiver.stop();
      calendly.account().losesScope("scheduled_events:read");
      clock.advance(Duration.ofMinutes(11));

      receiver.startAgain();

      // What is bad is told when it is so for a minute.
      Eventually.holds(
          "an alert came",
          () -> {
            clock.advance(Duration.ofSeconds(1));
            return people.getRequestCount() > 0;
          });

      String said = people.takeRequest().getBody().utf8();
      assertTrue(
          said.contains("not well: sync refused: the token lacks scheduled_events:read;"), said);
    }
  }

  private void start() {
    receiver = RunningReceiver.start(folder, settings);
  }

  private FakeSubscription awaitConnected() throws Exception {
    Eventually.holds("connected", () -> subscriptionWord().equals("ok"));
    return calendly.subscriptions().only();
  }

  private void awaitReplaced(FakeSubscription old) throws Exception {
    Eventually.holds(
        "replaced",
        () ->
            calendly.subscriptions().all().size() == 1
                && !calendly.subscriptions().only().uri().equals(old.uri()));
  }

  /** A look lists the subscriptions of both scopes; who we are is asked by a sync too. */
  private void awaitLookAfter(int calls) throws Exception {
    Eventually.holds(
        "two looks began, so that one is over",
        () ->
            calendly.lines().stream()
                    .skip(calls)
                    .filter(line -> line.startsWith("GET /webhook_subscriptions"))
                    .count()
                > 2);
  }

  private void assertBookingsComeIn() throws Exception {
    int before = booked;
    for (String name : List.of("Ada Example", "Bob Example")) {
      Booking booking = calendly.bookings().book(name);
      List<Receipt> receipts = calendly.deliver(booking.messages());
      assertEquals(List.of(200), receipts.stream().map(Receipt::status).toList());
      booked++;
    }
    receiver.awaitRows("SELECT count(*) FROM bookings", Integer.toString(before + 2));
  }

  private long posts() {
    return calendly.lines().stream().filter(line -> line.startsWith("POST")).count();
  }

  private String subscriptionWord() throws Exception {
    String health = receiver.get("/health").body();
    return health.replaceFirst("(?s).*\"subscription\":\"(\\w+)\".*", "$1");
  }
}
