package calendlyinbox.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class QueueSignalsTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final QueueSignals signals = new QueueSignals();

  @Test
  void who_drains_is_not_sent_off_by_what_was_found_before() throws Exception {
    signals.takeNews();
    signals.tryAgain();
    // Of a look that began before there was anything to drain.
    signals.setAway(true);

    List<Boolean> done = List.of(false, false, false, true);
    int[] looks = {0};
    signals.awaitAwayOr(() -> done.get(looks[0]++), LONG);

    assertEquals(4, looks[0]);
  }

  @Test
  void who_drains_waits_no_longer_for_what_was_tried_again_and_is_still_away() throws Exception {
    signals.tryAgain();
    CompletableFuture<Void> reader =
        CompletableFuture.runAsync(
            () -> {
              signals.takeNews();
              signals.setAway(true);
            });

    long began = System.nanoTime();
    signals.awaitAwayOr(() -> false, LONG);

    reader.join();
    assertTrue(System.nanoTime() - began < LONG.toNanos(), "the whole time was waited for");
  }

  @Test
  void what_comes_in_while_the_journal_is_looked_at_is_news() {
    assertTrue(signals.hasNews(), "there may be something at the start");
    signals.takeNews();
    assertFalse(signals.hasNews());
    signals.news();
    assertTrue(signals.awaitNews(Duration.ZERO));
  }

  @Test
  void who_is_stopped_waits_for_nothing() {
    signals.takeNews();
    signals.stop();
    signals.rest(LONG);
    assertTrue(signals.awaitNews(Duration.ZERO));
  }

  @Test
  void who_drains_gives_up_when_the_time_is_up() throws Exception {
    signals.awaitAwayOr(() -> false, Duration.ofMillis(50));
  }

  @Test
  void what_is_well_again_sends_nobody_off() throws Exception {
    signals.takeNews();
    signals.setAway(true);
    signals.setAway(false);

    List<Boolean> done = List.of(false, false, true);
    int[] looks = {0};
    signals.awaitAwayOr(() -> done.get(looks[0]++), LONG);

    assertEquals(3, looks[0]);
  }

  @Test
  void what_is_to_be_tried_again_is_news() {
    signals.takeNews();
    signals.tryAgain();
    assertTrue(signals.hasNews());
  }

  @Test
  void who_waits_for_news_for_a_while_is_told_that_there_were_none() {
    signals.takeNews();
    assertFalse(signals.awaitNews(Duration.ofMillis(20)));
    assertFalse(signals.isStopping());
  }

  @Test
  void news_and_a_stop_each_wake_whoever_waits() throws Exception {
    for (Runnable signal : List.<Runnable>of(signals::news, signals::stop)) {
      signals.takeNews();
      CompletableFuture<Boolean> woken = new CompletableFuture<>();
      Thread waiting = new Thread(() -> woken.complete(signals.awaitNews(Duration.ZERO)));
      waiting.start();
      Eventually.holds("it waits", () -> waiting.getState() == Thread.State.WAITING);
      signals.setAway(false);
      Eventually.holds("it waits on", () -> waiting.getState() == Thread.State.WAITING);

      signal.run();

      assertTrue(woken.get(30, TimeUnit.SECONDS));
    }
    assertTrue(signals.isStopping());
  }

  @Test
  void who_rests_rests_until_there_is_a_signal() throws Exception {
    Thread resting = new Thread(() -> signals.rest(LONG));
    resting.start();
    Eventually.holds("it rests", () -> resting.getState() == Thread.State.TIMED_WAITING);

    signals.setAway(false);

    resting.join(LONG.toMillis() / 2);
    assertFalse(resting.isAlive());
  }
}
