package calendlyinbox.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Eventually;
import calendlyinbox.RunningReceiver;
import calendlyinbox.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages that are moved while transactions go on. */
class LogMoverTest {
  private static final int MANY_FRAMES = 50;

  @TempDir Path folder;
  private Path file;
  private Database database;
  private DatabaseWithLog pages;
  private SettableClock clock;

  @BeforeEach
  void given_a_database_that_moves_even_few_pages_beside() throws Exception {
    file = folder.resolve("calendly.db");
    clock = new SettableClock(Instant.parse("2026-11-23T12:00:00Z"));
    database = new Database(file, Duration.ofMillis(200), clock, MANY_FRAMES);
    pages = new DatabaseWithLog(file, database, 1);
  }

  @AfterEach
  void close() throws Exception {
    pages.close();
  }

  @Test
  void pages_are_moved_while_a_transaction_is_open_and_the_rest_when_it_has_ended()
      throws Exception {
    pages.add(300);
    long before = pages.index().moved();

    database.write(
        handle -> {
          pages.insert(handle, 1);
          eventually("pages are moved", () -> pages.index().moved() >= before + MANY_FRAMES);
          return null;
        });

    eventually("the rest is moved", () -> pages.index().moved() == pages.index().frames());
    pages.assertMainFileHasAllRows();
  }

  @Test
  void the_log_begins_anew_under_transactions_that_never_pause() throws Exception {
    pages.add(1);
    long first = pages.index().salt();

    for (int i = 0; i < 5_000 && pages.index().salt() == first; i++) {
      pages.add(1);
    }

    assertTrue(pages.index().salt() != first, "frames in the log: " + pages.index().frames());
  }

  @Test
  void few_pages_are_left_for_the_next_checkpoint() throws Exception {
    pages.add(5);

    database.write(DatabaseTest::rows);

    assertTrue(pages.index().frames() < MANY_FRAMES, pages.index().toString());
    assertEquals(0, pages.index().moved());
  }

  /** To make it as long anew costs twice of what it costs to write over it. */
  @Test
  void a_log_that_was_filled_keeps_its_size_and_is_cut_when_it_did_with_little_for_a_while()
      throws Exception {
    fillLog();
    long filled = logBytes();
    assertTrue(filled > 40_000_000, "bytes of the log: " + filled);

    clock.advance(Duration.ofMinutes(9));
    useLittle();
    assertEquals(filled, logBytes());

    fillLog();
    clock.advance(Duration.ofMinutes(9));
    useLittle();
    assertTrue(logBytes() >= filled, "as it was filled nine minutes ago: " + logBytes());

    clock.advance(Duration.ofMinutes(1));
    useLittle();
    assertEquals(32 * 1024 * 1024, logBytes());
  }

  /**
   * In each of two logs: when the first is moved it is seen to be time, and the next one is cut.
   */
  private void useLittle() throws DatabaseUnavailableException {
    for (int i = 0; i < 2; i++) {
      pages.add(1);
      assertTrue(database.checkpoint());
    }
  }

  private void fillLog() throws Exception {
    pages.add(40_000);
    database.write(DatabaseTest::rows);
    eventually("nothing is moved beside any more", LogMoverTest::isQuiet);
    assertTrue(database.checkpoint());
  }

  private static boolean isQuiet() {
    return Thread.getAllStackTraces().keySet().stream()
        .noneMatch(thread -> thread.getName().equals("checkpoint"));
  }

  private long logBytes() throws IOException {
    return Files.size(folder.resolve("calendly.db-wal"));
  }

  @Test
  void what_a_reader_needs_stays_in_the_log_until_it_has_ended() throws Exception {
    try (Handle reader = Jdbi.open("jdbc:sqlite:" + file)) {
      reader.begin();
      int seen = reader.createQuery("SELECT count(*) FROM invitees").mapTo(Integer.class).one();
      pages.add(300);
      for (int i = 0; i < 100; i++) {
        pages.add(1);
      }
      assertEquals(
          seen,
          reader.createQuery("SELECT count(*) FROM invitees").mapTo(Integer.class).one(),
          "rows seen by one transaction");
      reader.rollback();
    }

    assertTrue(database.checkpoint());
    pages.assertMainFileHasAllRows();
  }

  @Test
  void closed_while_pages_are_moved_beside_it_leaves_no_log_and_no_row_behind() throws Exception {
    for (int i = 0; i < 20; i++) {
      pages.add(100);
      database.write(DatabaseTest::rows);
      database.close();

      assertTrue(Files.notExists(folder.resolve("calendly.db-wal")), "round " + i);
      pages.assertMainFileHasAllRows();
    }
  }

  @Test
  void pages_that_were_counted_as_moved_and_left_out_reach_the_main_file() throws Exception {
    for (int i = 0; i < 5; i++) {
      assertTrue(database.checkpoint());
      pages.add(300);
      // As one that a bit was turned over in.
      pages.put(DatabaseWithLog.MOVED_AT, pages.number(DatabaseWithLog.FRAMES_AT) - 2);
      pages.add(1);
      database.write(DatabaseTest::rows);
    }

    assertTrue(database.checkpoint());
    pages.assertMainFileHasAllRows();
  }

  @Test
  void another_database_under_the_name_is_not_given_the_pages_of_the_one_before() throws Exception {
    Path copy = folder.resolve("copy.db");
    DatabaseTest.execute(file, "VACUUM INTO '" + copy + "'");
    for (int i = 0; i < 10; i++) {
      pages.add(100);
      database.write(DatabaseTest::rows);
      Path other = Files.copy(copy, folder.resolve("other.db"));
      Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
      Optional<DatabaseUnavailableException> replaced = written();
      if (replaced.isPresent()) {
        pages.add(1);
      }

      assertEquals(
          List.of("ok"), RunningReceiver.rows(file, "PRAGMA integrity_check"), "round " + i);
    }
  }

  @Test
  void one_that_is_moved_away_while_pages_are_moved_is_whole_where_it_is_then() throws Exception {
    for (int i = 0; i < 20; i++) {
      pages.add(300);
      long there = database.write(DatabaseTest::rows);
      Path away = Files.move(file, folder.resolve("away.db"), StandardCopyOption.REPLACE_EXISTING);

      written();

      assertEquals(
          List.of("ok"), RunningReceiver.rows(away, "PRAGMA integrity_check"), "round " + i);
      assertEquals(there, DatabaseTest.number(away, "SELECT count(*) FROM invitees"), "round " + i);
    }
  }

  @Test
  void a_thread_that_is_interrupted_closes_no_file_for_the_others() throws Exception {
    Thread.currentThread().interrupt();
    pages.add(1);
    assertTrue(database.checkpoint());
    assertTrue(Thread.interrupted());

    pages.add(1);

    assertTrue(database.checkpoint());
    pages.assertMainFileHasAllRows();
  }

  /** The first transaction after an exchange may fail. */
  private Optional<DatabaseUnavailableException> written() {
    try {
      pages.add(1);
      return Optional.empty();
    } catch (DatabaseUnavailableException e) {
      return Optional.of(e);
    }
  }

  private static void eventually(String what, Callable<Boolean> condition) {
    try {
      Eventually.holds(what, condition);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
