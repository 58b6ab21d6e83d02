package calendlyinbox.admin;

import calendlyinbox.calendly.CalendlyTime;
import calendlyinbox.delivery.Answers;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/**
 * What happened at the door, counted by the hour in {@code hourly_counts}. Counting takes no lock
 * and waits for nothing; the counts go to the database in batches. While that is away they are kept
 * here, and come later; a crash loses those of the last seconds.
 */
final class HourlyCounts implements Answers {
  static final String RECEIVED = "received";
  static final String FAILED = "failed";

  /** Everything that is counted, by its name in the table. */
  static final List<String> NAMES =
      Stream.concat(
              Stream.of(RECEIVED, FAILED),
              Stream.of(Answers.Refusal.values()).map(Answers.Refusal::word))
          .toList();

  private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();

  /** So long the charts reach back, and a day more: older ones are let fall while they wait. */
  private static final int MOST_HOURS_WAITING = 31 * 24;

  /** Of a year, and more where there are hours in which nothing happens. */
  private static final int HOURS_KEPT = 366 * 24;

  private final Database database;
  private final Clock clock;
  private volatile Hour current;

  // While counts are neither here nor committed.
  private final ReentrantLock moving = new ReentrantLock();

  // Hours that were begun and may hold something that is not written yet.
  private final ConcurrentSkipListMap<Long, Hour> waiting = new ConcurrentSkipListMap<>();

  HourlyCounts(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
    this.current = hour(clock.millis() / HOUR_MILLIS);
  }

  /** The counts of an hour that are not in the database yet. */
  private static final class Hour {
    final long number;
    final Map<String, LongAdder> counts = new LinkedHashMap<>();

    Hour(long number) {
      this.number = number;
      NAMES.forEach(name -> counts.put(name, new LongAdder()));
    }

    String beginning() {
      return CalendlyTime.text(Instant.ofEpochMilli(number * HOUR_MILLIS));
    }
  }

  @Override
  public void received(long tookNanos) {
    count(RECEIVED);
  }

  @Override
  public void refused(Refusal reason, String address) {
    count(reason.word());
  }

  /** An event was given up. */
  void failed() {
    count(FAILED);
  }

  private void count(String name) {
    long number = clock.millis() / HOUR_MILLIS;
    Hour hour = current;
    if (hour.number != number) {
      hour = hour(number);
      current = hour;
    }
    hour.counts.get(name).increment();
  }

  private Hour hour(long number) {
    Hour hour = waiting.computeIfAbsent(number, Hour::new);
    while (waiting.size() > MOST_HOURS_WAITING) {
      waiting.pollFirstEntry();
    }
    return hour;
  }

  /**
   * Writes what was counted since the last time. When it returns it is committed; when it throws
   * everything is counted on here.
   */
  void write() throws DatabaseUnavailableException {
    List<Count> counts = new ArrayList<>();
    boolean written = false;
    try {
      if (isAnyWaiting()) {
        database.write(
            handle -> {
              // Not before the database is ours: that may take minutes, and whoever asks for the
              // counts waits for this.
              moving.lock();
              waiting.values().forEach(hour -> take(hour, counts));
              return write(handle, counts);
            });
      }
      written = true;
    } finally {
      if (!written) {
        counts.forEach(count -> count.hour.counts.get(count.name).add(count.n));
      }
      if (moving.isHeldByCurrentThread()) {
        moving.unlock();
      }
    }
    // The hour before stays: a thread that took its time may still count in it.
    waiting.headMap(current.number - 1).clear();
  }

  private boolean isAnyWaiting() {
    return waiting.values().stream()
        .anyMatch(hour -> hour.counts.values().stream().anyMatch(counter -> counter.sum() > 0));
  }

  private record Count(Hour hour, String name, long n) {}

  /** Takes each count out in one step: none that is added meanwhile is lost. */
  private static void take(Hour hour, List<Count> counts) {
    hour.counts.forEach(
        (name, adder) -> {
          long n = adder.sumThenReset();
          if (n > 0) {
            counts.add(new Count(hour, name, n));
          }
        });
  }

  private Void write(Handle handle, List<Count> counts) {
    for (Count count : counts) {
      handle
          .createUpdate(
              """
              INSERT INTO hourly_counts (hour, what, n) VALUES (:hour, :what, :n)
              ON CONFLICT (hour, what) DO UPDATE SET n = n + excluded.n
              """)
          .bind("hour", count.hour.beginning())
          .bind("what", count.name)
          .bind("n", count.n)
          .execute();
    }
    // Not by the clock: one that is ahead for a moment would take all of them away.
    handle
        .createUpdate(
            """
            DELETE FROM hourly_counts WHERE hour <
              (SELECT DISTINCT hour FROM hourly_counts ORDER BY hour DESC LIMIT 1 OFFSET :kept - 1)
            """)
        .bind("kept", HOURS_KEPT)
        .execute();
    return null;
  }

  /**
   * Returns what was counted, by name, in each step of time: what is written and what is not yet.
   *
   * @param from the beginning of an hour
   * @param step whole hours
   */
  Map<String, long[]> counts(Instant from, Duration step, int steps)
      throws DatabaseUnavailableException {
    Steps counts = new Steps(from.toEpochMilli(), step.toMillis(), steps);
    moving.lock();
    try {
      database.look(handle -> addWritten(handle, from, counts));
      for (Hour hour : waiting.values()) {
        hour.counts.forEach(
            (name, adder) -> counts.add(hour.number * HOUR_MILLIS, name, adder.sum()));
      }
    } finally {
      moving.unlock();
    }
    return counts.byName;
  }

  private static Void addWritten(Handle handle, Instant from, Steps counts) {
    handle
        .createQuery("SELECT hour, what, n FROM hourly_counts WHERE hour >= :from")
        .bind("from", CalendlyTime.text(from))
        .mapToMap()
        .forEach(
            row ->
                counts.add(
                    Instant.parse((String) row.get("hour")).toEpochMilli(),
                    (String) row.get("what"),
                    ((Number) row.get("n")).longValue()));
    return null;
  }

  private static final class Steps {
    private final long from;
    private final long step;
    private final Map<String, long[]> byName = new LinkedHashMap<>();

    Steps(long fromMillis, long stepMillis, int steps) {
      this.from = fromMillis;
      this.step = stepMillis;
      NAMES.forEach(name -> byName.put(name, new long[steps]));
    }

    /** What is out of reach, or was counted by another version, is not shown. */
    void add(long millis, String name, long n) {
      long[] row = byName.get(name);
      long at = Math.floorDiv(millis - from, step);
      if (row != null && at >= 0 && at < row.length) {
        row[(int) at] += n;
      }
    }
  }
}
