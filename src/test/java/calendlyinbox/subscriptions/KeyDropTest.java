package calendlyinbox.subscriptions;

import static org.junit.jupiter.api.Assertions.assertEquals;

import calendlyinbox.delivery.KeyInForce;
import calendlyinbox.delivery.SigningKey;
import calendlyinbox.delivery.SigningKeyFile;
import calendlyinbox.subscriptions.KeyRotation.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a key that has a successor. */
class KeyDropTest {
  private static final SigningKey SOMEBODYS = new SigningKey("put there by a person");

  @TempDir private Path folder;
  private Path file;
  private Rig rig;

  @BeforeEach
  void open() throws Exception {
    file = folder.resolve("signing.key");
    rig = new Rig(folder).withKeysIn(file);
    SigningKeyFile.replace(file, List.of(Rig.KEY, SOMEBODYS));
    rig.connected();
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void it_stays_for_25_hours_and_is_dropped_then_and_no_other() throws Exception {
    SigningKeyFile.replace(file, List.of(Rig.NEWER, Rig.KEY, SOMEBODYS));
    rig.look();
    assertEquals(Optional.of(Rig.NEWER.value()), rig.calendly.subscriptions().only().signingKey());

    rig.clock.advance(Duration.ofHours(25).minusSeconds(1));
    rig.look();
    assertEquals(List.of(Rig.NEWER, Rig.KEY, SOMEBODYS), SigningKeyFile.read(file));

    rig.clock.advance(Duration.ofSeconds(2));
    rig.look();
    assertEquals(List.of(Rig.NEWER, SOMEBODYS), SigningKeyFile.read(file));
    assertEquals(List.of(), rig.record().retired());
  }

  @Test
  void it_stays_when_only_our_clock_says_that_its_time_is_over() throws Exception {
    SigningKeyFile.replace(file, List.of(Rig.NEWER, Rig.KEY));
    rig.look();

    rig.clock.advance(Duration.ofDays(2));
    rig.calendly.clockIsAhead(Duration.ofDays(-2));
    rig.look();
    assertEquals(List.of(Rig.NEWER, Rig.KEY), SigningKeyFile.read(file));

    rig.calendly.clockIsAhead(Duration.ofHours(-22));
    rig.look();
    assertEquals(List.of(Rig.NEWER), SigningKeyFile.read(file));
  }

  @Test
  void its_time_counts_by_calendlys_clock_where_ours_was_behind() throws Exception {
    rig.calendly.clockIsAhead(Duration.ofDays(3));
    assertEquals(Outcome.Rotated.class, rotation().run(rig).getClass());
    List<SigningKey> keys = SigningKeyFile.read(file);

    rig.calendly.clockIsAhead(Duration.ZERO);
    rig.clock.advance(Duration.ofDays(3));
    rig.look();
    assertEquals(keys, SigningKeyFile.read(file));

    rig.clock.advance(Duration.ofHours(26));
    rig.look();
    assertEquals(List.of(keys.get(0), SOMEBODYS), SigningKeyFile.read(file));
  }

  @Test
  void its_time_counts_by_calendlys_clock_also_where_ours_was_ahead() throws Exception {
    Duration lead = Duration.ofDays(3650);
    rig.calendly.clockIsAhead(lead.negated());
    assertEquals(Outcome.Rotated.class, rotation().run(rig).getClass());
    List<SigningKey> keys = SigningKeyFile.read(file);
    rig.clock.advance(Duration.ofHours(24));
    rig.look();
    assertEquals(keys, SigningKeyFile.read(file));

    rig.clock.advance(lead.negated());
    rig.calendly.clockIsAhead(Duration.ZERO);
    rig.look();
    assertEquals(keys, SigningKeyFile.read(file));

    rig.clock.advance(Duration.ofHours(2));
    rig.look();
    assertEquals(List.of(keys.get(0), SOMEBODYS), SigningKeyFile.read(file));
  }

  @Test
  void it_stays_as_long_as_an_old_subscription_could_not_be_deleted() throws Exception {
    SigningKeyFile.replace(file, List.of(Rig.NEWER, Rig.KEY));
    rig.calendly.account().gainsScope("webhooks:read");
    rig.calendly
        .faults()
        .next(1000, calendlyinbox.calendly.Fault.INTERNAL_ERROR, "DELETE /webhook_subscriptions");
    rig.look();
    rig.clock.advance(Duration.ofHours(26));
    rig.look();
    assertEquals(List.of(Rig.NEWER, Rig.KEY), SigningKeyFile.read(file));

    rig.calendly.faults().over();
    rig.look();
    rig.clock.advance(Duration.ofHours(24));
    rig.look();
    assertEquals(List.of(Rig.NEWER, Rig.KEY), SigningKeyFile.read(file));
    rig.clock.advance(Duration.ofHours(2));
    rig.look();
    assertEquals(List.of(Rig.NEWER), SigningKeyFile.read(file));
  }

  @Test
  void a_rotation_without_a_server_makes_a_key_tells_calendly_and_retires_the_old_one()
      throws Exception {
    Outcome outcome = rotation().run(rig);

    assertEquals(Outcome.Rotated.class, outcome.getClass(), outcome.toString());
    List<SigningKey> keys = SigningKeyFile.read(file);
    assertEquals(List.of(Rig.KEY, SOMEBODYS), keys.subList(1, 3));
    assertEquals(
        Optional.of(keys.get(0).value()), rig.calendly.subscriptions().only().signingKey());
    rig.clock.advance(Duration.ofHours(26));
    rig.look();
    assertEquals(List.of(keys.get(0), SOMEBODYS), SigningKeyFile.read(file));
  }

  @Test
  void a_rotation_that_cannot_reach_calendly_changes_nothing() throws Exception {
    rig.calendly.faults().always(calendlyinbox.calendly.Fault.UNAVAILABLE);

    Outcome outcome = rotation().run(rig);

    assertEquals(Outcome.Unchanged.class, outcome.getClass());
    assertEquals(List.of(Rig.KEY, SOMEBODYS), SigningKeyFile.read(file));
  }

  @Test
  void a_rotation_beside_another_one_that_does_not_end_changes_nothing() throws Exception {
    rig.lockWithin = Duration.ofMillis(200);
    int calls = rig.calls();
    try (SubscriptionLock other = SubscriptionLock.take(folder, Duration.ZERO).orElseThrow()) {
      assertEquals(
          new Outcome.Unchanged(rig.subscriptions().locked().sentence(), true),
          rotation().run(rig));
    }

    assertEquals(List.of(Rig.KEY, SOMEBODYS), SigningKeyFile.read(file));
    assertEquals(calls, rig.calls());
  }

  @Test
  void a_rotation_that_the_server_does_not_take_is_taken_back() throws Exception {
    try (var lock =
        calendlyinbox.store.FolderLock.take(folder, "pid=1 address=none").lock().orElseThrow()) {
      int calls = rig.calls();

      Outcome outcome = rotation().run(rig);

      assertEquals(
          new Outcome.Unchanged(
              "The running server did not take the new key within 0 s, so "
                  + file
                  + " is as it was; next: see in the server's log why, or whether it has its keys from"
                  + " CALENDLY_WEBHOOK_SIGNING_KEY",
              false),
          outcome);
      assertEquals(List.of(Rig.KEY, SOMEBODYS), SigningKeyFile.read(file));
      assertEquals(List.of(), rig.changesSince(calls));
      assertEquals(false, KeyInForce.in(folder).await(Rig.KEY, Duration.ZERO));
    }
  }

  @Test
  void a_rotation_that_calendly_refuses_half_way_leaves_both_keys_in_force() throws Exception {
    rig.calendly.account().isOnTheFreePlan();

    Outcome outcome = rotation().run(rig);

    assertEquals(Outcome.NotYet.class, outcome.getClass());
    assertEquals(3, SigningKeyFile.read(file).size());
    assertEquals(Optional.of(Rig.KEY.value()), rig.calendly.subscriptions().only().signingKey());
    rig.calendly.account().isPaid();
    rig.look();
    assertEquals(
        Optional.of(SigningKeyFile.read(file).get(0).value()),
        rig.calendly.subscriptions().only().signingKey());
  }

  @Test
  void a_rotation_whose_token_may_not_have_the_bookings_leaves_the_one_that_delivers()
      throws Exception {
    rig.ofOrganization().look();
    String uri = rig.calendly.subscriptions().only().uri();
    rig.calendly.account().losesScope("scheduled_events:read");

    Outcome outcome = rotation().run(rig);

    assertEquals(
        Finding.State.TOKEN_SCOPE, ((Outcome.NotYet) outcome).finding().state(), outcome + "");
    assertEquals(uri, rig.calendly.subscriptions().only().uri());
  }

  private KeyRotation rotation() {
    return new KeyRotation(
        rig.subscriptions(),
        rig.api(),
        rig.wanted().scope(),
        file,
        Duration.ofMillis(100),
        rig.clock);
  }
}
