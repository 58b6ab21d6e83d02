package calendlyinbox.events;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * What the thread that reads the journal and those around it tell each other. Each wait ends early
 * with any of these signals, so whoever waits looks again. An interrupt is a wish to stop.
 *
 * <p>Safe for concurrent use.
 */
final class QueueSignals {
  private static final long LOOK_MILLIS = 20;

  private boolean news = true;
  private boolean stopping;
  private boolean away;
  // From tryAgain until the reader begins anew: what it finds until then is of before.
  private boolean again;

  /** The journal has more. */
  synchronized void news() {
    news = true;
    notifyAll();
  }

  /** What comes in from here on is news again. To be said before anything is looked at. */
  synchronized void takeNews() {
    news = false;
    again = false;
  }

  synchronized boolean hasNews() {
    return news;
  }

  synchronized void stop() {
    stopping = true;
    notifyAll();
  }

  synchronized boolean isStopping() {
    return stopping;
  }

  /**
   * Whether something of the journal cannot become rows now. Not heeded of who began to look before
   * the last {@link #tryAgain}.
   */
  synchronized void setAway(boolean now) {
    away = now && !again;
    notifyAll();
  }

  /** Nothing counts as away until it has been tried again. */
  synchronized void tryAgain() {
    away = false;
    again = true;
    news();
  }

  /** Waits until this holds, or something is away, or the time is up. */
  synchronized void awaitAwayOr(BooleanSupplier condition, Duration atMost)
      throws InterruptedException {
    long until = System.nanoTime() + atMost.toNanos();
    while (!away && !condition.getAsBoolean() && System.nanoTime() < until) {
      wait(LOOK_MILLIS);
    }
  }

  /** Waits for the next signal, so long at most. */
  synchronized void rest(Duration atMost) {
    if (!stopping) {
      await(atMost);
    }
  }

  /**
   * Waits for news, or to be stopped.
   *
   * @param atMost zero for as long as it takes
   * @return whether there is either
   */
  synchronized boolean awaitNews(Duration atMost) {
    while (!news && !stopping) {
      await(atMost);
      if (!atMost.isZero()) {
        break;
      }
    }
    return news || stopping;
  }

  private void await(Duration atMost) {
    try {
      wait(atMost.toMillis());
    } catch (InterruptedException e) {
      stopping = true;
    }
  }
}
