package calendlyinbox.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One fsync for many: a single thread takes every delivery that is waiting, writes them in one go,
 * syncs once, and only then lets their answers go. There is no delay to gather more: while one sync
 * runs, the next batch gathers by itself, and a delivery that is alone is synced alone. Safe for
 * concurrent use.
 */
final class GroupCommit {
  private static final Logger log = LoggerFactory.getLogger(GroupCommit.class);

  /**
   * What may wait for a slow disk, in bytes. Beyond it the honest answer is "not now", not an
   * OutOfMemoryError.
   */
  private static final long MAX_WAITING_BYTES = 8 * 1024 * 1024;

  /** At so many deliveries in a tenth of a second, clients wait for the processor. */
  private static final int CROWD = 200;

  private static final long CROWD_NANOS = 100_000_000;
  private static final int BATCH_BYTES = 512 * 1024;

  private record Waiting(String receivedAt, RawBody body, CompletableFuture<Void> durable) {}

  private final Appender appender;
  private final Runnable onDurable;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Line.Bytes lines = new Line.Bytes(BATCH_BYTES);
  private final Thread thread = new Thread(this::run, "journal");

  // Of the writing thread alone: deliveries since a moment.
  private int counted;
  private long countedSince = System.nanoTime();
  private volatile long crowdedAt = countedSince - CROWD_NANOS;

  // Guarded by lock.
  private List<Waiting> waiting = new ArrayList<>();
  private final List<Runnable> errands = new ArrayList<>();
  private long waitingBytes;
  private boolean closing;

  GroupCommit(Appender appender, Runnable onDurable) {
    this.appender = appender;
    this.onDurable = onDurable;
    thread.setDaemon(true);
    thread.start();
  }

  CompletableFuture<Void> append(String receivedAt, RawBody body) {
    lock.lock();
    try {
      if (closing) {
        return refused("the journal is closed");
      }
      if (waitingBytes > 0 && waitingBytes + body.length() > MAX_WAITING_BYTES) {
        return refused("too many deliveries wait for the disk: " + waitingBytes + " bytes");
      }
      CompletableFuture<Void> durable = new CompletableFuture<>();
      waiting.add(new Waiting(receivedAt, body, durable));
      waitingBytes += body.length();
      work.signal();
      return durable;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Runs something on the writing thread, between two batches; it proves at once that the thread is
   * not stuck. What is cancelled before its turn is not run.
   */
  <T> CompletableFuture<T> onWritingThread(ErrandOf<T> errand) {
    CompletableFuture<T> done = new CompletableFuture<>();
    Runnable task =
        () -> {
          if (done.isCancelled()) {
            return;
          }
          try {
            done.complete(errand.run());
          } catch (IOException | RuntimeException | Error e) {
            done.completeExceptionally(e);
          }
        };
    lock.lock();
    try {
      if (closing) {
        done.completeExceptionally(new IOException("the journal is closed"));
      } else {
        errands.add(task);
        work.signal();
      }
    } finally {
      lock.unlock();
    }
    return done;
  }

  /** Returns whether a crowd of deliveries came in within the last tenth of a second. */
  boolean isCrowded() {
    return System.nanoTime() - crowdedAt < CROWD_NANOS;
  }

  private void count(int deliveries) {
    counted += deliveries;
    long now = System.nanoTime();
    if (counted >= CROWD) {
      if (now - countedSince < CROWD_NANOS) {
        crowdedAt = now;
      }
      counted = 0;
      countedSince = now;
    }
  }

  interface ErrandOf<T> {
    T run() throws IOException;
  }

  /** Writes what is waiting, then ends the thread. When it returns nothing writes any more. */
  void close() {
    lock.lock();
    try {
      closing = true;
      work.signal();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (true) {
      List<Waiting> batch;
      List<Runnable> toDo;
      lock.lock();
      try {
        while (waiting.isEmpty() && errands.isEmpty() && !closing) {
          work.awaitUninterruptibly();
        }
        if (waiting.isEmpty() && errands.isEmpty()) {
          break;
        }
        batch = waiting;
        waiting = new ArrayList<>(batch.size());
        waitingBytes = 0;
        toDo = List.copyOf(errands);
        errands.clear();
      } finally {
        lock.unlock();
      }
      int from = 0;
      while (from < batch.size()) {
        from = commit(batch, from);
      }
      toDo.forEach(Runnable::run);
    }
    appender.seal();
  }

  /** Writes and syncs as many as fit into one batch, and returns where the next one begins. */
  private int commit(List<Waiting> batch, int from) {
    lines.clear(BATCH_BYTES);
    int to = from;
    try {
      while (to < batch.size()
          && (to == from || lines.length() + batch.get(to).body().length() < BATCH_BYTES)) {
        Waiting next = batch.get(to++);
        Line.write(lines, next.receivedAt(), next.body());
      }
      appender.append(lines.array(), lines.length());
    } catch (IOException | RuntimeException | Error e) {
      JournalUnavailableException unavailable = new JournalUnavailableException(reason(e), e);
      batch.subList(from, to).forEach(w -> w.durable().completeExceptionally(unavailable));
      return to;
    }
    count(to - from);
    batch.subList(from, to).forEach(w -> w.durable().complete(null));
    try {
      onDurable.run();
    } catch (RuntimeException | Error e) {
      log.error("Nobody could be told of new deliveries; they are in the journal", e);
    }
    return to;
  }

  /** An I/O error's message names the file, never the delivery. */
  static String reason(Throwable e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private static CompletableFuture<Void> refused(String reason) {
    return CompletableFuture.failedFuture(new JournalUnavailableException(reason, null));
  }
}
