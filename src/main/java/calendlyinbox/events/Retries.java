package calendlyinbox.events;

import calendlyinbox.store.BackgroundThread;
import calendlyinbox.store.DatabaseUnavailableException;
import java.io.Closeable;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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

  /** A round a second: those of which nothing can be kept come round once a minute. */
  private static final int ROUNDS_PASSED_OVER = 60;

  private final EventProcessor processor;
  private final LongAdder tried = new LongAdder();

  // Of the timer's thread alone. Ids of which not even the failure can be kept: they stay due, and
  // are the first in every round.
  private final Set<Long> passedOver = new HashSet<>();
  private int rounds;

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
      List<Long> due = due();
      for (long id : due) {
        if (timer.isShutdown()) {
          return;
        }
        again(id);
      }
      // Not before all others had their turn, however many are passed over.
      if (++rounds >= ROUNDS_PASSED_OVER && due.size() < AT_ONCE) {
        passedOver.clear();
        rounds = 0;
      }
    } catch (DatabaseUnavailableException e) {
      // Reported by the database, once a minute; the rows wait.
      log.debug("Retries wait for the database: reason={}", e.word());
    } catch (RuntimeException | Error e) {
      log.error("Events whose next try is due were not found; the next round looks again", e);
    }
  }

  private List<Long> due() throws DatabaseUnavailableException {
    return processor.due(AT_ONCE + passedOver.size()).stream()
        .filter(id -> !passedOver.contains(id))
        .limit(AT_ONCE)
        .toList();
  }

  private void again(long id) throws DatabaseUnavailableException {
    tried.increment();
    try {
      processor.again(id);
    } catch (RuntimeException | Error e) {
      if (passedOver.isEmpty()) {
        log.error(
            "Event not tried again; it is in a minute, like others that fare the same, and the rest go on: id={}",
            id,
            e);
      }
      passedOver.add(id);
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
