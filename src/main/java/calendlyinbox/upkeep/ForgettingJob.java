package calendlyinbox.upkeep;

import calendlyinbox.store.DatabaseUnavailableException;
import calendlyinbox.upkeep.Forgetting.Outcome;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Forgets in the background, since writing a large database anew takes longer than anybody should
 * wait for an answer: who asks again for the same address waits for what is under way. Safe for
 * concurrent use.
 */
public final class ForgettingJob implements Closeable {
  private static final Duration END_WITHIN = Duration.ofSeconds(5);

  /** So long an outcome waits for whoever asked; later it would no longer be true. */
  private static final long KEPT_NANOS = Duration.ofMinutes(1).toNanos();

  private final Forgetting forgetting;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread made = new Thread(task, "forgetting");
            made.setDaemon(true);
            return made;
          });

  // Guarded by this.
  private String whom = "";
  private Future<Outcome> underWay;

  private volatile long doneAt;

  public ForgettingJob(Forgetting forgetting) {
    this.forgetting = forgetting;
  }

  /**
   * Begins, or goes on waiting for what was begun for this address.
   *
   * @return what came of it, once; empty if it takes longer than that
   * @throws DatabaseUnavailableException and the others as {@link Forgetting#forget}
   */
  public Optional<Outcome> forget(Address address, Duration atMost)
      throws DatabaseUnavailableException, IOException {
    Future<Outcome> job;
    synchronized (this) {
      if (underWay == null || isLeftBehind(address)) {
        whom = address.plain();
        underWay = thread.submit(() -> run(address));
      } else if (!whom.equals(address.plain())) {
        return Optional.of(new Outcome.NotNow("another address is being forgotten"));
      }
      job = underWay;
    }
    try {
      Outcome outcome = job.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
      finished(job);
      return Optional.of(outcome);
    } catch (TimeoutException goesOn) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException e) {
      finished(job);
      return failed(e.getCause());
    }
  }

  /** Who asked for it went away, and somebody else asks, or the same much later. */
  private boolean isLeftBehind(Address next) {
    return underWay.isDone()
        && (!whom.equals(next.plain()) || System.nanoTime() - doneAt > KEPT_NANOS);
  }

  private Outcome run(Address address) throws DatabaseUnavailableException, IOException {
    try {
      return forgetting.forget(address);
    } finally {
      doneAt = System.nanoTime();
    }
  }

  private synchronized void finished(Future<Outcome> job) {
    if (underWay == job) {
      underWay = null;
      whom = "";
    }
  }

  private static Optional<Outcome> failed(Throwable cause)
      throws DatabaseUnavailableException, IOException {
    if (cause instanceof DatabaseUnavailableException unavailable) {
      throw unavailable;
    }
    if (cause instanceof IOException io) {
      throw io;
    }
    throw new IllegalStateException("forgetting failed", cause);
  }

  /** Waits some seconds for what is under way; the rest of it is to be asked for again. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      thread.awaitTermination(END_WITHIN.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
