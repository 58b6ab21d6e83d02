package calendlyinbox.upkeep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Eventually;
import calendlyinbox.RunningReceiver;
import calendlyinbox.SettableClock;
import calendlyinbox.store.Database;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScrubTest {
  @TempDir Path folder;
  private Path file;
  private Database database;
  private final AtomicInteger told = new AtomicInteger();

  @BeforeEach
  void given_a_database_with_a_row() throws Exception {
    file = folder.resolve("calendly.db");
    SettableClock clock = new SettableClock(Instant.parse("2026-11-23T12:00:00Z"));
    database = new Database(file, Duration.ofMillis(200), clock);
    database.write(handle -> handle.execute("INSERT INTO invitees (uri) VALUES ('ada')"));
    assertTrue(database.checkpoint());
  }

  @AfterEach
  void close() {
    RunningReceiver.awaitReading();
    database.close();
  }

  @Test
  void it_is_read_again_and_again_and_whoever_waits_is_told_each_time() throws Exception {
    long begun = System.nanoTime();
    List<Duration> took = new CopyOnWriteArrayList<>();
    UnaryOperator<Duration> rest =
        one -> {
          took.add(one);
          return Duration.ZERO;
        };
    try (Scrub scrub = new Scrub(database.soundness(), told::incrementAndGet, rest)) {
      scrub.start();

      Eventually.holds("read three times", () -> told.get() >= 3 && took.size() >= 3);
    }
    Duration all = Duration.ofNanos(System.nanoTime() - begun);
    assertTrue(
        took.stream().limit(3).reduce(Duration.ZERO, Duration::plus).compareTo(all) < 0,
        took + " in " + all);
  }

  @Test
  void damage_that_comes_later_is_found_without_anybody_asking_and_so_is_its_end()
      throws Exception {
    try (Scrub scrub =
        new Scrub(database.soundness(), told::incrementAndGet, took -> Duration.ZERO)) {
      scrub.start();
      Eventually.holds("found sound", () -> database.soundness().isGiven());
      byte[] whole = Files.readAllBytes(file);

      write(whole.length - 4096, new byte[] {0x55, 0x55, 0x55, 0x55});

      Eventually.holds("found", () -> database.soundness().damage().isPresent());

      write(0, whole);

      Eventually.holds("found mended", () -> database.soundness().isGiven());
    }
  }

  @Test
  void until_it_could_be_read_it_does_not_count_as_sound() throws Exception {
    database.close();
    Path away = Files.move(file, folder.resolve("away.db"));
    // In its place, so that there is something that cannot be read.
    Files.createDirectory(file);
    try (Scrub scrub = new Scrub(database.soundness(), told::incrementAndGet)) {
      scrub.start();
      assertFalse(database.soundness().isGiven());
      Files.delete(file);
      Files.move(away, file);

      Eventually.holds("read", () -> told.get() > 0);
      assertTrue(database.soundness().isGiven());
    }
  }

  @Test
  void nothing_that_is_thrown_ends_it() throws Exception {
    Runnable throwing =
        () -> {
          if (told.incrementAndGet() == 1) {
            throw new IllegalStateException("on purpose");
          }
          if (told.get() == 2) {
            throw new NoClassDefFoundError("on purpose");
          }
        };
    try (Scrub scrub = new Scrub(database.soundness(), throwing, took -> Duration.ZERO)) {
      scrub.start();

      Eventually.holds("read again", () -> told.get() > 2);
    }
  }

  @Test
  void the_rest_is_a_minute_or_a_hundred_times_as_long_as_the_reading_took() {
    assertEquals(Duration.ofMinutes(1), Scrub.restAfter(Duration.ofMillis(20)));
    assertEquals(Duration.ofSeconds(200), Scrub.restAfter(Duration.ofSeconds(2)));
  }

  private void write(long at, byte[] bytes) throws Exception {
    try (RandomAccessFile pages = new RandomAccessFile(file.toFile(), "rw")) {
      pages.seek(at);
      pages.write(bytes);
    }
  }
}
