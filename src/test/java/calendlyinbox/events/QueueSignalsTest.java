package calendlyinbox.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

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
}
