package calendlyinbox.store;

import static calendlyinbox.store.DatabaseWithLog.FRAMES_AT;
import static calendlyinbox.store.DatabaseWithLog.MOVED_AT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.SettableClock;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The shared memory of SQLite counts wrongly which pages were moved from the write-ahead log to the
 * main file. The place of each number is from sqlite.org/walformat.html.
 */
class MovedPagesTest {
  private static final int PAGE_NUMBERS_AT = 136;

  @TempDir Path folder;
  private Path file;
  private Database database;
  private DatabaseWithLog pages;

  @BeforeEach
  void given_a_database_whose_log_holds_pages_that_were_not_moved() throws Exception {
    file = folder.resolve("calendly.db");
    SettableClock clock = new SettableClock(Instant.parse("2026-11-23T12:00:00Z"));
    database = new Database(file, Duration.ofMillis(200), clock);
    pages = new DatabaseWithLog(file, database, 200);
    pages.add(100);
    assertTrue(pages.number(FRAMES_AT) > 10, "frames in the log: " + pages.number(FRAMES_AT));
    assertEquals(0, pages.number(MOVED_AT));
  }

  @AfterEach
  void close() throws IOException {
    pages.close();
  }

  @Test
  void a_checkpoint_that_left_pages_out_is_done_again() throws Exception {
    pages.put(MOVED_AT, pages.number(FRAMES_AT) - 2);

    assertTrue(database.checkpoint());

    pages.assertMainFileHasAllRows();
  }

  @Test
  void a_count_of_pages_that_the_log_does_not_have_is_corrected() throws Exception {
    pages.put(MOVED_AT, Integer.MIN_VALUE);

    assertTrue(database.checkpoint());

    pages.assertMainFileHasAllRows();
  }

  @Test
  void a_page_that_was_moved_to_another_pages_place_is_moved_to_its_own() throws Exception {
    int last = PAGE_NUMBERS_AT + 4 * (pages.number(FRAMES_AT) - 1);
    pages.put(last, pages.number(PAGE_NUMBERS_AT));

    assertTrue(database.checkpoint());

    pages.assertMainFileHasAllRows();
  }

  @Test
  void the_log_does_not_begin_anew_over_pages_that_were_not_moved() throws Exception {
    pages.put(MOVED_AT, pages.number(FRAMES_AT));

    pages.add(1);

    assertTrue(database.checkpoint());
    pages.assertMainFileHasAllRows();
  }

  @Test
  void all_is_in_the_main_file_when_it_is_closed_although_nothing_was_counted_as_left()
      throws Exception {
    pages.put(MOVED_AT, pages.number(FRAMES_AT));

    database.close();

    pages.assertMainFileHasAllRows();
  }

  @Test
  void the_log_is_emptied_only_when_the_main_file_has_all_of_it() throws Exception {
    pages.put(MOVED_AT, pages.number(FRAMES_AT) - 1);

    database.emptyLog();

    pages.assertMainFileHasAllRows();
  }

  @Test
  void others_can_read_while_another_program_holds_the_write_lock() throws Exception {
    try (Connection holder = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement locks = holder.createStatement()) {
      locks.execute("BEGIN IMMEDIATE");

      assertThrows(DatabaseUnavailableException.class, () -> database.write(DatabaseTest::rows));

      assertEquals(pages.rows(), DatabaseTest.number(file, "SELECT count(*) FROM invitees"));
    }
  }

  @Test
  void each_log_is_compared_anew() throws Exception {
    for (int i = 0; i < 5; i++) {
      assertTrue(database.checkpoint());
      pages.add(20);
      pages.put(MOVED_AT, pages.number(FRAMES_AT) - 1);
    }

    assertTrue(database.checkpoint());

    pages.assertMainFileHasAllRows();
  }

  @Test
  void damage_to_the_head_of_the_log_is_no_matter_while_its_index_is_sound() throws Exception {
    flipInLog(8, 0x40);

    assertTrue(database.checkpoint());

    pages.assertMainFileHasAllRows();
  }

  @Test
  void a_page_number_that_no_page_has_ends_the_log_and_work_goes_on() throws Exception {
    flipInLog(32, 0x80);

    assertTrue(database.checkpoint());
    pages.add(1);

    assertTrue(database.checkpoint());
    pages.assertMainFileHasAllRows();
  }

  private void flipInLog(int at, int bits) throws IOException {
    try (RandomAccessFile log =
        new RandomAccessFile(folder.resolve("calendly.db-wal").toFile(), "rw")) {
      log.seek(at);
      int before = log.read();
      log.seek(at);
      log.write(before ^ bits);
    }
  }
}
