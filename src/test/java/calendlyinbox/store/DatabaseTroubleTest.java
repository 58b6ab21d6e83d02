package calendlyinbox.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import calendlyinbox.Eventually;
import calendlyinbox.SettableClock;
import calendlyinbox.store.DatabaseUnavailableException.Trouble;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can befall the file: each trouble has its word, and none needs a restart. */
class DatabaseTroubleTest {
  @TempDir Path folder;
  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-23T12:00:00Z"));
  private Path file;
  private Database database;

  @BeforeEach
  void open() {
    file = folder.resolve("calendly.db");
    database = new Database(file, Duration.ofMillis(100), clock);
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void a_database_of_another_program_is_left_as_it_is() throws Exception {
    DatabaseTest.execute(file, "CREATE TABLE theirs (a)");
    byte[] before = Files.readAllBytes(file);

    assertTrouble(Trouble.NOT_OURS);

    assertArrayEquals(before, Files.readAllBytes(file));
    Files.delete(file);
    assertWorks(1);
  }

  @Test
  void who_looks_is_not_kept_waiting_while_the_server_itself_writes_the_whole_file_anew()
      throws Exception {
    assertWorks(1);
    try (Database patient = new Database(file, Duration.ofSeconds(30), clock);
        Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      FutureTask<Optional<DatabaseUnavailableException>> rewriting =
          new FutureTask<>(patient::rewrite);
      Thread thread = new Thread(rewriting);
      thread.start();
      Eventually.holds("it is writing, and waits for the other", () -> isIn("rewrite", thread));

      assertEquals(
          Optional.empty(),
          CompletableFuture.supplyAsync(patient::trouble).get(15, TimeUnit.SECONDS));

      assertFalse(rewriting.isDone());
      statement.execute("ROLLBACK");
      assertEquals(Optional.empty(), rewriting.get());
    }
  }

  @Test
  void nor_while_that_waits_for_its_turn() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    Thread writer = new Thread(() -> writeUntil(held));
    Thread rewriter = new Thread(database::rewrite);
    writer.start();
    Eventually.holds("somebody writes", () -> isIn("writeUntil", writer));
    rewriter.start();
    Eventually.holds("it waits for its turn", () -> rewriter.getState() == Thread.State.WAITING);

    assertEquals(
        Optional.empty(),
        CompletableFuture.supplyAsync(database::trouble).get(15, TimeUnit.SECONDS));

    held.countDown();
    writer.join();
    rewriter.join();
  }

  @Test
  void nor_while_it_brings_an_older_database_forward() throws Exception {
    OlderDatabase.make("2", file);
    try (Database patient = new Database(file, Duration.ofSeconds(30), clock);
        Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      FutureTask<Long> writing = new FutureTask<>(() -> patient.write(DatabaseTest::rows));
      Thread thread = new Thread(writing);
      thread.start();
      Eventually.holds(
          "it is brought forward, and waits for the other", () -> isIn(Upgrade.class, thread));

      assertEquals(
          Optional.empty(),
          CompletableFuture.supplyAsync(patient::trouble).get(15, TimeUnit.SECONDS));

      assertFalse(writing.isDone());
      statement.execute("ROLLBACK");
      writing.get();
      assertEquals(Schema.VERSION, DatabaseTest.number(file, "PRAGMA user_version"));
    }
  }

  @Test
  void who_looks_does_not_bring_it_forward_himself_and_is_told_why_that_failed_last()
      throws Exception {
    OlderDatabase.make("2", file);

    assertEquals(Optional.empty(), database.trouble());

    assertEquals(2, DatabaseTest.number(file, "PRAGMA user_version"));
    DatabaseTest.execute(file, "ALTER TABLE invitees ADD COLUMN shoe_size");
    assertTrouble(Trouble.CORRUPT);
    DatabaseTest.execute(file, "ALTER TABLE invitees DROP COLUMN shoe_size");
    add();
    assertEquals(Optional.empty(), database.trouble());
  }

