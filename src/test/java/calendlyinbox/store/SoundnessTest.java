package calendlyinbox.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Eventually;
import calendlyinbox.SettableClock;
import calendlyinbox.store.DatabaseUnavailableException.Trouble;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damage to a page that nobody reads. */
class SoundnessTest {
  @TempDir Path folder;
  private Path file;
  private Database database;
  private Soundness soundness;

  @BeforeEach
  void given_a_database_with_rows() throws Exception {
    file = folder.resolve("calendly.db");
    SettableClock clock = new SettableClock(Instant.parse("2026-11-23T12:00:00Z"));
    database = new Database(file, Duration.ofMillis(200), clock);
    soundness = database.soundness();
    database.write(handle -> handle.execute("INSERT INTO invitees (uri) VALUES ('ada')"));
    assertTrue(database.checkpoint());
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void a_whole_file_is_sound() throws Exception {
    soundness.inspect();

    assertTrue(soundness.isGiven());
    assertEquals(Optional.empty(), soundness.damage());
    assertEquals(Optional.empty(), database.trouble());
  }

  @Test
  void before_the_first_inspection_it_does_not_count_as_sound_where_one_is_awaited()
      throws Exception {
    assertTrue(soundness.isGiven());
    soundness.awaitInspection();
    assertFalse(soundness.isGiven());

    soundness.inspect();

    assertTrue(soundness.isGiven());
  }

  @Test
  void where_there_is_no_file_nothing_is_damaged() throws Exception {
    Database none =
        new Database(folder.resolve("none.db"), Duration.ZERO, new SettableClock(Instant.EPOCH));
    none.soundness().awaitInspection();

    none.soundness().inspect();

    assertTrue(none.soundness().isGiven());
    assertFalse(Files.exists(folder.resolve("none.db")));
  }

  @Test
  void a_damaged_page_is_named_although_writing_goes_on() throws Exception {
    damageLastPage();
    assertEquals(Optional.empty(), database.trouble());

    soundness.inspect();

    assertFalse(soundness.isGiven());
    assertEquals(Trouble.CORRUPT, database.trouble().orElseThrow().trouble());
    database.write(handle -> handle.execute("INSERT INTO invitees (uri) VALUES ('bob')"));
    assertEquals(Trouble.CORRUPT, database.trouble().orElseThrow().trouble());
  }

  @Test
  void another_file_in_its_place_is_not_the_damaged_one() throws Exception {
    Path copy = Files.copy(file, folder.resolve("copy.db"));
    damageLastPage();
    soundness.inspect();

    Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE);

    assertEquals(Optional.empty(), soundness.damage());
    assertTrue(soundness.isGiven());
  }

  @Test
  void mended_in_its_place_it_is_sound_after_the_next_inspection() throws Exception {
    byte[] whole = Files.readAllBytes(file);
    damageLastPage();
    soundness.inspect();
    try (RandomAccessFile back = new RandomAccessFile(file.toFile(), "rw")) {
      back.write(whole);
    }

    soundness.inspect();

    assertEquals(Optional.empty(), soundness.damage());
    assertEquals(Optional.empty(), database.trouble());
  }

  @Test
  void a_file_that_cannot_even_be_begun_with_is_damaged() throws Exception {
    try (RandomAccessFile pages = new RandomAccessFile(file.toFile(), "rw")) {
      // The page of the schema, behind the file's own header.
      pages.seek(100);
      pages.write(new byte[3996]);
    }

    soundness.inspect();

    assertEquals(Trouble.CORRUPT, soundness.damage().orElseThrow().trouble());
    assertFalse(soundness.isGiven());
  }

  @Test
  void what_could_not_be_read_to_its_end_says_nothing_new() throws Exception {
    damageLastPage();
    soundness.inspect();
    soundness.awaitInspection();
    Path away = Files.move(file, folder.resolve("away.db"));
    Files.createDirectory(file);

    DatabaseUnavailableException thrown =
        assertThrows(DatabaseUnavailableException.class, soundness::inspect);

    assertEquals(Trouble.UNREADABLE, thrown.trouble());
    assertFalse(soundness.isGiven());
    Files.delete(file);
    Files.move(away, file);
    assertEquals(Trouble.CORRUPT, soundness.damage().orElseThrow().trouble());
  }

