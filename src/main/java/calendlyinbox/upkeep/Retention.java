package calendlyinbox.upkeep;

import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import java.io.Closeable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every hour for what ended longer ago than it is to be kept, and purges it; first soon after
 * a start, when it is sure what day it is: with a clock that is years ahead everything would be
 * over, and what is purged does not come back. What it frees in the file is overwritten and used
 * for new rows; the journal and the write-ahead log, which have it too, let it go.
 */
public final class Retention implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(Retention.class);
  private static final Duration SOON = Duration.ofSeconds(2);
  private static final Duration EVERY = Duration.ofHours(1);

  /** By so much later at most, by chance. */
  private static final Duration JITTER = Duration.ofMinutes(6);

  private final Database database;
  private final Runnable emptyJournal;
  private final Duration keep;
  private final BooleanSupplier clockIsRight;
  private final RandomGenerator random;
  private final Clock clock;
  // Of the thread only.
  private boolean said;
  // Also what a process purged that ended right after it.
  private boolean logMayHoldIt = true;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "retention");
            made.setDaemon(true);
            return made;
          });

  /**
   * @param emptyJournal has all that is in the journal leave it as soon as the database has it
   * @param keep how long after its end a meeting is kept
   * @param clockIsRight asked before each purge
   */
  public Retention(
      Database database,
      Runnable emptyJournal,
      Duration keep,
      BooleanSupplier clockIsRight,
      RandomGenerator random,
      Clock clock) {
    this.database = database;
    this.emptyJournal = emptyJournal;
    this.keep = keep;
    this.clockIsRight = clockIsRight;
    this.random = random;
    this.clock = clock;
  }

  /** Begins, on a thread of its own. Returns at once. */
  public void start() {
    later(SOON);
  }

  private void later(Duration wait) {
    if (!thread.isShutdown()) {
      thread.schedule(this::round, wait.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void round() {
    if (!clockIsRight.getAsBoolean()) {
      sayThatItWaits();
      later(SOON);
      return;
    }
    try {
      run();
    } catch (DatabaseUnavailableException e) {
      // Reported by the database, once a minute; the next round finds the same.
      log.debug("Retention waits for the database: reason={}", e.word());
    } catch (RuntimeException | Error e) {
      log.error("Retention stopped by a fault of calendly-inbox; it is tried again", e);
    }
    later(EVERY.plusMillis(random.nextLong(JITTER.toMillis())));
  }

  private void sayThatItWaits() {
    if (!said) {
      said = true;
      log.info(
          "Retention waits until another clock has said what day it is: that of a delivery, or Calendly's");
    }
  }

  /**
   * Purges what is to go now, and returns how many rows by table; when it does, that is committed.
   * The journal's exact bodies of it follow as soon as all that is in their file is settled.
   */
  public Map<String, Integer> run() throws DatabaseUnavailableException {
    // Or it keeps them until a file is full, which takes months where few deliveries come.
    emptyJournal.run();
    Instant now = clock.instant();
    Map<String, Integer> removed = new Purge(database, now.minus(keep), now).run();
    if (!removed.isEmpty()) {
      log.info("Purged what ended more than {} days ago: rows={}", keep.toDays(), removed);
    }
    emptyLog(!removed.isEmpty());
    return removed;
  }

  private void emptyLog(boolean purged) {
    logMayHoldIt |= purged;
    if (logMayHoldIt) {
      Optional<DatabaseUnavailableException> trouble = database.emptyLog();
      trouble.ifPresent(
          e -> log.debug("Purged rows are in the write-ahead log yet: reason={}", e.word()));
      logMayHoldIt = trouble.isPresent();
    }
  }

  /** Ends after the transaction that is under way; the next start goes on. */
  @Override
  public void close() {
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(5, TimeUnit.SECONDS)) {
        log.warn("Retention did not end in time; the next start goes on with it");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
