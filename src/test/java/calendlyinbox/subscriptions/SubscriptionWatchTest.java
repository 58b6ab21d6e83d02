package calendlyinbox.subscriptions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Eventually;
import calendlyinbox.ServerProcess;
import calendlyinbox.calendly.ApiSettings;
import calendlyinbox.calendly.FakeSubscription;
import calendlyinbox.calendly.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubscriptionWatchTest {
  private static final Duration OFTEN = Duration.ofMillis(200);

  @TempDir private Path folder;
  private final AtomicInteger gaps = new AtomicInteger();
  private Rig rig;
  private SubscriptionWatch watch;

  @BeforeEach
  void open() {
    rig = new Rig(folder);
  }

  @AfterEach
  void close() {
    watch.close();
    rig.close();
  }

  @Test
  void a_gap_is_told_after_a_replacement_and_after_failing_and_at_no_other_time() throws Exception {
    FakeSubscription first = synced();
    start(OFTEN);
    awaitWord("ok");
    awaitLooks(2);
    assertEquals(0, gaps.get());

    first.disable();
    Eventually.holds("told of the replacement", () -> gaps.get() == 1);

    rig.calendly.subscriptions().only().failingSince(rig.clock.instant());
    awaitWord("failing");
    assertEquals(1, gaps.get());
    rig.clock.advance(Duration.ofHours(25));
    Eventually.holds("told that it is over", () -> gaps.get() == 2);
    awaitLooks(2);
    assertEquals(2, gaps.get());
  }

  @Test
  void a_gap_is_told_when_the_first_subscription_is_made_after_an_outage() throws Exception {
    rig.calendly.faults().next(Integer.MAX_VALUE, Fault.INTERNAL_ERROR, "POST");
    start(OFTEN);
    awaitWord("unreachable");
    assertEquals(0, gaps.get());

    rig.calendly.faults().over();

    Eventually.holds("told of the first one", () -> gaps.get() == 1);
    awaitLooks(2);
    assertEquals(1, gaps.get());
  }

  @Test
  void a_gap_is_told_when_a_restart_brings_the_token_that_may_make_the_first_subscription()
      throws Exception {
    rig.calendly.account().losesScope("webhooks:write");
    start(OFTEN);
    awaitWord("token_scope");
    watch.close();
    rig.calendly.account().gainsScope("webhooks:write");

    start(OFTEN);

    Eventually.holds("told of the first one", () -> gaps.get() == 1);
  }

  @Test
  void a_gap_is_told_when_a_command_made_the_first_subscription() throws Exception {
    rig.calendly.faults().next(Integer.MAX_VALUE, Fault.INTERNAL_ERROR, "POST");
    start(Duration.ofHours(1));
    awaitWord("unreachable");
    rig.calendly.faults().over();

    rig.subscriptions().connect(new Rig.Silent());

    Eventually.holds("told of the first one", () -> gaps.get() == 1);
    awaitWord("ok");
  }

  @Test
  void a_gap_is_told_after_a_stop_that_came_between_a_replacement_and_its_telling()
      throws Exception {
    synced().disable();
    CountDownLatch deletes = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    rig.calendly
        .faults()
        .next(
            1,
            Fault.INTERNAL_ERROR,
            call -> {
              if (call.method().equals("DELETE")) {
                deletes.countDown();
                awaited(stopped);
              }
              return false;
            });
    start(OFTEN);
    awaited(deletes);
    watch.close();
    stopped.countDown();
    assertEquals(0, gaps.get());

    start(OFTEN);

    Eventually.holds("told of the replacement", () -> gaps.get() == 1);
    awaitLooks(1);
    watch.close();
    start(OFTEN);
    awaitWord("ok");
    awaitLooks(2);
    assertEquals(1, gaps.get(), "told once, over restarts too");
  }

  @Test
  void a_gap_is_told_when_a_command_replaced_the_subscription_while_no_server_ran()
      throws Exception {
    synced().disable();
    rig.subscriptions().connect(new Rig.Silent());
    // Nobody was there to take the deliveries in.
    rig.calendly.subscriptions().only().failingSince(rig.clock.instant());

    start(OFTEN);

    Eventually.holds("told of the replacement", () -> gaps.get() == 1);
    awaitLooks(2);
    assertEquals(1, gaps.get());
    rig.clock.advance(Duration.ofHours(25));
    Eventually.holds("told that failing is over", () -> gaps.get() == 2);
  }

  @Test
  void a_gap_is_told_when_failing_was_over_before_the_next_start() throws Exception {
    synced().failingSince(rig.clock.instant());
    start(OFTEN);
    awaitWord("failing");
    awaitLooks(1);
    watch.close();
    rig.clock.advance(Duration.ofHours(25));
    assertEquals(0, gaps.get());

    start(OFTEN);

    Eventually.holds("told that it is over", () -> gaps.get() == 1);
    awaitLooks(2);
    assertEquals(1, gaps.get());
  }

  @Test
  void a_gap_is_told_once_also_where_that_cannot_be_written_down() throws Exception {
    rig.connected();
    Files.createDirectories(folder.resolve("subscription.json.new").resolve("in the way"));

    start(OFTEN);

    awaitWord("ok");
    awaitLooks(3);
    assertEquals(1, gaps.get());
  }

  @Test
  void a_gap_is_told_when_a_refused_token_is_taken_again() throws Exception {
    synced();
    start(OFTEN);
    awaitWord("ok");
    rig.calendly.account().tokenExpires();
    awaitWord("token");
    assertEquals(0, gaps.get());

    rig.calendly.account().tokenIsGoodAgain();

    Eventually.holds("told that it is over", () -> gaps.get() == 1);
    awaitLooks(2);
    assertEquals(1, gaps.get());
  }

  @Test
  void an_outage_of_the_api_says_nothing_of_the_subscription_for_an_hour() throws Exception {
    start(OFTEN);
    awaitWord("ok");

    rig.calendly.faults().always(Fault.CUT_CONNECTION);
    awaitLooks(2);
    assertEquals("ok", watch.word());

    rig.clock.advance(Duration.ofMinutes(61));
    awaitWord("unreachable");
    rig.calendly.faults().over();
    awaitWord("ok");
  }

  @Test
  void a_clock_that_was_ahead_and_is_set_back_makes_that_hour_no_longer() throws Exception {
    rig.clock.advance(Duration.ofDays(30));
    start(OFTEN);
    awaitWord("ok");
    rig.calendly.faults().always(Fault.CUT_CONNECTION);
    awaitLooks(2);

    rig.clock.advance(Duration.ofDays(-30).plusMinutes(61));

    awaitWord("unreachable");
  }

  @Test
  void a_clock_that_was_ahead_and_is_set_back_puts_no_refused_event_off() throws Exception {
    rig.ofOrganization().calendly.account().losesScope("routing_forms:read");
    rig.clock.advance(Duration.ofDays(30));
    start(OFTEN);
    awaitWord("ok");
    rig.calendly.account().gainsScope("routing_forms:read");

    rig.clock.advance(Duration.ofDays(-30).plusMinutes(61));

    awaitAllEvents();
  }

  @Test
  void a_look_that_did_not_reach_calendly_puts_no_refused_event_off() throws Exception {
    rig.ofOrganization().calendly.account().losesScope("routing_forms:read");
    start(OFTEN);
    awaitWord("ok");
    rig.calendly.faults().always(Fault.CUT_CONNECTION);
    rig.clock.advance(Duration.ofMinutes(61));
    awaitWord("unreachable");
    rig.calendly.account().gainsScope("routing_forms:read");

    rig.calendly.faults().over();

    awaitAllEvents();
  }

  @Test
  void who_holds_the_lock_for_long_is_no_reason_to_say_for_ever_what_was_seen_last()
      throws Exception {
    rig.lockWithin = OFTEN;
    FakeSubscription one = synced();
    start(OFTEN);
    awaitWord("ok");
    List<String> command = new ArrayList<>(ServerProcess.javaCommand(LockHolder.class.getName()));
    command.add(folder.toString());
    Process suspended = new ProcessBuilder(command).start();
    try {
      assertEquals("locked", suspended.inputReader().readLine());
      one.disable();
      rig.clock.advance(Duration.ofMinutes(61));
      awaitWord("locked");
      assertEquals(0, gaps.get());
    } finally {
      suspended.getOutputStream().close();
      suspended.waitFor();
    }

    awaitWord("ok");
    Eventually.holds("told of the replacement", () -> gaps.get() == 1);
  }

  @Test
  void what_was_written_down_of_a_gap_is_no_reason_to_look_again() throws Exception {
    start(Duration.ofHours(1));

    Eventually.holds("it rests", SubscriptionWatchTest::rests);

    assertEquals(1, gaps.get());
    assertEquals(1, looks());
  }

  @Test
  void what_a_command_did_while_a_gap_was_told_is_seen_soon() throws Exception {
    start(Duration.ofHours(1), this::disconnect);

    awaitWord("disconnected");
  }

  private void disconnect() {
    Path other = folder.resolve("other");
    FileTime looked = rig.subscriptions().file().changedAt();
    try {
      Eventually.holds(
          "another file has a later time",
          () -> Files.getLastModifiedTime(Files.writeString(other, "")).compareTo(looked) > 0);
      rig.subscriptions().disconnect(new Rig.Silent());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void what_a_command_did_is_seen_soon() throws Exception {
    start(Duration.ofHours(1));
    awaitWord("ok");

    rig.subscriptions().disconnect(new Rig.Silent());
    awaitWord("disconnected");
    rig.subscriptions().connect(new Rig.Silent());
    awaitWord("ok");
    assertEquals(1, rig.calendly.subscriptions().all().size());
  }

  @Test
  void a_watch_that_is_closed_in_a_call_ends_at_once() throws Exception {
    // Longer than anybody waits here: only who is told to end does.
    rig.settings = ApiSettings.standard().withCallTimeout(Duration.ofHours(1));
    rig.calendly.faults().always(Fault.STUCK);
    start(OFTEN);
    Eventually.holds("a call is under way", () -> rig.calls() > 0);

    watch.close();

    Eventually.holds("nothing is watched", () -> watching() == 0);
  }

  private static long watching() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("subscription"))
        .count();
  }

  /** It sleeps until the next look is due. */
  private static boolean rests() {
    return Thread.getAllStackTraces().values().stream()
        .map(calls -> Stream.of(calls).map(StackTraceElement::getMethodName).toList())
        .anyMatch(calls -> calls.contains("pause") && calls.contains("sleep"));
  }

  /** One that stands, since whose making a sync was asked for. */
  private FakeSubscription synced() throws IOException, InterruptedException {
    FakeSubscription one = rig.connected();
    Subscriptions ours = rig.subscriptions();
    ours.synced(Optional.of(one.uri()), ours.file().changedAt());
    return one;
  }

  private static void awaited(CountDownLatch latch) {
    try {
      assertTrue(latch.await(5, TimeUnit.MINUTES));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void start(Duration check) {
    start(check, gaps::incrementAndGet);
  }

  private void start(Duration check, Runnable onGap) {
    watch = new SubscriptionWatch(rig.subscriptions(), check, new Random(1), rig.clock);
    watch.onGap(onGap);
    watch.start();
  }

  private void awaitAllEvents() throws Exception {
    Eventually.holds(
        "a subscription for all events",
        () ->
            rig.calendly.subscriptions().all().stream().anyMatch(o -> o.events().equals(Rig.ALL)));
  }

  private void awaitWord(String word) throws Exception {
    Eventually.holds(word, () -> watch.word().equals(word));
  }

  /** A look asks who we are, first of all; so many are over when one more has begun. */
  private void awaitLooks(int count) throws Exception {
    long before = looks();
    Eventually.holds("looks", () -> looks() > before + count);
  }

  private long looks() {
    return rig.calendly.lines().stream().filter("GET /users/me"::equals).count();
  }
}