  @Test
  void who_looks_does_not_wait_behind_those_who_try_what_failed_last() throws Exception {
    try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = other.createStatement()) {
      add();
      statement.execute("BEGIN IMMEDIATE");
      assertEquals(Trouble.LOCKED, wordOfWrite());
      statement.execute("ROLLBACK");
    }
    CountDownLatch held = new CountDownLatch(1);
    Thread writer = new Thread(() -> writeUntil(held));
    writer.start();
    Eventually.holds("somebody tries", () -> isIn("writeUntil", writer));

    assertEquals(
        Optional.of(Trouble.LOCKED),
        CompletableFuture.supplyAsync(database::trouble)
            .get(15, TimeUnit.SECONDS)
            .map(DatabaseUnavailableException::trouble));

    held.countDown();
    writer.join();
    assertWorks(2);
  }

  private static boolean isIn(Class<?> type, Thread thread) {
    return Arrays.stream(thread.getStackTrace())
        .anyMatch(frame -> frame.getClassName().equals(type.getName()));
  }

  private void writeUntil(CountDownLatch done) {
    try {
      database.write(
          handle -> {
            try {
              return done.await(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });
    } catch (DatabaseUnavailableException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether a thread does the work that a method hands over. */
  private static boolean isIn(String method, Thread thread) {
    return Arrays.stream(thread.getStackTrace())
        .anyMatch(frame -> frame.getMethodName().startsWith("lambda$" + method));
  }

  @Test
  void garbage_in_its_place_is_corrupt() throws Exception {
    byte[] garbage = new byte[10_000];
    new Random(1).nextBytes(garbage);
    Files.write(file, garbage);

    assertTrouble(Trouble.CORRUPT);

    assertArrayEquals(garbage, Files.readAllBytes(file));
    Files.delete(file);
    assertWorks(1);
  }

  @Test
  void a_folder_in_its_place_is_unreadable() throws Exception {
    Files.createDirectory(file);

    assertTrouble(Trouble.UNREADABLE);

    Files.delete(file);
    assertWorks(1);
  }

  @Test
  void its_folder_may_be_missing_for_a_while() throws Exception {
    Path gone = folder.resolve("gone");
    file = gone.resolve("calendly.db");
    database = new Database(file, Duration.ofMillis(100), clock);

    assertTrouble(Trouble.UNREADABLE);

    Files.createDirectory(gone);
    assertWorks(1);
  }

  @Test
  void deleted_while_open_it_is_made_anew() throws Exception {
    assertWorks(1);
    assertWorks(2);

    Files.delete(file);

    assertEquals(Trouble.DELETED, wordOfWrite());
    assertWorks(1);
    assertEquals(1, DatabaseTest.number(file, "SELECT count(*) FROM invitees"));
  }

  @Test
  void deleted_while_a_transaction_runs_nothing_counts_as_written() throws Exception {
    assertWorks(1);

    DatabaseUnavailableException thrown =
        assertThrows(
            DatabaseUnavailableException.class,
            () ->
                database.write(
                    handle -> {
                      file.toFile().delete();
                      return handle.execute("INSERT INTO invitees (uri) VALUES ('lost')");
                    }));

    assertEquals(Trouble.DELETED, thrown.trouble());
    assertWorks(1);
  }

  @Test
  void replaced_while_open_the_one_that_stands_there_now_is_written() throws Exception {
    assertWorks(1);
    assertWorks(2);
    Path other = folder.resolve("other.db");
    try (Database maker = new Database(other, Duration.ofMillis(100), clock)) {
      maker.write(handle -> handle.execute("INSERT INTO invitees (uri) VALUES ('theirs')"));
    }

    Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);

    assertEquals(Trouble.DELETED, wordOfWrite());
    assertWorks(2);
    assertEquals(2, DatabaseTest.number(file, "SELECT count(*) FROM invitees"));
    assertEquals("ok", DatabaseTest.text(file, "PRAGMA integrity_check"));
  }

  @Test
  void overwritten_in_place_while_open_it_is_corrupt() throws Exception {
    assertWorks(1);

    Files.write(file, new byte[8192], StandardOpenOption.TRUNCATE_EXISTING);

    assertEquals(Trouble.CORRUPT, wordOfWrite());
    Files.delete(file);
    assertWorks(1);
  }

  @Test
  void a_copy_moved_in_after_it_was_overwritten_in_place_is_not_mixed_with_the_old_log()
      throws Exception {
    Path copy = copyOfLargeOne();
    Files.write(file, new byte[8192], StandardOpenOption.TRUNCATE_EXISTING);
    assertTrouble(Trouble.CORRUPT);

    Files.move(copy, file, StandardCopyOption.REPLACE_EXISTING);

    assertWorks(3);
    assertEquals("ok", DatabaseTest.text(file, "PRAGMA integrity_check"));
  }

  @Test
  void a_copy_moved_in_under_a_process_that_found_it_corrupt_is_not_mixed_with_the_old_log()
      throws Exception {
    Path copy = copyOfLargeOne();
    Path log = folder.resolve("calendly.db-wal");
    byte[] old = Files.readAllBytes(log);
    database.close();
    Files.write(log, old);
    Files.write(file, new byte[8192], StandardOpenOption.TRUNCATE_EXISTING);
    database = new Database(file, Duration.ofMillis(100), clock);
    assertTrouble(Trouble.CORRUPT);

    Files.move(copy, file, StandardCopyOption.REPLACE_EXISTING);

    assertWorks(3);
    assertEquals("ok", DatabaseTest.text(file, "PRAGMA integrity_check"));
  }

  @Test
  void its_log_emptied_while_it_is_open_is_corrupt() throws Exception {
    assertWorks(1);
    Path copy = copyOf(file);
    Files.write(folder.resolve("calendly.db-wal"), new byte[0]);

    assertEquals(Trouble.CORRUPT, wordOfWrite());

    Files.move(copy, file, StandardCopyOption.REPLACE_EXISTING);
    assertWorks(2);
    assertEquals("ok", DatabaseTest.text(file, "PRAGMA integrity_check"));
  }

  private Path copyOf(Path file) throws Exception {
    Path copy = folder.resolve("copy.db");
    DatabaseTest.execute(file, "VACUUM INTO '" + copy + "'");
    return copy;
  }

  /** So large that SQLite does not bring its log into the little that is left of it. */
  private Path copyOfLargeOne() throws Exception {
    assertWorks(1);
    String large = "INSERT INTO invitees (uri, answers) VALUES ('large', zeroblob(400000))";
    database.write(handle -> handle.execute(large));
    return copyOf(file);
  }

  @Test
  void overwritten_in_place_by_another_programs_database_it_is_not_ours() throws Exception {
    assertWorks(1);
    Path theirs = folder.resolve("theirs.db");
    DatabaseTest.execute(theirs, "CREATE TABLE theirs (a)");

    Files.write(file, Files.readAllBytes(theirs), StandardOpenOption.TRUNCATE_EXISTING);

    assertEquals(Trouble.NOT_OURS, wordOfWrite());
    Files.delete(file);
    assertWorks(1);
  }

  @Test
  void locked_by_another_connection_it_is_locked_until_that_lets_go() throws Exception {
    assertWorks(1);
    try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");

      assertTrouble(Trouble.LOCKED);

      statement.execute("ROLLBACK");
    }
    assertWorks(2);
  }

  @Test
  void without_a_table_it_is_corrupt() throws Exception {
    assertWorks(1);
    DatabaseTest.execute(file, "ALTER TABLE invitees RENAME TO lost");

    assertEquals(Trouble.CORRUPT, wordOfWrite());

    DatabaseTest.execute(file, "ALTER TABLE lost RENAME TO invitees");
    assertWorks(2);
  }

  @Test
  void a_full_disk_is_full_until_there_is_room() throws Exception {
    assertWorks(1);

    assertFullDisk();
    assertWorks(2);
  }

  @Test
  void a_log_that_went_with_the_connection_takes_up_no_room_on_a_full_disk() throws Exception {
    assumeTrue(
        Files.exists(Path.of("/proc/self/fd")), "only where a process sees what it holds open");
    assertWorks(1);

    assertFullDisk();
    assertFalse(Files.exists(folder.resolve("calendly.db-wal")));
    assertEquals(0, WriteAheadLogTest.openOf(folder, "calendly.db-wal"));
    assertWorks(2);
  }

  private void assertFullDisk() {
    DatabaseUnavailableException thrown =
        assertThrows(
            DatabaseUnavailableException.class,
            () ->
                database.write(
                    handle -> {
                      handle.execute("PRAGMA max_page_count = 1");
                      return handle.execute(
                          "INSERT INTO invitees (uri, answers) VALUES ('big', zeroblob(200000))");
                    }));

    assertEquals(Trouble.FULL, thrown.trouble());
  }

  @Test
  void looking_at_one_that_is_not_there_does_not_make_it() throws Exception {
    DatabaseUnavailableException thrown =
        assertThrows(DatabaseUnavailableException.class, () -> database.look(handle -> 1));

    assertEquals(Trouble.DELETED, thrown.trouble());
    assertEquals(false, Files.exists(file));
  }

  @Test
  void the_log_says_so_once_a_minute_and_when_it_is_over() throws Exception {
    PrintStream err = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    try {
      System.setErr(new PrintStream(log, true));
      Files.createDirectory(file);
      for (int second = 0; second < 119; second++) {
        wordOfWrite();
        clock.advance(Duration.ofSeconds(1));
      }
      Files.delete(file);
      assertWorks(1);
    } finally {
      System.setErr(err);
    }

    assertEquals(2, log.toString().split("Database unavailable: reason=unreadable", -1).length - 1);
    assertEquals(1, log.toString().split("Database back: away_s=119", -1).length - 1);
  }

  @Test
  void a_clock_that_is_set_back_makes_no_trouble_longer_and_its_line_no_later() throws Exception {
    PrintStream err = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    try {
      System.setErr(new PrintStream(log, true));
      Files.createDirectory(file);
      wordOfWrite();
      clock.advance(Duration.ofHours(-1));
      wordOfWrite();
    } finally {
      System.setErr(err);
    }
    assertEquals(2, log.toString().split("Database unavailable: reason=unreadable", -1).length - 1);

    Files.delete(file);
    assertEquals(0L, database.write(DatabaseTest::rows));
    assertEquals(
        Optional.of(Trouble.UNREADABLE),
        database.trouble().map(DatabaseUnavailableException::trouble),
        "nothing was written yet");
    clock.advance(Duration.ofHours(-1));
    assertEquals(Optional.empty(), database.trouble());
  }

  private void assertTrouble(Trouble trouble) {
    assertEquals(trouble, wordOfWrite());
    assertEquals(
        Optional.of(trouble), database.trouble().map(DatabaseUnavailableException::trouble));
    assertEquals(trouble, wordOfWrite(), "asked again");
  }

  private Trouble wordOfWrite() {
    return assertThrows(DatabaseUnavailableException.class, this::add).trouble();
  }

  /** The same object works again, without anybody's help. */
  private void assertWorks(long rows) throws DatabaseUnavailableException {
    add();
    assertEquals(rows, database.write(DatabaseTest::rows));
    assertEquals(Optional.empty(), database.trouble());
  }

  private void add() throws DatabaseUnavailableException {
    database.write(
        handle -> handle.execute("INSERT INTO invitees (uri) VALUES (hex(randomblob(8)))"));
  }
}
