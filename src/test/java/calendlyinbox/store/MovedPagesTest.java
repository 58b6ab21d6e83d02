package calendlyinbox.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.RunningReceiver;
import calendlyinbox.SettableClock;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The shared memory of SQLite counts wrongly which pages were moved from the write-ahead log to the
 * main file. The place of each number is from sqlite.org/walformat.html.
 */
class MovedPagesTest {
  private static final int FRAMES_AT = 16;
  private static final int MOVED_AT = 96;
  private static final int PAGE_NUMBERS_AT = 136;

  @TempDir Path folder;
  private Path file;
  private Database database;
  // Open as long as SQLite has it open: closing it would let go of SQLite's locks.
  private RandomAccessFile index;
  private int rows;

  @BeforeEach
  void given_a_database_whose_log_holds_pages_that_were_not_moved() throws Exception {
    file = folder.resolve("calendly.db");
    SettableClock clock = new SettableClock(Instant.parse("2026-11-23T12:00:00Z"));
    database = new Database(file, Duration.ofMillis(200), clock);
    add(200);
    assertTrue(database.checkpoint());
    add(100);
    index = new RandomAccessFile(folder.resolve("calendly.db-shm").toFile(), "rw");
    assertTrue(number(FRAMES_AT) > 10, "frames in the log: " + number(FRAMES_AT));
    assertEquals(0, number(MOVED_AT));
  }

  @AfterEach
  void close() throws IOException {
    database.close();
    index.close();
  }

  @Test
  void a_checkpoint_that_left_pages_out_is_done_again() throws Exception {
    put(MOVED_AT, number(FRAMES_AT) - 2);

    assertTrue(database.checkpoint());

    assertMainFileHasAllRows();
  }

  @Test
  void a_count_of_pages_that_the_log_does_not_have_is_corrected() throws Exception {
    put(MOVED_AT, Integer.MIN_VALUE);

    assertTrue(database.checkpoint());

    assertMainFileHasAllRows();
  }

  @Test
  void a_page_that_was_moved_to_another_pages_place_is_moved_to_its_own() throws Exception {
    int last = PAGE_NUMBERS_AT + 4 * (number(FRAMES_AT) - 1);
    put(last, number(PAGE_NUMBERS_AT));

    assertTrue(database.checkpoint());

    assertMainFileHasAllRows();
  }

  @Test
  void the_log_does_not_begin_anew_over_pages_that_were_not_moved() throws Exception {
    put(MOVED_AT, number(FRAMES_AT));

    add(1);

    assertTrue(database.checkpoint());
    assertMainFileHasAllRows();
  }

  @Test
  void all_is_in_the_main_file_when_it_is_closed_although_nothing_was_counted_as_left()
      throws Exception {
    put(MOVED_AT, number(FRAMES_AT));

    database.close();

    assertMainFileHasAllRows();
  }

  @Test
  void the_log_is_emptied_only_when_the_main_file_has_all_of_it() throws Exception {
    put(MOVED_AT, number(FRAMES_AT) - 1);

    database.emptyLog();

    assertMainFileHasAllRows();
  }

  @Test
  void others_can_read_while_another_program_holds_the_write_lock() throws Exception {
    try (Connection holder = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement locks = holder.createStatement()) {
      locks.execute("BEGIN IMMEDIATE");

      assertThrows(DatabaseUnavailableException.class, () -> database.write(DatabaseTest::rows));

      assertEquals(rows, DatabaseTest.number(file, "SELECT count(*) FROM invitees"));
    }
  }

  @Test
  void each_log_is_compared_anew() throws Exception {
    for (int i = 0; i < 5; i++) {
      assertTrue(database.checkpoint());
      add(20);
      put(MOVED_AT, number(FRAMES_AT) - 1);
    }

    assertTrue(database.checkpoint());

    assertMainFileHasAllRows();
  }

  @Test
  void damage_to_the_head_of_the_log_is_no_matter_while_its_index_is_sound() throws Exception {
    flipInLog(8, 0x40);

    assertTrue(database.checkpoint());

    assertMainFileHasAllRows();
  }

  @Test
  void a_page_number_that_no_page_has_ends_the_log_and_work_goes_on() throws Exception {
    flipInLog(32, 0x80);

    assertTrue(database.checkpoint());
    add(1);

    assertTrue(database.checkpoint());
    assertMainFileHasAllRows();
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

  private void add(int count) throws DatabaseUnavailableException {
    database.write(
        handle -> {
          for (int i = 0; i < count; i++) {
            handle.execute(
                "INSERT INTO invitees (uri, name) VALUES (?, ?)", "i" + rows++, "n".repeat(900));
          }
          return null;
        });
  }

  /** Read from a copy that has no log beside it. */
  private void assertMainFileHasAllRows() throws IOException, SQLException {
    Path alone = Files.copy(file, folder.resolve("alone.db"));
    assertEquals(List.of("ok"), RunningReceiver.rows(alone, "PRAGMA integrity_check"));
    assertEquals(rows, DatabaseTest.number(alone, "SELECT count(*) FROM invitees"));
  }

  private int number(int at) throws IOException {
    index.seek(at);
    return order(index.readInt());
  }

  private void put(int at, int number) throws IOException {
    index.seek(at);
    index.writeInt(order(number));
  }

  private static int order(int number) {
    return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? number : Integer.reverseBytes(number);
  }
}
