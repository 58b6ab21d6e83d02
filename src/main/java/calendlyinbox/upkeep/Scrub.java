package calendlyinbox.upkeep;

import calendlyinbox.store.BackgroundThread;
import calendlyinbox.store.DatabaseUnavailableException;
import calendlyinbox.store.Soundness;
import java.io.Closeable;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the whole database again and again, behind everything else: the server has in memory what
 * it works on, and would not see for weeks what became of the pages on disk. Until it was read
 * once, and while it is known to be damaged, the journal lets nothing go.
 */
public final class Scrub implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(Scrub.class);

  /** Not while the server starts. */
  private static final Duration FIRST = Duration.ofMillis(300);

  private static final Duration EVERY = Duration.ofMinutes(1);

  /** So much longer than a reading took, which of a large file is minutes, is the rest after it. */
  private static final int REST = 100;

  /** Until the first one has come to an end. */
  private static final Duration AGAIN = Duration.ofSeconds(1);

  private final Soundness soundness;
  private final Runnable onInspected;
  private final UnaryOperator<Duration> restAfter;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(task -> BackgroundThread.of(task, "scrub"));

  /**
   * @param onInspected told after each reading that came to its end; must return at once
   */
  public Scrub(Soundness soundness, Runnable onInspected) {
    this(soundness, onInspected, Scrub::restAfter);
  }

  Scrub(Soundness soundness, Runnable onInspected, UnaryOperator<Duration> restAfter) {
    this.soundness = soundness;
    this.onInspected = onInspected;
    this.restAfter = restAfter;
  }

  /** Begins, on a thread of its own. Returns at once. To be called before anything is let go. */
  public void start() {
    soundness.awaitInspection();
    later(FIRST);
  }

  private void later(Duration wait) {
    if (!thread.isShutdown()) {
      thread.schedule(this::round, wait.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void round() {
    long begun = System.nanoTime();
    Duration rest = AGAIN;
    try {
      soundness.inspect();
      onInspected.run();
      rest = restAfter.apply(Duration.ofNanos(System.nanoTime() - begun));
    } catch (DatabaseUnavailableException e) {
      // Reported by whoever writes, once a minute.
      log.debug("The database could not be read whole: reason={}", e.word());
    } catch (RuntimeException | Error e) {
      log.error("Reading the database stopped by a fault of calendly-inbox; it is tried again", e);
    }
    later(rest);
  }

  static Duration restAfter(Duration took) {
    Duration rest = took.multipliedBy(REST);
    return rest.compareTo(EVERY) > 0 ? rest : EVERY;
  }

  /** Does not wait: a reading that is under way ends with the process, or when it is through. */
  @Override
  public void close() {
    thread.shutdownNow();
  }
}
