package calendlyinbox.events;

import calendlyinbox.store.BackgroundThread;
import calendlyinbox.store.DatabaseUnavailableException;
import java.io.Closeable;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries pending events again when their time has come, also those that a former process left
 * behind.
 */
public final class Retries implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(Retries.class);
  private static final int AT_ONCE = 100;

  private final EventProcessor processor;
  private final LongAdder tried = new LongAdder();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(task -> BackgroundThread.of(task, "retries"));

  public Retries(EventProcessor processor) {
    this.processor = processor;
  }

  /** Looks for due events now and then every so often. */
  public void start(Duration every) {
    timer.scheduleWithFixedDelay(this::run, 0, every.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Returns how many tries there were since the start. */
  public long tried() {
    return tried.sum();
  }

  /** Tries every event that is due by now, one transaction each. */
  void run() {
    try {
      for (long id : processor.due(AT_ONCE)) {
        if (timer.isShutdown()) {
          return;
        }
        again(id);
      }
    } catch (DatabaseUnavailableException e) {
      // Reported by the database, once a minute; the rows wait.
      log.debug("Retries wait for the database: reason={}", e.word());
    } catch (RuntimeException | Error e) {
      log.error("Events whose next try is due were not found; the next round looks again", e);
    }
  }

  /** One of which not even the failure can be kept is the first that is due in every round. */
  private void again(long id) throws DatabaseUnavailableException {
    tried.increment();
    try {
      processor.again(id);
    } catch (RuntimeException | Error e) {
      log.error(
          "Event not tried again; it is in the next round, and the others go on: id={}", id, e);
    }
  }

  /** Ends after the event that is being tried. */
  @Override
  public void close() {
    timer.shutdown();
    try {
      if (!timer.awaitTermination(5, TimeUnit.SECONDS)) {
        log.warn(
            "Retries did not end in time; what they did not commit is tried again at the next start");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
