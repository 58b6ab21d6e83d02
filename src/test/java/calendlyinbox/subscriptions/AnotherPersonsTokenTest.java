package calendlyinbox.subscriptions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.calendly.FakeAccount;
import calendlyinbox.calendly.FakeSubscription;
import calendlyinbox.calendly.Fault;
import calendlyinbox.subscriptions.Finding.State;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CALENDLY_API_TOKEN is Ada's no more, but Bob's; or Calendly does not show her what is hers. */
class AnotherPersonsTokenTest {
  private static final String WITH_THE_OTHER_TOKEN =
      "next: if another person's token made it, set CALENDLY_API_TOKEN to that one and say ./run.sh disconnect, then set it"
          + " back and say ./run.sh connect";

  @TempDir private Path folder;
  private Rig rig;
  private FakeAccount account;

  @BeforeEach
  void open() {
    rig = new Rig(folder);
    account = rig.calendly.account();
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private void theTokenIsBobs() {
    account.isTheTokenOf(account.colleague());
  }

  /** Neither may the token ask for it, nor does the list have it. */
  private void isHidden(FakeSubscription one) {
    rig.calendly.subscriptions().isNotListed(one.uri());
    rig.calendly.faults().next(100, Fault.DENIED, "GET " + path(one));
  }

  private static String path(FakeSubscription one) {
    return one.uri().replace("https://api.calendly.com", "");
  }

  private List<String> uris() {
    return rig.calendly.subscriptions().all().stream().map(FakeSubscription::uri).toList();
  }

  private Optional<String> recorded() throws Exception {
    return rig.record().current().map(Registration::uri);
  }

  @Test
  void the_first_persons_is_replaced_and_goes_only_when_the_second_persons_is_there()
      throws Exception {
    FakeSubscription adas = rig.connected();
    String old = account.user();
    theTokenIsBobs();
    int calls = rig.calls();

    assertEquals(State.OK, rig.look().state());

    FakeSubscription bobs = rig.calendly.subscriptions().only();
    assertEquals(Optional.of(account.colleague()), bobs.user());
    assertEquals(
        List.of("POST /webhook_subscriptions", "DELETE /webhook_subscriptions 1"),
        rig.changesSince(calls));
    assertEquals(
        "! Subscription is to be replaced: uri="
            + adas.uri()
            + " reason=\"its user is "
            + old
            + ", wanted "
            + account.colleague()
            + "\"",
        rig.steps.get(0));
  }

  @Test
  void where_the_second_person_may_not_be_served_the_first_persons_stays_and_it_is_said()
      throws Exception {
    FakeSubscription adas = rig.connected();
    theTokenIsBobs();
    rig.calendly.faults().next(1, Fault.DENIED, "POST");

    assertEquals(State.PERMISSION, rig.look().state());

    assertEquals(List.of(adas.uri()), uris());
    assertEquals(Optional.of(adas.uri()), recorded());
  }

  @Test
  void the_first_persons_that_cannot_be_deleted_is_said_and_no_more_are_made() throws Exception {
    FakeSubscription adas = rig.connected();
    theTokenIsBobs();
    rig.calendly.faults().next(100, Fault.DENIED, "DELETE");

    assertEquals(State.OK, rig.look().state());

    assertEquals(
        "! Subscription not deleted: uri="
            + adas.uri()
            + " cause=\"Calendly does not allow it (403): You do not have permission.\"; "
            + WITH_THE_OTHER_TOKEN,
        rig.steps.get(2));
    rig.steps.clear();
    int calls = rig.calls();
    for (int i = 0; i < 3; i++) {
      rig.clock.advance(Duration.ofMinutes(5));
      assertEquals("Connected: " + uris().get(1), rig.look().sentence());
    }
    assertEquals(List.of(), rig.changesSince(calls));
    assertEquals(List.of(), rig.steps);
    assertEquals(2, uris().size());
  }

  @Test
  void the_first_persons_that_cannot_be_deleted_is_said_where_the_scope_is_another_too()
      throws Exception {
    rig.connected();
    theTokenIsBobs();
    rig.calendly.faults().next(100, Fault.DENIED, "DELETE");

    assertEquals(State.OK, rig.ofOrganization().look().state());

    assertTrue(rig.steps.get(2).endsWith(WITH_THE_OTHER_TOKEN), rig.steps.get(2));
  }

  @Test
  void those_of_the_first_person_that_lead_elsewhere_are_not_touched() throws Exception {
    rig.connected();
    FakeSubscription elsewhere =
        rig.calendly
            .subscriptions()
            .exists(
                "https://staging.example.com/api/calendly/webhook", "user", Rig.OF_INVITEES, "k");
    theTokenIsBobs();

    rig.look();

    assertEquals(2, uris().size());
    assertEquals(elsewhere.uri(), uris().get(0));
  }

  @Test
  void one_of_another_organization_is_replaced() throws Exception {
    FakeSubscription old = rig.connected();
    String before = account.organization();
    account.moves();

    assertEquals(State.OK, rig.look().state());

    assertEquals(1, uris().size());
    assertEquals(
        "! Subscription is to be replaced: uri="
            + old.uri()
            + " reason=\"its organization is "
            + before
            + ", wanted "
            + account.organization()
            + "\"",
        rig.steps.get(0));
  }

  @Test
  void the_one_of_an_organization_is_everybodys_who_administers_it() throws Exception {
    FakeSubscription one = rig.ofOrganization().connected();
    theTokenIsBobs();

    assertEquals(State.OK, rig.look().state());

    assertEquals(List.of(one.uri()), uris());
    assertEquals(List.of(), rig.steps);
  }

  @Test
  void an_api_that_shows_each_as_another_persons_is_asked_less_and_less_often() throws Exception {
    FakeSubscription good = rig.connected();
    rig.calendly.subscriptions().showsAllAsOf(account.colleague());
    Subscriptions ours = rig.subscriptions();
    int calls = rig.calls();

    for (int look = 0; look < 10; look++) {
      assertEquals(State.REFUSED, ours.look(true, rig).state());
      assertEquals(List.of(good.uri()), uris());
      rig.clock.advance(Duration.ofMinutes(5));
    }

    // At 0, 5, 15 and 35 minutes.
    long made = rig.changesSince(calls).stream().filter(line -> line.startsWith("POST")).count();
    assertEquals(4, made);
  }

  @Test
  void one_that_is_not_shown_to_the_token_is_not_said_to_be_deleted() throws Exception {
    FakeSubscription adas = rig.connected();
    theTokenIsBobs();
    account.hasRole("user");
    int calls = rig.calls();

    assertEquals(State.OK, rig.look().state());

    assertEquals(
        "! Subscription is to be replaced: uri="
            + adas.uri()
            + " reason=\"Calendly does not show it to this token: Calendly does not allow it (403): You do not have permission"
            + " to access this resource.; "
            + WITH_THE_OTHER_TOKEN
            + "\"",
        rig.steps.get(0));
    assertEquals(
        Optional.of(account.colleague()), rig.calendly.subscriptions().all().get(1).user());
    rig.clock.advance(Duration.ofMinutes(5));
    assertTrue(rig.look().isWell());
    assertEquals(List.of("POST /webhook_subscriptions"), rig.changesSince(calls));
  }

  @Test
  void one_that_is_not_shown_for_a_while_loses_nothing_while_no_other_can_be_made()
      throws Exception {
    FakeSubscription good = rig.connected();
    isHidden(good);
    account.isOnTheFreePlan();
    assertEquals(State.PLAN, rig.look().state());
    rig.calendly.faults().over();
    account.isPaid();
    int calls = rig.calls();

    assertEquals("Connected: " + good.uri(), rig.look().sentence());

    assertEquals(List.of(), rig.changesSince(calls));
  }

  @Test
  void one_that_is_not_shown_for_a_while_is_remembered_until_calendly_shows_its_successor()
      throws Exception {
    FakeSubscription good = rig.connected();
    isHidden(good);
    rig.calendly.faults().next(1, Fault.CUT_CONNECTION, call -> allVanishBut(good));
    Subscriptions ours = rig.subscriptions();
    assertEquals(State.REFUSED, ours.look(true, rig).state());
    assertEquals(Optional.of(good.uri()), recorded());

    rig.calendly.faults().over();
    assertEquals("Connected: " + good.uri(), ours.look(true, rig).sentence());
    assertEquals(List.of(good.uri()), uris());
  }

  private boolean allVanishBut(FakeSubscription one) {
    uris().stream()
        .filter(uri -> !uri.equals(one.uri()))
        .forEach(rig.calendly.subscriptions()::vanishes);
    return false;
  }

  @Test
  void disconnect_says_that_one_is_left_which_is_not_shown_to_the_token() throws Exception {
    FakeSubscription adas = rig.connected();
    theTokenIsBobs();
    account.hasRole("user");

    Disconnection bobs = rig.subscriptions().disconnect(rig);

    assertEquals(1, bobs.left());
    assertEquals(
        "A subscription of ours is left: Calendly does not show it to this token: Calendly does not allow it (403): You do not"
            + " have permission to access this resource.; "
            + WITH_THE_OTHER_TOKEN,
        bobs.trouble().orElseThrow().sentence());
    assertEquals(Optional.of(adas.uri()), recorded());
  }

  @Test
  void the_way_out_that_is_said_deletes_the_first_persons_and_keeps_the_second_persons()
      throws Exception {
    String ada = account.user();
    FakeSubscription adas = rig.connected();
    theTokenIsBobs();
    account.hasRole("user");
    rig.look();
    assertEquals(2, uris().size());

    account.isTheTokenOf(ada);
    assertEquals(1, rig.subscriptions().disconnect(rig).deleted());
    theTokenIsBobs();
    Finding finding = rig.subscriptions().connect(rig);

    FakeSubscription bobs = rig.calendly.subscriptions().only();
    assertEquals("Connected: " + bobs.uri(), finding.sentence());
    assertEquals(Optional.of(account.colleague()), bobs.user());
  }
}
