package calendlyinbox.events;

import calendlyinbox.events.EventProcessor.Chunk;
import calendlyinbox.journal.Entry;
import calendlyinbox.journal.Journal;
import calendlyinbox.journal.Segment;
import calendlyinbox.journal.SegmentReader;
import calendlyinbox.store.BackgroundThread;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import java.io.Closeable;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
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
   * Deliveries in one transaction. The more, the less is written: rows lie scattered by their ids,
   * and each transaction writes each page that it touches once.
   */
  private static final int CHUNK = 512;

  private static final long CHUNK_BYTES = 1280 * 1024;

  /** While clients wait: a transaction that has begun takes its processor to its end. */
  private static final int CROWDED_CHUNK = 256;

  /**
   * So long what comes in after a rest waits for company. At some hundred deliveries a second a
   * transaction for each would take a whole processor, which the door needs.
   */
  private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(15);

  private static final Duration LONGEST_YIELD = Duration.ofMillis(500);
  private static final long YIELD_MILLIS = 5;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final Journal journal;
  private final EventProcessor processor;
  private final Settlement settlement;
  private final Workers workers;
  private final int chunk;
  private final Clock clock;
  private final Thread thread = BackgroundThread.of(this::run, "journal-reader");

  private final Object monitor = new Object();
  // Guarded by monitor.
  private boolean news = true;
  private boolean stopping;
  private boolean away;
  private Instant caughtUpAt;

  // Of the reading thread alone: how far each file was handed to the workers.
  private Map<String, Long> handedOver = new HashMap<>();

  // Files that cannot be read now, and why. Written by the reading thread alone.
  private final Map<String, String> unreadable = new ConcurrentHashMap<>();

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
    this.chunk = Math.max(1, Math.min(CHUNK, capacity / 2));
    this.clock = clock;
    this.caughtUpAt = clock.instant();
  }

  /** What lies between journal and database. */
  public record Backlog(long bytes, Optional<Instant> waitingSince) {}

  /** Starts reading at what the database lacks, and follows the journal from then on. */
  public void start() {
    thread.start();
  }

  /** Says that the journal has more. Returns at once. */
  public void wake() {
    synchronized (monitor) {
      news = true;
      monitor.notifyAll();
    }
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
    long bytes = 0;
    for (Segment segment : journal.segments()) {
      bytes += segment.durableBytes() - workers.appliedTo(segment.name());
    }
    if (bytes == 0) {
      return new Backlog(0, Optional.empty());
    }
    Instant since;
    synchronized (monitor) {
      since = caughtUpAt;
    }
    // What is applied last says nothing of an older file that is left behind.
    Optional<Instant> newest = unreadable.isEmpty() ? workers.newestApplied() : Optional.empty();
    return new Backlog(bytes, newest.filter(since::isBefore).or(() -> Optional.of(since)));
  }

  /**
   * Waits until the database has all that the journal has and the journal's sealed files are
   * deleted, or cannot have it now, or the time is up. What is left stays in the journal for the
   * next start.
   */
  public void drain(Duration atMost) throws InterruptedException {
    long until = System.nanoTime() + atMost.toNanos();
    synchronized (monitor) {
      news = true;
      // What could not be had a moment ago is tried once more.
      away = false;
      monitor.notifyAll();
      while (!away && !journal.segments().isEmpty() && System.nanoTime() < until) {
        monitor.wait(20);
      }
    }
  }

  /**
   * Stops reading, and waits for the chunk that is being applied; nothing is applied after it
   * returns.
   */
  @Override
  public void close() {
    synchronized (monitor) {
      stopping = true;
      monitor.notifyAll();
    }
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
    while (!isStopping()) {
      try {
        workers.startOver(processor.progress());
        handedOver = new HashMap<>(workers.applied());
        before = workers.applied();
        setAway(false);
        follow();
      } catch (DatabaseUnavailableException e) {
        // Reported by the database itself, once a minute.
        setAway(true);
        if (!workers.applied().equals(before)) {
          // It had been back: that it can be read is not enough, on a full disk it can.
          pause = FIRST_PAUSE;
        }
        pause(pause);
        pause =
            pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
                ? pause.multipliedBy(2)
                : LONGEST_PAUSE;
      } catch (JournalProgress.Moved e) {
        log.warn(
            "Database was exchanged; it is brought up from the journal: cause=\"{}\"",
            e.getMessage());
      } catch (IOException | RuntimeException | Error e) {
        // Also an Error, as where the system has no thread to give: without this one no delivery
        // becomes a row.
        log.error("Applying stopped at a fault; it is tried again, nothing is lost", e);
        setAway(true);
        pause(LONGEST_PAUSE);
      }
    }
  }

  /** Reads on until the queue is stopped or the database fails. */
  private void follow() throws IOException, DatabaseUnavailableException {
    while (!isStopping()) {
      takeNews();
      boolean any = false;
      for (Segment segment : journal.segments()) {
        if (followIfReadable(segment)) {
          any = true;
          settleSome();
        }
      }
      workers.checkFailure();
      if (!any) {
        workers.awaitIdle();
        workers.checkFailure();
        settlement.settle(workers.applied());
        setAway(settlement.isHeldUp() || !unreadable.isEmpty());
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

  /**
   * A file that cannot be read now keeps no other waiting, since order does not matter. It is tried
   * again in each round.
   */
  private boolean followIfReadable(Segment segment) throws DatabaseUnavailableException {
    try {
      boolean any = follow(segment);
      if (unreadable.remove(segment.name()) != null) {
        log.info("Journal file can be read again: segment={}", segment.name());
      }
      return any;
    } catch (IOException e) {
      if (!e.toString().equals(unreadable.put(segment.name(), e.toString()))) {
        log.error(
            "Journal file cannot be read: segment={} cause=\"{}\"; it is tried again, and nothing of it is lost; next: see that user {}"
                + " can read and write in journal/",
            segment.name(),
            e.toString(),
            System.getProperty("user.name"));
      }
      return false;
    }
  }

  /** Hands over what a segment has by now. Returns whether it had anything. */
  private boolean follow(Segment segment) throws IOException, DatabaseUnavailableException {
    long from = handedOver.getOrDefault(segment.name(), 0L);
    if (from >= segment.durableBytes()) {
      return false;
    }
    try (SegmentReader reader = journal.read(segment, from)) {
      while (reader.position() < segment.durableBytes() && !isStopping()) {
        workers.awaitRoom(chunk, CHUNK_BYTES);
        letClientsGoFirst();
        long start = reader.position();
        int count = journal.isCrowded() ? Math.min(chunk, CROWDED_CHUNK) : chunk;
        List<Entry> entries = reader.next(count, CHUNK_BYTES);
        Chunk read = new Chunk(segment.name(), start, reader.position(), entries);
        workers.hand(read, () -> processor.prepare(read));
        handedOver.put(segment.name(), reader.position());
        workers.checkFailure();
      }
    } catch (FileNotFoundException e) {
      // Java says so too of one that may not be read, and where too many files are open.
      if (!journal.isGone(segment)) {
        throw e;
      }
      journal.lost(segment);
    } catch (EOFException e) {
      // Somebody made it shorter.
      journal.lost(segment);
    }
    return true;
  }

  /**
   * Answers go before rows: with two cores, applying at full speed would halve what the door can
   * take in. Under whatever load, a chunk is applied after each such wait.
   */
  private void letClientsGoFirst() {
    long until = System.nanoTime() + LONGEST_YIELD.toNanos();
    synchronized (monitor) {
      try {
        while (!stopping && journal.isCrowded() && System.nanoTime() < until) {
          monitor.wait(YIELD_MILLIS);
        }
      } catch (InterruptedException e) {
        stopping = true;
      }
    }
  }

  /** Under a load that never pauses, and in a long backlog. */
  private void settleSome() throws IOException, DatabaseUnavailableException {
    settlement.settleSome(workers.applied());
    forgetDeleted();
  }

  private void forgetDeleted() {
    List<String> left = journal.segments().stream().map(Segment::name).toList();
    handedOver.keySet().retainAll(left);
    unreadable.keySet().retainAll(left);
    workers.keepOnly(left);
  }

  private boolean isStopping() {
    synchronized (monitor) {
      return stopping;
    }
  }

  private void setAway(boolean now) {
    synchronized (monitor) {
      away = now;
      monitor.notifyAll();
    }
  }

  private void takeNews() {
    synchronized (monitor) {
      news = false;
    }
  }

  /**
   * Returns false when there was no news for a while, so that it is time to look after what the
   * journal still holds; with an empty journal there is nothing to look after.
   */
  private boolean awaitNews() {
    synchronized (monitor) {
      if (!news && unreadable.isEmpty()) {
        caughtUpAt = clock.instant();
      }
      monitor.notifyAll();
      return waitWhileNothing(journal.segments().isEmpty() ? Duration.ZERO : LONGEST_PAUSE);
    }
  }

  private void pause(Duration pause) {
    synchronized (monitor) {
      if (!stopping) {
        try {
          monitor.wait(pause.toMillis());
        } catch (InterruptedException e) {
          stopping = true;
        }
      }
    }
  }

  private boolean waitWhileNothing(Duration atMost) {
    try {
      while (!news && !stopping) {
        monitor.wait(atMost.toMillis());
        if (!atMost.isZero()) {
          break;
        }
      }
    } catch (InterruptedException e) {
      stopping = true;
    }
    return news || stopping;
  }
}
