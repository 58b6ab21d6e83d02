package calendlyinbox.events;

import calendlyinbox.journal.Journal;
import calendlyinbox.journal.Segment;
import calendlyinbox.store.BackgroundThread;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import java.io.Closeable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the database up with the journal. One thread reads the journal behind its writer and hands
 * chunks of deliveries to a bounded pool of workers; when the pool is full it waits, and what it
 * did not read yet simply lies in the journal. So a burst, a crash, a full queue and a database
 * that was away are one and the same path: go on reading from where the database says it is. Memory
 * stays flat however long the backlog.
 *
 * <p>Safe for concurrent use.
 */
public final class EventQueue implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(EventQueue.class);

  /**
   * So long what comes in after a rest waits for company. At some hundred deliveries a second a
   * transaction for each would take a whole processor, which the door needs.
   */
  private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(15);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final Journal journal;
  private final EventProcessor processor;
  private final Settlement settlement;
  private final Workers workers;
  private final QueueSignals signals = new QueueSignals();
  private final JournalFollower follower;
  private final Lag lag;
  private final Thread thread = BackgroundThread.of(this::run, "journal-reader");

  /**
   * @param capacity deliveries that may be between journal and database at once
   */
  public EventQueue(
      Journal journal,
      Database database,
      EventProcessor processor,
      int workers,
      int capacity,
      Clock clock) {
    this.journal = journal;
    this.processor = processor;
    this.settlement = new Settlement(journal, database);
    this.workers = new Workers(workers, capacity);
    this.follower = new JournalFollower(journal, processor, this.workers, signals, capacity);
    this.lag = new Lag(journal, database, this.workers, follower, clock);
  }

  /** What lies between journal and database. */
  public record Backlog(long bytes, Optional<Instant> waitingSince) {}

  /** Starts reading at what the database lacks, and follows the journal from then on. */
  public void start() {
    thread.start();
  }

  /** Says that the journal has more. Returns at once. */
  public void wake() {
    signals.news();
  }

  /**
   * Has all that is in the journal by now leave it as soon as the database has it for certain, also
   * where its file is not full yet. Does not wait for that.
   */
  public void emptyJournal() {
    journal.seal();
    wake();
  }

  /** Returns how many deliveries are in the bounded executor. */
  public int depth() {
    return workers.deliveries();
  }

  /**
   * Returns how far the database is behind, and since when, at the longest, the oldest delivery
   * waits.
   */
  public Backlog backlog() {
    return lag.now();
  }

  /**
   * Waits until the database has all that the journal has and the journal's sealed files are
   * deleted, or cannot have it now, or the time is up. What is left stays in the journal for the
   * next start.
   */
  public void drain(Duration atMost) throws InterruptedException {
    // What could not be had a moment ago is tried once more.
    signals.tryAgain();
    signals.awaitAwayOr(() -> journal.segments().isEmpty(), atMost);
  }

  /**
   * Stops reading, and waits for the chunk that is being applied; nothing is applied after it
   * returns.
   */
  @Override
  public void close() {
    signals.stop();
    workers.close();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    Duration pause = FIRST_PAUSE;
    Map<String, Long> before = Map.of();
    boolean begun = false;
    while (!signals.isStopping()) {
      try {
        if (!begun) {
          begun = true;
          lag.begin();
          before = workers.applied();
        }
        lag.look();
        signals.takeNews();
        workers.startOver(processor.progress());
        follower.startAt(workers.applied());
        before = workers.applied();
        signals.setAway(false);
        follow();
      } catch (DatabaseUnavailableException e) {
        // Reported by the database itself, once a minute.
        signals.setAway(true);
        if (!workers.applied().equals(before)) {
          // It had been back: that it can be read is not enough, on a full disk it can.
          pause = FIRST_PAUSE;
        }
        signals.rest(pause);
        pause =
            pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
                ? pause.multipliedBy(2)
                : LONGEST_PAUSE;
      } catch (JournalProgress.Moved e) {
        log.warn(
            "Database was exchanged; it is brought up from the journal: cause=\"{}\"",
            e.getMessage());
      } catch (RuntimeException | Error e) {
        // Also an Error, as where the system has no thread to give: without this one no delivery
        // becomes a row.
        log.error("Applying stopped at a fault; it is tried again, nothing is lost", e);
        signals.setAway(true);
        signals.rest(LONGEST_PAUSE);
      }
    }
  }

  /** Reads on until the queue is stopped or the database fails. */
  private void follow() throws DatabaseUnavailableException {
    while (!signals.isStopping()) {
      signals.takeNews();
      boolean any = false;
      for (Segment segment : journal.segments()) {
        if (follower.follow(segment)) {
          any = true;
          settleSome();
        }
      }
      workers.checkFailure();
      if (!any) {
        workers.awaitIdle();
        workers.checkFailure();
        settlement.settle(workers.applied());
        signals.setAway(settlement.isHeldUp() || !follower.canReadAll());
        forgetDeleted();
        if (awaitNews()) {
          LockSupport.parkNanos(GATHER_NANOS);
        } else {
          checkDatabase();
        }
      }
    }
  }

  /** Sees whether the database still has what was applied, also while nothing comes in. */
  private void checkDatabase() throws DatabaseUnavailableException {
    Map<String, Long> there = processor.progress();
    workers
        .applied()
        .forEach(
            (segment, applied) -> {
              if (there.getOrDefault(segment, 0L) < applied) {
                throw new JournalProgress.Moved(segment, applied);
              }
            });
  }

  /** Under a load that never pauses, and in a long backlog. */
  private void settleSome() throws DatabaseUnavailableException {
    settlement.settleSome(workers.applied());
    forgetDeleted();
  }

  private void forgetDeleted() {
    List<String> left = journal.segments().stream().map(Segment::name).toList();
    follower.keepOnly(left);
    workers.keepOnly(left);
  }

  /**
   * Returns false when there was no news for a while, so that it is time to look after what the
   * journal still holds; with an empty journal there is nothing to look after.
   */
  private boolean awaitNews() {
    lag.look();
    return signals.awaitNews(journal.segments().isEmpty() ? Duration.ZERO : LONGEST_PAUSE);
  }
}