  @Test
  void damage_and_its_end_are_each_logged_once() throws Exception {
    byte[] whole = Files.readAllBytes(file);
    PrintStream err = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    try {
      System.setErr(new PrintStream(log, true));
      soundness.inspect();
      assertEquals(0, times("Database ", log));
      damageLastPage();
      soundness.inspect();
      assertEquals(1, times("Database damaged: ", log));
      soundness.inspect();
      assertEquals(1, times("Database damaged: ", log));
      assertEquals(0, times("Database sound again", log));
      try (RandomAccessFile back = new RandomAccessFile(file.toFile(), "rw")) {
        back.write(whole);
      }
      soundness.inspect();
      assertEquals(1, times("Database sound again", log));
      soundness.inspect();
    } finally {
      System.setErr(err);
    }

    assertEquals(1, times("Database damaged: ", log));
    assertEquals(1, times("Database sound again", log));
  }

  @Test
  void it_rests_for_most_of_the_time_that_it_takes() throws Exception {
    manyRows();

    Effort effort = inspected(soundness);

    assertTrue(effort.took() > 4 * effort.worked(), effort.toString());
  }

  @Test
  void a_process_that_was_stopped_for_an_hour_does_not_rest_for_nine() {
    assertEquals(Duration.ofMillis(9).toNanos(), Soundness.restAfter(1_000_000));
    assertEquals(
        Duration.ofSeconds(1).toNanos(), Soundness.restAfter(Duration.ofHours(1).toNanos()));
  }

  @Test
  void it_does_not_rest_while_the_log_grows_behind_its_back() throws Exception {
    manyRows();

    assertDoesNotRest(() -> inspected(new Soundness(database, file, 1)));
  }

  @Test
  void it_does_not_rest_where_somebody_waits_for_it() throws Exception {
    manyRows();

    assertDoesNotRest(
        () -> {
          soundness.awaitInspection();
          soundness.hurry();
          return inspected(soundness);
        });
  }

  @Test
  void only_the_one_that_is_awaited_is_hurried() throws Exception {
    manyRows();
    soundness.hurry();

    Effort effort = inspected(soundness);

    assertTrue(effort.took() > 4 * effort.worked(), effort.toString());
  }

  @Test
  void one_that_was_hurried_rests_again_the_next_time() throws Exception {
    manyRows();
    soundness.awaitInspection();
    soundness.hurry();
    soundness.inspect();

    Effort effort = inspected(soundness);

    assertTrue(effort.took() > 4 * effort.worked(), effort.toString());
  }

  /** With one inspection behind them: what is done for the first time takes longer. */
  private void manyRows() throws Exception {
    database.write(
        handle -> {
          for (int i = 0; i < 20_000; i++) {
            handle.execute("INSERT INTO invitees (uri, name) VALUES (?, ?)", i, "n".repeat(900));
          }
          return null;
        });
    assertTrue(database.checkpoint());
    soundness.inspectAtOnce();
  }

  /** In nanoseconds. */
  private record Effort(long worked, long took) {}

  /**
   * Once is enough. An inspection that rests takes nine times its work in rests alone, every time;
   * one that does not may yet have to wait for a processor or the disk.
   */
  private static void assertDoesNotRest(Callable<Effort> inspection) throws Exception {
    Eventually.holds(
        "an inspection without rests",
        Duration.ofMinutes(2),
        () -> {
          Effort effort = inspection.call();
          return effort.took() < 4 * effort.worked();
        });
  }

  private static Effort inspected(Soundness soundness) throws Exception {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long begun = System.nanoTime();
    long worked = threads.getCurrentThreadCpuTime();
    soundness.inspect();
    worked = threads.getCurrentThreadCpuTime() - worked;
    return new Effort(worked, System.nanoTime() - begun);
  }

  private static int times(String text, ByteArrayOutputStream log) {
    return log.toString().split(text, -1).length - 1;
  }

  private void damageLastPage() throws Exception {
    try (RandomAccessFile pages = new RandomAccessFile(file.toFile(), "rw")) {
      pages.seek(pages.length() - 4096);
      pages.write(new byte[] {0x55, 0x55, 0x55, 0x55});
    }
  }
}
