package calendlyinbox.admin;

import calendlyinbox.delivery.Answers;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import java.io.Closeable;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the console shows of the door, gathered while deliveries are answered. */
final class Figures implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(Figures.class);
  private static final long WRITE_EVERY_SECONDS = 10;

  private final HourlyCounts counts;
  private final AnswerTimes times;
  private final RefusedRequests refused;
  private final LastDelivery last;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "figures");
            thread.setDaemon(true);
            return thread;
          });

  Figures(Database database, Clock clock) {
    this.counts = new HourlyCounts(database, clock);
    this.times = new AnswerTimes(clock);
    this.refused = new RefusedRequests(clock);
    this.last = new LastDelivery(clock);
    timer.scheduleWithFixedDelay(
        this::write, WRITE_EVERY_SECONDS, WRITE_EVERY_SECONDS, TimeUnit.SECONDS);
  }

  /** When the last delivery of this run came in, and how many signed ones were refused since. */
  private static final class LastDelivery implements Answers {
    private final Clock clock;
    private final AtomicLong refused = new AtomicLong();
    private volatile long millis;

    LastDelivery(Clock clock) {
      this.clock = clock;
    }

    @Override
    public void received(long tookNanos) {
      millis = clock.millis();
      if (refused.get() != 0) {
        refused.set(0);
      }
    }

    @Override
    public void refused(Refusal reason, String address) {
      if (reason == Refusal.SIGNATURE_STALE || reason == Refusal.SIGNATURE_MISMATCH) {
        refused.incrementAndGet();
      }
    }

    /**
     * Of {@code send-test} and {@code doctor}, which have our key: that they get in says nothing of
     * Calendly's.
     */
    @Override
    public Answers ofOwnClock() {
      return new Answers() {
        @Override
        public void received(long tookNanos) {
          millis = clock.millis();
        }

        @Override
        public void refused(Refusal reason, String address) {}
      };
    }
  }

  /** Returns who is to be told how deliveries are answered. */
  Answers answers() {
    return Answers.all(counts, times, refused, last);
  }

  HourlyCounts counts() {
    return counts;
  }

  AnswerTimes times() {
    return times;
  }

  RefusedRequests refused() {
    return refused;
  }

  /** Returns when the last delivery came in since the start, if one did. */
  Optional<Instant> lastDelivery() {
    long millis = last.millis;
    return millis == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }

  /**
   * Returns how many deliveries came since the last good one, and the start, of which the signature
   * was out of time or made with another key: many of them mean that our clock or key is wrong.
   */
  long refusedSinceLastDelivery() {
    return last.refused.get();
  }

  private void write() {
    try {
      times.collect();
      counts.write();
    } catch (DatabaseUnavailableException e) {
      // Reported by the database, once a minute; the counts wait.
      log.debug("Counts wait for the database: reason={}", e.word());
    } catch (RuntimeException | Error e) {
      log.error("Counts were not written; they are with the next", e);
    }
  }

  /** Writes what is not written yet, if the database can be had now. */
  @Override
  public void close() {
    timer.shutdown();
    try {
      timer.awaitTermination(WRITE_EVERY_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    write();
  }
}
