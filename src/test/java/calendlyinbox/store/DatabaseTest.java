package calendlyinbox.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.SettableClock;
import calendlyinbox.store.DatabaseUnavailableException.Trouble;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the database is made, refused, shared and written. */
class DatabaseTest {
  @TempDir Path folder;
  private Path file;
  private Database database;

  @BeforeEach
  void given_a_database_that_is_not_there_yet() {
    file = folder.resolve("calendly.db");
    SettableClock clock = new SettableClock(Instant.parse("2026-11-23T12:00:00Z"));
    database = new Database(file, Duration.ofMillis(200), clock);
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void it_is_made_for_its_owner_only() throws Exception {
    add("ada");

    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(1, count());
    assertEquals(Optional.empty(), database.refusal());
  }

  @Test
  void one_from_a_newer_version_is_refused_with_what_to_do() throws Exception {
    add("ada");
    database.close();
    execute(file, "PRAGMA user_version = 4");
    String message =
        file
            + " has schema version 4, this calendly-inbox knows versions up to 3; start the newer"
            + " calendly-inbox that wrote it, or set DATA_DIR to another folder";

    assertEquals(Optional.of(message), database.refusal());
    DatabaseUnavailableException thrown =
        assertThrows(DatabaseUnavailableException.class, () -> add("bob"));

    assertEquals(Trouble.NEWER_VERSION, thrown.trouble());
    assertEquals("newer_version", thrown.word());
    assertEquals(message, thrown.getMessage());
    assertEquals(1, number(file, "SELECT count(*) FROM invitees"));
    assertEquals(4, number(file, "PRAGMA user_version"));
  }

  @Test
  void a_fault_of_the_work_is_thrown_as_it_came_and_nothing_is_kept() throws Exception {
    IllegalStateException fault = new IllegalStateException("of the work");

    IllegalStateException thrown =
        assertThrows(
            IllegalStateException.class,
            () ->
                database.write(
                    handle -> {
                      handle.execute("INSERT INTO invitees (uri) VALUES ('ada')");
                      throw fault;
                    }));

    assertEquals(fault, thrown);
    assertEquals(0, count());
    add("bob");
    assertEquals(1, count());
  }

  @Test
  void an_error_of_the_work_leaves_no_transaction_open_behind_it() throws Exception {
    AssertionError error = new AssertionError("of the work");

    AssertionError thrown =
        assertThrows(
            AssertionError.class,
            () ->
                database.write(
                    handle -> {
                      handle.execute("INSERT INTO invitees (uri) VALUES ('ada')");
                      throw error;
                    }));

    assertEquals(error, thrown);
    execute(file, "INSERT INTO invitees (uri) VALUES ('another program''s')");
    assertEquals(1, count());
  }

  @Test
  void a_constraint_is_the_works_fault_and_not_the_databases() throws Exception {
    add("ada");

    RuntimeException thrown =
        assertThrows(
            RuntimeException.class,
            () ->
                database.write(h -> h.execute("INSERT INTO meetings (uri, status) VALUES (1, 2)")));

    assertTrue(thrown.toString().contains("CHECK constraint failed"), thrown.toString());
    assertEquals(Optional.empty(), database.trouble());
  }

  @Test
  void a_transaction_holds_the_write_lock_from_its_start() throws Exception {
    add("ada");

    database.write(
        handle -> {
          SQLException busy =
              assertThrows(
                  SQLException.class, () -> execute(file, "INSERT INTO meetings (uri) VALUES (1)"));
          assertTrue(busy.getMessage().contains("SQLITE_BUSY"), busy.getMessage());
          return null;
        });
  }

  @Test
  void the_write_ahead_log_outlives_another_process_that_opens_and_closes_the_database()
      throws Exception {
    add("ada");
    // Each of these opens and closes a connection, or looks at the file, in this process.
    assertEquals(Optional.empty(), database.trouble());
    assertEquals(1, database.look(DatabaseTest::rows));
    add("bob");
    assertTrue(database.checkpoint());
    add("cleo");

    // Had this process lost its lock, another would take itself for the last and delete the log
    // that
    // is in use here (sqlite.org/howtocorrupt.html, 2.2): SQLite 3.40, which Debian has, does.
    assertTrue(OtherProcess.seesItOpen(file), "another process does not see that it is open");
    assertEquals(0, OtherProcess.run(file, "SELECT count(*) FROM invitees"));
    assertTrue(Files.exists(wal()), "the log was deleted by the other process");
    add("dora");
    assertEquals(4, count());
    assertEquals(4, number(file, "SELECT count(*) FROM invitees"));
    assertEquals("ok", text(file, "PRAGMA integrity_check"));
  }

  @Test
  void another_process_may_write_beside_it() throws Exception {
    add("ada");

    assertEquals(0, OtherProcess.run(file, "INSERT INTO invitees (uri) VALUES ('bob')"));

    add("cleo");
    assertEquals(3, count());
  }

  @Test
  void a_checkpoint_is_complete_only_when_no_reader_needs_the_log() throws Exception {
    add("ada");
    try (Connection reader = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      reader.setAutoCommit(false);
      try (Statement statement = reader.createStatement()) {
        statement.executeQuery("SELECT * FROM invitees").close();
        add("bob");

        assertFalse(database.checkpoint());
      }
      reader.rollback();
    }

    assertTrue(database.checkpoint());
  }

  @Test
  void a_crash_while_the_tables_were_made_is_made_good() throws Exception {
    Path half = Files.createDirectory(folder.resolve("half")).resolve("calendly.db");
    add("ada");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + half);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.executeUpdate(
          new String(
              DatabaseTest.class.getResourceAsStream("/schema.sql").readAllBytes(),
              java.nio.charset.StandardCharsets.UTF_8));
      // Committed into the log, and not yet in the main file: so the process was killed.
      database.close();
      Files.copy(half, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      Files.copy(half.resolveSibling("calendly.db-wal"), wal());
    }

    add("bob");

    assertEquals(1, count());
  }

  private void add(String uri) throws DatabaseUnavailableException {
    database.write(handle -> handle.execute("INSERT INTO invitees (uri) VALUES (?)", uri));
  }

  private long count() throws DatabaseUnavailableException {
    return database.write(DatabaseTest::rows);
  }

  static long rows(Handle handle) {
    return handle.createQuery("SELECT count(*) FROM invitees").mapTo(long.class).one();
  }

  private Path wal() {
    return folder.resolve("calendly.db-wal");
  }

  static void execute(Path file, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 0");
      statement.execute(sql);
    }
  }

  static int number(Path file, String sql) throws SQLException {
    return Integer.parseInt(text(file, sql));
  }

  static String text(Path file, String sql) throws SQLException {
    return calendlyinbox.RunningReceiver.rows(file, sql).get(0);
  }
}
