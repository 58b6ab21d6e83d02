package calendlyinbox.events;

import calendlyinbox.events.EventProcessor.Chunk;
import calendlyinbox.events.EventProcessor.Step;
import calendlyinbox.store.BackgroundThread;
import calendlyinbox.store.DatabaseUnavailableException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bounded executor. Workers parse chunks side by side and apply them in turn, since SQLite has
 * one writer and the progress of a file is one number. When a chunk fails for the database's sake,
 * or at the end, those behind it are let fall: the journal has them. Safe for concurrent use.
 */
final class Workers {
  private static final Logger log = LoggerFactory.getLogger(Workers.class);

  /**
   * Bodies in memory at once, in bytes: a capacity in deliveries alone would let large bodies fill
   * the heap. Two chunks: one that is applied, and one that is parsed meanwhile.
   */
  private static final long CAPACITY_BYTES = 2560 * 1024;

  private final ExecutorService pool;
  private final int capacity;

  // Guarded by this.
  private final Map<String, Long> applied = new HashMap<>();
  private int deliveries;
  private long bytes;
  private long handed;
  private long turn;
  private Optional<Instant> newest = Optional.empty();
  private Throwable failure;
  private boolean closed;

  Workers(int workers, int capacity) {
    this(workers, capacity, BackgroundThread::of);
  }

  /**
   * @param thread makes one, not yet started, of its task and name
   */
  Workers(int workers, int capacity, BiFunction<Runnable, String, Thread> thread) {
    this.capacity = capacity;
    AtomicInteger number = new AtomicInteger();
    this.pool =
        new ThreadPoolExecutor(
            workers,
            workers,
            0,
            TimeUnit.SECONDS,
            // Each chunk counts for one delivery at least, so this many can never be exceeded.
            new ArrayBlockingQueue<>(capacity),
            task -> thread.apply(task, "worker-" + number.incrementAndGet()));
  }

  /**
   * Begins anew at the given progress, when all that was handed over before is done or let fall.
   */
  void startOver(Map<String, Long> progress) {
    awaitIdle();
    synchronized (this) {
      applied.clear();
      applied.putAll(progress);
      failure = null;
    }
  }

  /**
   * Waits for room as long as it takes. Done before a chunk is read, one less is in memory; there
   * is time enough to read it when there is room, since another one is being applied.
   */
  synchronized void awaitRoom(int count, long size) {
    while (!closed
        && deliveries > 0
        && (deliveries + count > capacity || bytes + size > CAPACITY_BYTES)) {
      await();
    }
  }

  /** Hands a chunk over, when there is room. */
  void hand(Chunk chunk, Supplier<Step> prepare) {
    int count = Math.max(1, chunk.entries().size());
    long size = chunk.entries().stream().mapToLong(entry -> entry.body().length()).sum();
    synchronized (this) {
      awaitRoom(count, size);
      if (closed) {
        return;
      }
      long number = handed;
      // Under the lock: close() cannot come between, and there is room, so it neither refuses nor
      // waits. But the first of a worker starts its thread, and where the system has none to give,
      // it throws.
      pool.execute(() -> run(chunk, prepare, number, count, size));
      handed++;
      deliveries += count;
      bytes += size;
    }
  }

  private void run(Chunk chunk, Supplier<Step> prepare, long number, int count, long size) {
    Throwable thrown = null;
    boolean done = false;
    Optional<Instant> last = Optional.empty();
    try {
      last = newestOf(chunk);
      Step step = isLetFall() ? null : prepare.get();
      awaitTurn(number);
      if (step != null && !isLetFall()) {
        step.run();
        done = true;
      }
    } catch (DatabaseUnavailableException | RuntimeException | Error e) {
      thrown = e;
    }
    awaitTurn(number);
    synchronized (this) {
      if (done) {
        applied.put(chunk.segment(), chunk.to());
        newest = last.or(() -> newest);
      } else if (failure == null) {
        failure = thrown;
      }
      deliveries -= count;
      bytes -= size;
      turn++;
      notifyAll();
    }
  }

  private static Optional<Instant> newestOf(Chunk chunk) {
    int count = chunk.entries().size();
    return count == 0
        ? Optional.empty()
        : Optional.of(Instant.parse(chunk.entries().get(count - 1).receivedAt()));
  }

  /** Throws what made a chunk fail, if one did since the last start. */
  void checkFailure() throws DatabaseUnavailableException {
    Throwable thrown;
    synchronized (this) {
      thrown = failure;
    }
    if (thrown instanceof DatabaseUnavailableException unavailable) {
      throw unavailable;
    }
    if (thrown instanceof RuntimeException runtime) {
      throw runtime;
    }
    if (thrown != null) {
      throw new IllegalStateException("a worker failed", thrown);
    }
  }

  synchronized void awaitIdle() {
    while (turn < handed) {
      await();
    }
  }

  /** Returns how far each journal file is committed. */
  synchronized Map<String, Long> applied() {
    return Map.copyOf(applied);
  }

  /** Returns how many deliveries were handed over and are neither applied nor let fall yet. */
  synchronized int deliveries() {
    return deliveries;
  }

  /**
   * Returns when the delivery came in that was applied last: what still waits is younger, or as
   * good as.
   */
  synchronized Optional<Instant> newestApplied() {
    return newest;
  }

  /** Forgets about journal files that are gone. */
  synchronized void keepOnly(Collection<String> segments) {
    applied.keySet().retainAll(segments);
  }

  /**
   * Ends when the chunk that is being applied is done. Those behind it are let fall, or a stop
   * would take as long as they do.
   */
  void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    pool.shutdown();
    try {
      if (!pool.awaitTermination(30, TimeUnit.SECONDS)) {
        log.warn("Workers did not end in time; what they did not commit is in the journal");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Once it is true of a chunk it is so of all behind it: none may be applied without the others.
   */
  private synchronized boolean isLetFall() {
    return failure != null || closed;
  }

  private synchronized void awaitTurn(long number) {
    while (turn != number) {
      await();
    }
  }

  /**
   * Nobody interrupts these threads; if somebody did, the wait goes on, since every condition here
   * comes true by itself.
   */
  private void await() {
    try {
      wait();
    } catch (InterruptedException e) {
      log.debug("Interrupted while waiting; goes on waiting", e);
    }
  }
}
