package calendlyinbox.subscriptions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.calendly.FakeSubscription;
import calendlyinbox.calendly.Fault;
import calendlyinbox.subscriptions.Finding.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wanted against what is. */
class LookTest {
  @TempDir private Path folder;
  private Rig rig;

  @BeforeEach
  void open() {
    rig = new Rig(folder);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void the_first_look_makes_one_with_the_newest_key_and_a_random_query() throws Exception {
    rig.keys = List.of(Rig.NEWER, Rig.KEY);

    Finding finding = rig.look();

    FakeSubscription made = rig.calendly.subscriptions().only();
    assertEquals("Connected: " + made.uri(), finding.sentence());
    assertTrue(made.callbackUrl().matches(Rig.CALLBACK + "\\?id=[0-9a-f-]{36}"));
    assertEquals(Optional.of(Rig.NEWER.value()), made.signingKey());
    assertEquals("user", made.scope());
    assertEquals(Rig.OF_INVITEES, made.events());
  }

  @Test
  void for_an_organization_routing_forms_are_wanted_too() throws Exception {
    rig.ofOrganization().look();

    assertEquals("organization", rig.calendly.subscriptions().only().scope());
    assertEquals(Rig.ALL, rig.calendly.subscriptions().only().events());
  }

  @Test
  void a_look_at_one_that_is_well_changes_nothing() throws Exception {
    rig.connected();
    String recorded = Files.readString(folder.resolve("subscription.json"));
    int calls = rig.calls();

    assertEquals(State.OK, rig.look().state());

    assertEquals(List.of(), rig.changesSince(calls));
    assertEquals(List.of(), rig.steps);
    assertEquals(recorded, Files.readString(folder.resolve("subscription.json")));
  }

  @Test
  void the_record_is_for_its_owner_only_and_tells_of_the_key_without_telling_it() throws Exception {
    rig.connected();

    Path file = folder.resolve("subscription.json");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertFalse(Files.readString(file).contains(Rig.KEY.value()));
    assertFalse(Files.readString(file).contains(rig.calendly.account().token()));
    assertTrue(rig.record().isMadeWith(Rig.KEY));
    assertFalse(rig.record().isMadeWith(Rig.NEWER));
  }

  @Test
  void those_of_others_are_never_touched_wherever_they_point() throws Exception {
    String key = "another's";
    rig.calendly.subscriptions().exists("https://other.example.com/hook", "user", Rig.ALL, key);
    rig.calendly
        .subscriptions()
        .exists("https://other.example.com/api/calendly/webhook", "user", Rig.ALL, key);
    rig.calendly.subscriptions().exists(Rig.CALLBACK + "/other", "user", Rig.ALL, key);
    rig.calendly.subscriptions().exists(Rig.CALLBACK + "s?id=1", "organization", Rig.ALL, key);
    rig.calendly
        .subscriptions()
        .exists("https://hooks.example.com:8443/api/calendly/webhook", "user", Rig.ALL, key);
    rig.calendly
        .subscriptions()
        .exists("http://hooks.example.com/api/calendly/webhook", "user", Rig.ALL, key);

    rig.look();
    rig.look();

    assertEquals(7, rig.calendly.subscriptions().all().size());
    assertEquals(List.of("POST /webhook_subscriptions"), rig.changesSince(0));
  }

  @Test
  void odd_ones_of_others_hinder_nothing() throws Exception {
    FakeSubscription old = rig.connected();
    old.disable();
    rig.calendly
        .subscriptions()
        .listsAlso(
            """
            {"uri": "https://api.calendly.com/webhook_subscriptions/ODD", "callback_url": null, "events": null,
            "state": 7, "retry_started_at": "", "created_at": "yesterday"}""");
    rig.calendly
        .subscriptions()
        .listsAlso("{\"callback_url\": \"" + Rig.CALLBACK + "\", \"events\": [1, null]}");

    assertEquals(State.OK, rig.look().state());

    assertNotEquals(old.uri(), rig.calendly.subscriptions().only().uri());
  }

  @Test
  void a_disabled_one_is_replaced_and_goes_only_when_its_successor_is_there() throws Exception {
    FakeSubscription old = rig.connected();
    old.disable();
    int calls = rig.calls();

    Finding finding = rig.look();

    FakeSubscription made = rig.calendly.subscriptions().only();
    assertNotEquals(old.callbackUrl(), made.callbackUrl());
    assertEquals(
        List.of("POST /webhook_subscriptions", "DELETE /webhook_subscriptions 1"),
        rig.changesSince(calls));
    assertEquals(
        List.of(
            "! Subscription is to be replaced: uri="
                + old.uri()
                + " reason=\"Calendly has disabled it, its state is disabled\"",
            "Subscription created: uri="
                + made.uri()
                + " callback="
                + made.callbackUrl()
                + " scope=user events="
                + String.join(",", Rig.OF_INVITEES),
            "Subscription deleted: uri="
                + old.uri()
                + " reason=\"Calendly has disabled it, its state is disabled\""),
        rig.steps);
  }

  @Test
  void one_that_somebody_deleted_is_made_again() throws Exception {
    FakeSubscription old = rig.connected();
    rig.calendly.subscriptions().vanishes(old.uri());

    Finding finding = rig.look();

    assertNotEquals(old.uri(), rig.calendly.subscriptions().only().uri());
    assertEquals(
        "! Subscription is to be replaced: uri="
            + old.uri()
            + " reason=\"it was deleted in Calendly\"",
        rig.steps.get(0));
  }

  @Test
  void the_one_of_an_address_that_is_no_longer_ours_is_left_and_said_to_be() throws Exception {
    FakeSubscription old = rig.connected();

    Finding finding = rig.subscriptionsAt("https://moved.example.com").look(true, rig);

    assertTrue(finding.isWell());
    assertEquals(2, rig.calendly.subscriptions().all().size());
    assertEquals(
        "! Subscription is to be replaced: uri="
            + old.uri()
            + " reason=\"PUBLIC_URL was another, and the subscription of "
            + old.callbackUrl()
            + " is left as it is; next: if nothing listens there any more, set PUBLIC_URL to it and say ./run.sh disconnect, then"
            + " set it back and ./run.sh connect\"",
        rig.steps.get(0));
  }

  @Test
  void an_api_that_shows_nothing_of_what_it_made_is_asked_less_and_less_often() throws Exception {
    Subscriptions ours = rig.subscriptions();
    int asked = 0;
    Finding last = null;
    for (int look = 0; look < 36; look++) {
      int before = rig.calls();
      last = ours.look(true, rig);
      asked += rig.changesSince(before).size();
      rig.calendly
          .subscriptions()
          .all()
          .forEach(one -> rig.calendly.subscriptions().vanishes(one.uri()));
      rig.clock.advance(Duration.ofMinutes(5));
    }

    // At 0, 5, 15, 35, 75 and 155 minutes of three hours.
    assertEquals(6, asked);
    assertEquals(State.REFUSED, last.state());
    assertEquals(
        "Calendly answered that it made subscriptions, and shows none of them, or somebody deletes them, as another server with the"
            + " same PUBLIC_URL would; the next one is asked for at 2026-11-23T15:15:00.000000Z; next: look at ./run.sh subscriptions",
        last.sentence());
  }

  @Test
  void one_that_delivers_stays_until_calendly_shows_its_successor() throws Exception {
    FakeSubscription old = rig.connected();
    Subscriptions ours = rig.withKeys(Rig.NEWER, Rig.KEY).subscriptions();
    rig.calendly.faults().next(1, Fault.CUT_CONNECTION, call -> allVanishBut(old));
    for (int look = 0; look < 2; look++) {
      assertEquals(State.REFUSED, ours.look(true, rig).state());
      assertEquals(old.uri(), rig.calendly.subscriptions().only().uri());
      rig.clock.advance(Duration.ofMinutes(1));
    }

    rig.calendly.faults().over();
    rig.clock.advance(Duration.ofMinutes(10));
    assertEquals(State.OK, ours.look(true, rig).state());
    assertEquals(Optional.of(Rig.NEWER.value()), rig.calendly.subscriptions().only().signingKey());
  }

  @Test
  void a_successor_that_cannot_be_asked_for_is_found_at_the_next_look() throws Exception {
    FakeSubscription old = rig.connected();
    rig.keys = List.of(Rig.NEWER, Rig.KEY);
    boolean[] made = {false};
    rig.calendly
        .faults()
        .next(
            100,
            Fault.UNAVAILABLE,
            call -> {
              boolean after = made[0];
              made[0] |= call.method().equals("POST");
              return after;
            });

    assertEquals(State.UNREACHABLE, rig.look().state());
    assertEquals(2, rig.calendly.subscriptions().all().size());
    rig.calendly.faults().over();
    int calls = rig.calls();
    assertEquals(State.OK, rig.look().state());

    assertEquals(List.of("DELETE /webhook_subscriptions 1"), rig.changesSince(calls));
    assertNotEquals(old.uri(), rig.calendly.subscriptions().only().uri());
    assertTrue(rig.record().isMadeWith(Rig.NEWER));
  }

  private boolean allVanishBut(FakeSubscription one) {
    rig.calendly.subscriptions().all().stream()
        .map(FakeSubscription::uri)
        .filter(uri -> !uri.equals(one.uri()))
        .forEach(rig.calendly.subscriptions()::vanishes);
    return false;
  }

  @Test
  void a_clock_that_was_ahead_and_is_set_back_puts_no_creation_off() throws Exception {
    rig.clock.advance(Duration.ofDays(365));
    Subscriptions ours = rig.subscriptions();
    for (int i = 0; i < 2; i++) {
      assertTrue(ours.look(true, rig).isWell());
      rig.calendly.subscriptions().vanishes(rig.calendly.subscriptions().only().uri());
    }
    assertEquals(State.REFUSED, ours.look(true, rig).state());
    rig.clock.advance(Duration.ofDays(-365));

    Finding finding = ours.look(true, rig);

    assertEquals(State.OK, finding.state(), finding.sentence());
    assertEquals(1, rig.calendly.subscriptions().all().size());
  }

  @Test
  void one_that_was_shown_and_then_deleted_is_made_again_each_time() throws Exception {
    Subscriptions ours = rig.subscriptions();
    for (int i = 0; i < 5; i++) {
      assertTrue(ours.look(true, rig).isWell());
      assertTrue(ours.look(true, rig).isWell());
      rig.calendly.subscriptions().vanishes(rig.calendly.subscriptions().only().uri());
    }

    assertTrue(ours.look(true, rig).isWell());
    assertEquals(1, rig.calendly.subscriptions().all().size());
  }

  @Test
  void one_that_is_shown_otherwise_than_it_was_asked_for_is_replaced_less_and_less_often()
      throws Exception {
    rig.calendly.subscriptions().makesNoneWith("invitee_no_show.deleted");
    Subscriptions ours = rig.subscriptions();
    Finding last = null;
    for (int look = 0; look < 10; look++) {
      last = ours.look(true, rig);
      assertEquals(State.REFUSED, last.state());
      rig.clock.advance(Duration.ofMinutes(5));
    }

    // At 0, 5, 15 and 35 minutes; the next one at 75.
    long made = rig.changesSince(0).stream().filter(line -> line.startsWith("POST")).count();
    assertEquals(4, made);
    assertEquals(
        "Calendly shows the subscription otherwise than asked for: its events are invitee.canceled invitee.created"
            + " invitee_no_show.created, wanted invitee.canceled invitee.created invitee_no_show.created"
            + " invitee_no_show.deleted; the next one is asked for at 2026-11-23T11:15:00.000000Z; next: look at"
            + " ./run.sh subscriptions",
        last.sentence());
  }

  @Test
  void one_that_delivers_does_not_go_for_one_that_is_shown_otherwise_than_it_was_asked_for()
      throws Exception {
    FakeSubscription old = rig.connected();
    rig.keys = List.of(Rig.NEWER, Rig.KEY);
    rig.calendly.subscriptions().makesNoneWith("invitee.canceled");
    Subscriptions ours = rig.subscriptions();

    Finding first = ours.look(true, rig);

    assertEquals(
        "Calendly shows the new subscription otherwise than asked for: its events are invitee.created"
            + " invitee_no_show.created invitee_no_show.deleted, wanted invitee.canceled invitee.created"
            + " invitee_no_show.created invitee_no_show.deleted; the one before goes on, and a new one is asked for again"
            + " by itself; next: look at ./run.sh subscriptions",
        first.sentence());
    for (int look = 0; look < 10; look++) {
      rig.clock.advance(Duration.ofMinutes(5));
      assertEquals(State.REFUSED, ours.look(true, rig).state());
      assertEquals(old.uri(), rig.calendly.subscriptions().only().uri());
    }
    long made = rig.changesSince(0).stream().filter(line -> line.startsWith("POST")).count();
    assertEquals(5, made, "one of them the first of all");
  }

  @Test
  void one_that_a_list_leaves_out_is_not_made_a_second_time() throws Exception {
    FakeSubscription ours = rig.connected();
    rig.calendly.subscriptions().isNotListed(ours.uri());

    assertEquals(State.OK, rig.look().state());

    assertEquals(ours.uri(), rig.calendly.subscriptions().only().uri());
  }

  @Test
  void one_with_other_events_or_another_scope_is_replaced() throws Exception {
    FakeSubscription old = rig.connected();
    rig.ofOrganization().look();

    FakeSubscription made = rig.calendly.subscriptions().only();
    assertEquals("organization", made.scope());
    assertEquals(
        "! Subscription is to be replaced: uri="
            + old.uri()
            + " reason=\"its scope is user, wanted organization\"",
        rig.steps.get(0));

    rig.calendly.subscriptions().vanishes(made.uri());
    FakeSubscription poor =
        rig.calendly
            .subscriptions()
            .exists(Rig.CALLBACK + "?id=1", "organization", List.of("invitee.created"), "k");
    rig.steps.clear();
    rig.look();

    assertEquals(Rig.ALL, rig.calendly.subscriptions().only().events());
    assertEquals(
        "! Subscription is to be replaced: uri="
            + poor.uri()
            + " reason=\"its events are invitee.created, wanted invitee.canceled invitee.created"
            + " invitee_no_show.created invitee_no_show.deleted routing_form_submission.created\"",
        rig.steps.get(0));
  }

  @Test
  void one_made_with_a_key_that_we_do_not_hold_is_replaced() throws Exception {
    FakeSubscription old = rig.connected();
    rig.keys = List.of(Rig.NEWER);

    rig.look();

    assertEquals(Optional.of(Rig.NEWER.value()), rig.calendly.subscriptions().only().signingKey());
    assertEquals(
        "! Subscription is to be replaced: uri="
            + old.uri()
            + " reason=\"it was made with a key that we do not hold\"",
        rig.steps.get(0));
    assertEquals(List.of(), rig.record().retired());
  }

  @Test
  void one_of_which_no_record_is_left_is_replaced() throws Exception {
    FakeSubscription old = rig.connected();
    Files.writeString(folder.resolve("subscription.json"), "{\"current\": {\"key");

    rig.look();

    assertNotEquals(old.uri(), rig.calendly.subscriptions().only().uri());
    assertTrue(
        rig.steps.get(0).endsWith("reason=\"it is not recorded which key it was made with\""));
  }

  @Test
  void of_two_of_ours_the_one_that_is_well_remains() throws Exception {
    FakeSubscription ours = rig.connected();
    rig.calendly.subscriptions().exists(Rig.CALLBACK, "user", Rig.OF_INVITEES, "old");
    rig.calendly
        .subscriptions()
        .exists("HTTPS://HOOKS.example.com:443/api/calendly/webhook?x=1", "user", Rig.ALL, "old");
    int calls = rig.calls();

    assertEquals(State.OK, rig.look().state());

    assertEquals(ours.uri(), rig.calendly.subscriptions().only().uri());
    assertEquals(
        List.of("DELETE /webhook_subscriptions 2", "DELETE /webhook_subscriptions 3"),
        rig.changesSince(calls));
  }

  @Test
  void an_address_that_is_taken_by_one_that_nobody_shows_us_gives_way_to_a_new_one()
      throws Exception {
    rig.calendly.faults().next(1, Fault.INTERNAL_ERROR, "POST");
    rig.calendly
        .faults()
        .next(
            1,
            Fault.CUT_CONNECTION,
            call -> {
              if (call.method().equals("POST") && rig.calendly.subscriptions().all().isEmpty()) {
                rig.calendly
                    .subscriptions()
                    .exists(call.body().path("url").asText(), "organization", Rig.ALL, "theirs");
              }
              return false;
            });
    rig.calendly.account().hasRole("user");

    Finding finding = rig.look();

    assertEquals(State.OK, finding.state());
    List<FakeSubscription> all = rig.calendly.subscriptions().all();
    assertEquals(2, all.size());
    assertNotEquals(all.get(0).callbackUrl(), all.get(1).callbackUrl());
    assertEquals(Optional.of(Rig.KEY.value()), all.get(1).signingKey());
  }

  @Test
  void after_a_409_one_that_is_recorded_as_ours_with_our_key_is_adopted() throws Exception {
    // It shows up between our list and our second try, made by the first one.
    rig.calendly.faults().next(1, Fault.INTERNAL_ERROR, "POST");
    rig.calendly
        .faults()
        .next(
            1,
            Fault.CUT_CONNECTION,
            call -> {
              if (call.method().equals("POST") && rig.calendly.subscriptions().all().isEmpty()) {
                rig.calendly
                    .subscriptions()
                    .exists(
                        call.body().path("url").asText(), "user", Rig.OF_INVITEES, Rig.KEY.value());
              }
              return false;
            });

    Finding finding = rig.look();

    assertEquals(State.OK, finding.state());
    FakeSubscription only = rig.calendly.subscriptions().only();
    assertEquals(only.uri(), rig.record().current().orElseThrow().uri());
    assertEquals(
        List.of("POST /webhook_subscriptions", "POST /webhook_subscriptions"), rig.changesSince(0));
  }

  @Test
  void when_calendly_allows_no_second_one_beside_it_one_that_delivers_nothing_goes_first()
      throws Exception {
    FakeSubscription old = rig.connected();
    old.disable();
    int calls = rig.calls();
    rig.calendly.faults().next(2, Fault.CONFLICT, "POST");

    assertEquals(State.OK, rig.look().state());

    assertNotEquals(old.uri(), rig.calendly.subscriptions().only().uri());
    assertEquals("DELETE /webhook_subscriptions 1", rig.changesSince(calls).get(2));
  }

  @Test
  void one_that_delivers_never_goes_first_whatever_calendly_refuses() throws Exception {
    FakeSubscription old = rig.connected();
    rig.keys = List.of(Rig.NEWER, Rig.KEY);
    rig.calendly.faults().next(50, Fault.CONFLICT, "POST");

    Finding finding = rig.look();

    assertEquals(State.REFUSED, finding.state());
    assertEquals(old.uri(), rig.calendly.subscriptions().only().uri());
  }

  @Test
  void a_creation_of_which_the_answer_was_lost_is_found_and_not_made_twice() throws Exception {
    rig.calendly.faults().next(1, Fault.LOST_ANSWER, "POST");

    Finding finding = rig.look();

    assertEquals(State.OK, finding.state());
    assertEquals(List.of("POST /webhook_subscriptions"), rig.changesSince(0));
    String uri = rig.calendly.subscriptions().only().uri();
    assertEquals(uri, rig.record().current().orElseThrow().uri());
    assertEquals(Optional.empty(), rig.record().intent());
  }

  @Test
  void a_creation_that_the_process_did_not_survive_is_found_at_the_next_start() throws Exception {
    int[] lists = {0};
    rig.calendly.faults().next(1, Fault.LOST_ANSWER, "POST");
    rig.calendly
        .faults()
        .next(
            100,
            Fault.UNAVAILABLE,
            call -> call.line().equals("GET /webhook_subscriptions") && ++lists[0] > 2);

    assertEquals(State.UNREACHABLE, rig.look().state());
    assertTrue(rig.record().intent().isPresent());
    rig.calendly.faults().over();

    assertEquals(State.OK, rig.look().state());
    rig.calendly.subscriptions().only();
    assertEquals(List.of("POST /webhook_subscriptions"), rig.changesSince(0));
  }

  @Test
  void a_creation_that_keeps_breaking_is_asked_for_twice_and_then_at_the_next_look()
      throws Exception {
    rig.calendly.faults().next(100, Fault.INTERNAL_ERROR, "POST");

    assertEquals(State.UNREACHABLE, rig.look().state());
    assertEquals(2, rig.changesSince(0).size(), rig.calendly.lines().toString());

    rig.calendly.faults().over();
    rig.calendly.faults().next(2, Fault.LOST_ANSWER, "POST");
    assertEquals(State.OK, rig.look().state());
    assertEquals(1, rig.calendly.subscriptions().all().size());
  }

  @Test
  void a_creation_that_broke_before_anything_was_made_is_asked_for_again_with_the_same_address()
      throws Exception {
    rig.calendly.faults().next(1, Fault.INTERNAL_ERROR, "POST");

    assertEquals(State.OK, rig.look().state());

    List<String> urls =
        rig.calendly.calls().stream()
            .filter(call -> call.method().equals("POST"))
            .map(call -> call.body().path("url").asText())
            .toList();
    assertEquals(2, urls.size());
    assertEquals(urls.get(0), urls.get(1));
    rig.calendly.subscriptions().only();
  }

  @Test
  void what_cannot_be_written_down_is_not_asked_for() throws Exception {
    Files.createDirectories(folder.resolve("subscription.json.new").resolve("in the way"));

    Finding finding = rig.look();

    assertEquals(State.UNRECORDED, finding.state());
    assertEquals(List.of(), rig.changesSince(0));
  }

  @Test
  void a_token_without_one_scope_goes_without_that_event_and_gets_it_later() throws Exception {
    rig.ofOrganization();
    rig.calendly.account().losesScope("routing_forms:read");

    assertEquals(State.OK, rig.look().state());

    FakeSubscription made = rig.calendly.subscriptions().only();
    assertEquals(Rig.OF_INVITEES, made.events());
    assertEquals(
        "! Subscription goes without events: without=routing_form_submission.created"
            + " lacking_token_scope=routing_forms:read; next: to have them too, make a token with that scope and set"
            + " CALENDLY_API_TOKEN to it",
        rig.steps.get(0));

    // Looks in between leave it alone; the hourly one tries.
    int calls = rig.calls();
    assertEquals(State.OK, rig.subscriptions().look(false, rig).state());
    assertEquals(List.of(), rig.changesSince(calls));
    rig.steps.clear();
    assertEquals(State.OK, rig.look().state());
    assertEquals(made.uri(), rig.calendly.subscriptions().only().uri());
    assertEquals(Optional.empty(), rig.record().intent());
    assertEquals(1, rig.steps.size(), "nothing is to be replaced: " + rig.steps);

    rig.calendly.account().gainsScope("routing_forms:read");
    assertEquals(State.OK, rig.look().state());
    assertEquals(Rig.ALL, rig.calendly.subscriptions().only().events());
  }

  @Test
  void the_one_of_the_bookings_does_not_go_for_one_that_tells_of_none() throws Exception {
    rig.ofOrganization();
    FakeSubscription old = rig.connected();
    rig.calendly.account().losesScope("scheduled_events:read");
    rig.keys = List.of(Rig.NEWER, Rig.KEY);

    assertEquals(State.TOKEN_SCOPE, rig.look().state());

    assertEquals(old.uri(), rig.calendly.subscriptions().only().uri());
    rig.calendly.account().gainsScope("scheduled_events:read");
    assertEquals(State.OK, rig.look().state());
    assertEquals(Optional.of(Rig.NEWER.value()), rig.calendly.subscriptions().only().signingKey());
  }

  /** The token has the scope by now. */
  private FakeSubscription connectedWithoutRoutingForms() throws Exception {
    rig.ofOrganization();
    rig.calendly.account().losesScope("routing_forms:read");
    FakeSubscription bookings = rig.connected();
    rig.calendly.account().gainsScope("routing_forms:read");
    return bookings;
  }

  @Test
  void the_one_of_the_bookings_does_not_go_for_the_event_that_it_lacks() throws Exception {
    FakeSubscription bookings = connectedWithoutRoutingForms();
    rig.calendly.account().losesScope("scheduled_events:read");

    assertEquals("Connected: " + bookings.uri(), rig.look().sentence());

    assertEquals(bookings.uri(), rig.calendly.subscriptions().only().uri());
  }

  @Test
  void one_that_stands_is_well_whatever_calendly_says_to_one_event_more() throws Exception {
    FakeSubscription bookings = connectedWithoutRoutingForms();
    rig.calendly.faults().next(2, Fault.DENIED, "POST");

    Finding finding = rig.look();

    assertEquals("Connected: " + bookings.uri(), finding.sentence());
    assertEquals(bookings.uri(), rig.calendly.subscriptions().only().uri());
    assertEquals(
        List.of(
            "! Subscription stays without events: without=routing_form_submission.created"
                + " cause=\"Calendly does not allow it (403): You do not have permission.\"; they are asked for again in an hour"),
        rig.steps);

    bookings.disable();
    assertEquals(State.PERMISSION, rig.look().state());
    rig.calendly.faults().over();
    assertEquals(State.OK, rig.look().state());
    assertEquals(Rig.ALL, rig.calendly.subscriptions().only().events());
  }

  @Test
  void a_plan_that_is_too_low_is_said_in_calendlys_words_with_what_to_do() throws Exception {
    rig.calendly.account().isOnTheFreePlan();

    Finding finding = rig.look();

    assertEquals(State.PLAN, finding.state());
    assertEquals(
        "Calendly does not allow it (403): Please upgrade your Calendly account to Standard; next: upgrade the Calendly"
            + " account, webhooks need a paid plan; it is tried again every hour",
        finding.sentence());
  }

  @Test
  void an_old_one_stays_when_calendly_refuses_its_successor() throws Exception {
    FakeSubscription old = rig.connected();
    rig.calendly.account().isOnTheFreePlan();
    rig.keys = List.of(Rig.NEWER);

    assertEquals(State.PLAN, rig.look().state());

    assertEquals(old.uri(), rig.calendly.subscriptions().only().uri());
  }

  @Test
  void who_may_not_see_the_organization_is_told_what_to_do() throws Exception {
    rig.ofOrganization().calendly.account().hasRole("user");

    Finding finding = rig.look();

    assertEquals(State.PERMISSION, finding.state());
    assertEquals(
        "Calendly does not allow it (403): You do not have permission; next: set CALENDLY_API_TOKEN to a token of an owner"
            + " or admin of the organization, or WEBHOOK_SCOPE to user; it is tried again every hour",
        finding.sentence());
  }

  @Test
  void a_token_that_expired_is_said() throws Exception {
    rig.calendly.account().tokenExpires();

    Finding finding = rig.look();

    assertEquals(State.TOKEN, finding.state());
    assertEquals(
        "Calendly refuses the token (401): The access token expired; next: make a new personal access token in Calendly"
            + " (Integrations, API and webhooks), set CALENDLY_API_TOKEN to it and restart",
        finding.sentence());
  }

  @Test
  void a_token_that_may_not_write_webhooks_is_told_the_scopes() throws Exception {
    rig.calendly.account().losesScope("webhooks:write");
    rig.calendly.account().gainsScope("webhooks:read");

    Finding finding = rig.look();

    assertEquals(State.TOKEN_SCOPE, finding.state());
    assertTrue(
        finding.sentence().contains("scopes users:read, webhooks:write, scheduled_events:read,"));
  }

  @Test
  void one_that_has_been_failing_for_less_than_a_day_is_said_before_calendly_gives_up()
      throws Exception {
    rig.connected().failingSince(Instant.parse("2026-11-23T07:00:00Z"));

    Finding finding = rig.look();

    assertEquals(State.FAILING, finding.state());
    assertEquals(
        "Calendly has been repeating deliveries since 2026-11-23T07:00:00Z and gives up, without a word, after 24 hours at"
            + " 2026-11-24T07:00:00Z; next: ./run.sh doctor shows what Calendly meets at https://hooks.example.com",
        finding.sentence());

    rig.clock.advance(Duration.ofHours(25));
    assertEquals(State.OK, rig.look().state());
  }

  @Test
  void a_disabled_one_that_cannot_be_replaced_yet_is_called_so() throws Exception {
    rig.connected().disable();
    rig.calendly.faults().next(100, Fault.INTERNAL_ERROR, "POST");

    assertEquals(State.DISABLED, rig.look().state());
  }

  @Test
  void who_said_disconnect_stays_so_until_connect() throws Exception {
    rig.connected();
    rig.calendly.subscriptions().exists("https://other.example.com/", "user", Rig.ALL, "k");

    assertEquals(new Disconnection(1, 0, Optional.empty()), rig.subscriptions().disconnect(rig));

    assertEquals("https://other.example.com/", rig.calendly.subscriptions().only().callbackUrl());
    assertEquals(State.DISCONNECTED, rig.look().state());
    assertEquals(1, rig.calendly.subscriptions().all().size());
    assertEquals(State.OK, rig.subscriptions().connect(rig).state());
    assertEquals(2, rig.calendly.subscriptions().all().size());
    assertEquals(State.OK, rig.look().state());
  }

  @Test
  void who_said_disconnect_gets_no_more_from_one_that_a_list_leaves_out() throws Exception {
    FakeSubscription ours = rig.connected();
    rig.calendly.subscriptions().isNotListed(ours.uri());

    assertEquals(new Disconnection(1, 0, Optional.empty()), rig.subscriptions().disconnect(rig));

    assertEquals(List.of(), rig.calendly.subscriptions().all());
  }

  @Test
  void one_that_could_not_be_deleted_is_still_known_and_said_to_be_there() throws Exception {
    FakeSubscription ours = rig.connected();
    rig.calendly.faults().next(1, Fault.DENIED, "DELETE");

    Disconnection first = rig.subscriptions().disconnect(rig);

    assertEquals(1, first.left());
    assertEquals(Optional.of(State.PERMISSION), first.trouble().map(Finding::state));
    Finding meanwhile = rig.look();
    assertEquals(State.DISCONNECTED, meanwhile.state());
    assertEquals(
        "Somebody said ./run.sh disconnect, and a subscription is left that could not be deleted; next: ./run.sh disconnect"
            + " deletes it, ./run.sh connect takes it up again",
        meanwhile.sentence());
    rig.calendly.subscriptions().isNotListed(ours.uri());
    assertEquals(new Disconnection(1, 0, Optional.empty()), rig.subscriptions().disconnect(rig));
    assertEquals(List.of(), rig.calendly.subscriptions().all());
    assertTrue(rig.look().sentence().startsWith("There is no subscription, since"));
  }

  @Test
  void a_command_waits_for_who_holds_the_lock_says_so_and_then_changes_nothing() throws Exception {
    rig.connected();
    rig.lockWithin = Duration.ofSeconds(1);
    int calls = rig.calls();
    try (SubscriptionLock other = SubscriptionLock.take(rig.folder, Duration.ZERO).orElseThrow()) {
      assertEquals(State.LOCKED, rig.subscriptions().connect(rig).state());
      assertEquals(
          Optional.of(State.LOCKED),
          rig.subscriptions().disconnect(rig).trouble().map(Finding::state));
    }

    String waiting =
        "Waiting for another program, at most 1 s: file=" + rig.folder.resolve("subscription.lock");
    assertEquals(List.of(waiting, waiting), rig.steps);
    assertEquals(calls, rig.calls());
    assertEquals(1, rig.subscriptions().disconnect(rig).deleted());
  }

  @Test
  void two_at_once_leave_one() throws Exception {
    Thread[] both = new Thread[2];
    for (int i = 0; i < both.length; i++) {
      Subscriptions own = rig.subscriptions();
      both[i] =
          new Thread(
              () -> {
                try {
                  own.look(true, new Rig.Silent());
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      both[i].start();
    }
    for (Thread one : both) {
      one.join();
    }

    rig.calendly.subscriptions().only();
    assertEquals(List.of("POST /webhook_subscriptions"), rig.changesSince(0));
  }
}
