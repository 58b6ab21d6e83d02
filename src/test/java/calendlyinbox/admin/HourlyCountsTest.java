package calendlyinbox.admin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import calendlyinbox.Eventually;
import calendlyinbox.RunningReceiver;
import calendlyinbox.SettableClock;
import calendlyinbox.calendly.CalendlyTime;
import calendlyinbox.delivery.Answers.Refusal;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HourlyCountsTest {
  private static final Instant NINE = Instant.parse("2026-11-23T09:00:00Z");
  private static final String ROWS = "SELECT hour, what, n FROM hourly_counts ORDER BY hour, what";

  @TempDir Path folder;
  private final SettableClock clock = new SettableClock(NINE.plusSeconds(59 * 60 + 59));
  private Database database;
  private HourlyCounts counts;

  @BeforeEach
  void open() {
    database = new Database(folder.resolve("calendly.db"), Duration.ofMillis(200), clock);
    counts = new HourlyCounts(database, clock);
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void each_is_written_under_the_hour_it_happened_in() throws Exception {
    counts.received(1);
    counts.received(1);
    counts.refused(Refusal.SIGNATURE_STALE, "192.0.2.1");
    clock.advance(Duration.ofSeconds(1));
    counts.received(1);
    counts.failed();

    counts.write();
    counts.received(1);
    counts.write();
    counts.write();

    assertEquals(
        List.of(
            "2026-11-23T09:00:00.000000Z|received|2",
            "2026-11-23T09:00:00.000000Z|signature_stale|1",
            "2026-11-23T10:00:00.000000Z|failed|1",
            "2026-11-23T10:00:00.000000Z|received|2"),
        rows());
  }

  @Test
  void one_refused_while_the_clock_is_a_year_ahead_takes_no_earlier_hour_away() throws Exception {
    counts.received(1);
    counts.write();

    clock.advance(Duration.ofDays(460));
    counts.refused(Refusal.SIGNATURE_STALE, "192.0.2.1");
    counts.write();

    assertEquals(
        List.of(
            "2026-11-23T09:00:00.000000Z|received|1",
            "2028-02-26T09:00:00.000000Z|signature_stale|1"),
        rows());
  }

  @Test
  void a_year_of_hours_is_kept_and_the_oldest_go_for_new_ones() throws Exception {
    int year = 366 * 24;
    database.write(
        handle -> {
          for (int i = 1; i <= year + 2; i++) {
            handle.execute(
                "INSERT INTO hourly_counts (hour, what, n) VALUES (?, 'received', 1), (?, 'failed', 1)",
                CalendlyTime.text(NINE.minus(Duration.ofHours(i))),
                CalendlyTime.text(NINE.minus(Duration.ofHours(i))));
          }
          return null;
        });

    counts.received(1);
    counts.write();

    assertEquals(
        List.of("8784|2025-11-22T10:00:00.000000Z|2026-11-23T09:00:00.000000Z"),
        RunningReceiver.rows(
            folder.resolve("calendly.db"),
            "SELECT count(DISTINCT hour), min(hour), max(hour) FROM hourly_counts"));
  }

  @Test
  void while_the_database_is_away_they_are_kept_and_come_later() throws Exception {
    counts.write();
    Path database = folder.resolve("calendly.db");
    this.database.close();
    Files.writeString(database, "garbage, and enough of it to be no database at all".repeat(10));
    counts.received(1);
    assertThrows(DatabaseUnavailableException.class, counts::write);
    clock.advance(Duration.ofHours(2));
    counts.received(1);
    assertThrows(DatabaseUnavailableException.class, counts::write);

    Files.delete(database);
    counts.write();

    assertEquals(
        List.of("2026-11-23T09:00:00.000000Z|received|1", "2026-11-23T11:00:00.000000Z|received|1"),
        rows());
  }

  @Test
  void what_is_written_and_what_is_not_yet_is_shown_together() throws Exception {
    counts.received(1);
    counts.write();
    clock.advance(Duration.ofHours(1));
    counts.received(1);
    counts.write();
    counts.received(1);

    assertArrayEquals(
        new long[] {0, 1, 2},
        counts.counts(NINE.minusSeconds(3600), Duration.ofHours(1), 3).get("received"));
    assertArrayEquals(
        new long[] {3},
        counts.counts(NINE.minusSeconds(9 * 3600), Duration.ofDays(1), 1).get("received"));
    assertEquals(
        List.of(
            "received",
            "failed",
            "signature_missing",
            "signature_malformed",
            "signature_stale",
            "signature_mismatch",
            "body_too_large",
            "journal_unavailable"),
        List.copyOf(counts.counts(NINE, Duration.ofHours(1), 1).keySet()));
  }

  @Test
  void who_asks_is_answered_while_the_database_is_rewritten_and_counts_wait_to_be_written()
      throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    counts.received(1);
    counts.write();
    counts.received(1);
    Thread rewriting = new Thread(() -> write(database, over));
    Thread writing = new Thread(this::write);
    try {
      rewriting.start();
      Eventually.holds("it is rewritten", () -> rewriting.getState() == Thread.State.WAITING);
      writing.start();
      Eventually.holds("counts wait", () -> writing.getState() == Thread.State.WAITING);

      assertArrayEquals(
          new long[] {2},
          assertTimeoutPreemptively(
                  Duration.ofMinutes(1), () -> counts.counts(NINE, Duration.ofHours(1), 1))
              .get("received"));
    } finally {
      over.countDown();
      rewriting.join();
      writing.join();
    }
    assertEquals(List.of("2026-11-23T09:00:00.000000Z|received|2"), rows());
  }

  private static void write(Database database, CountDownLatch over) {
    try {
      database.write(
          handle -> {
            try {
              over.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            return null;
          });
    } catch (DatabaseUnavailableException e) {
      throw new IllegalStateException(e);
    }
  }

  private void write() {
    try {
      counts.write();
    } catch (DatabaseUnavailableException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void none_is_lost_or_counted_twice_while_many_count_and_one_writes() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    Thread[] counting = new Thread[4];
    for (int i = 0; i < counting.length; i++) {
      counting[i] =
          new Thread(
              () -> {
                for (int n = 0; n < 20_000; n++) {
                  counts.received(1);
                }
              });
      counting[i].start();
    }
    Thread writing =
        new Thread(
            () -> {
              while (!done.get()) {
                write();
              }
            });
    writing.start();

    for (Thread thread : counting) {
      thread.join();
    }
    done.set(true);
    writing.join();
    counts.write();

    assertEquals(List.of("2026-11-23T09:00:00.000000Z|received|80000"), rows());
  }

  private List<String> rows() throws Exception {
    return RunningReceiver.rows(folder.resolve("calendly.db"), ROWS);
  }
}
