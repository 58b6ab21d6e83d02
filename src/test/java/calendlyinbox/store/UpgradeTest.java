package calendlyinbox.store;

import static calendlyinbox.store.DatabaseTest.number;
import static calendlyinbox.store.DatabaseTest.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.RunningReceiver;
import calendlyinbox.SettableClock;
import calendlyinbox.store.DatabaseUnavailableException.Trouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A database of every release is brought forward, with a copy of it beside. */
class UpgradeTest {
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

  @TempDir Path folder;

  static Stream<String> every_release() {
    return OlderDatabase.names();
  }

  @ParameterizedTest
  @MethodSource("every_release")
  void all_rows_are_there_and_the_form_is_that_of_a_new_database(String release) throws Exception {
    Path file = folder.resolve("calendly.db");
    OlderDatabase.make(release, file);
    Map<String, List<String>> before = rows(file);

    open(file);

    Map<String, List<String>> after = rows(file);
    before.forEach((table, rows) -> assertEquals(rows, after.get(table), table));
    assertTrue(before.get("calendly_webhook_events").size() > 5, "rows in the fixture");
    Path fresh = folder.resolve("fresh.db");
    open(fresh);
    assertEquals(form(fresh), form(file));
    assertEquals(Schema.VERSION, number(file, "PRAGMA user_version"));
    assertEquals("ok", text(file, "PRAGMA integrity_check"));
  }

  @ParameterizedTest
  @MethodSource("every_release")
  void the_copy_beside_is_the_database_as_it_was_for_its_owner_only(String release)
      throws Exception {
    Path file = folder.resolve("calendly.db");
    OlderDatabase.make(release, file);
    Map<String, List<String>> before = rows(file);
    List<String> form = form(file);
    int version = number(file, "PRAGMA user_version");

    open(file);
    open(file);

    Path copy = folder.resolve("calendly.db.v" + version + "-20261123T120000Z");
    assertEquals(List.of(file, copy), files());
    assertEquals(before, rows(copy));
    assertEquals(form, form(copy));
    assertEquals(version, number(copy, "PRAGMA user_version"));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)));
  }

  @Test
  void without_the_copy_nothing_is_changed_and_it_is_tried_again() throws Exception {
    Path file = folder.resolve("calendly.db");
    OlderDatabase.make("1", file);
    Map<String, List<String>> before = rows(file);
    Path inTheWay = folder.resolve("calendly.db.v1-20261123T120000Z.unfinished");
    Files.createFile(Files.createDirectory(inTheWay).resolve("something"));

    DatabaseUnavailableException refused =
        assertThrows(DatabaseUnavailableException.class, () -> open(file));

    assertEquals(
        file
            + " is of schema version 1 and is not brought forward, since its copy "
            + folder.resolve("calendly.db.v1-20261123T120000Z")
            + " cannot be written: "
            + inTheWay,
        refused.getMessage());
    assertEquals(before, rows(file));
    assertEquals(1, number(file, "PRAGMA user_version"));
    Files.delete(inTheWay.resolve("something"));
    Files.delete(inTheWay);
    open(file);
    assertEquals(Schema.VERSION, number(file, "PRAGMA user_version"));
  }

  @Test
  void one_that_was_altered_by_hand_is_left_as_it_is() throws Exception {
    Path file = folder.resolve("calendly.db");
    OlderDatabase.make("2", file);
    DatabaseTest.execute(file, "ALTER TABLE invitees ADD COLUMN shoe_size");
    Map<String, List<String>> before = rows(file);

    DatabaseUnavailableException refused =
        assertThrows(DatabaseUnavailableException.class, () -> open(file));

    assertEquals(Trouble.CORRUPT, refused.trouble());
    assertEquals(
        file
            + " is of schema version 2 and has not the tables of that version; it is left as it is",
        refused.getMessage());
    assertEquals(before, rows(file));
    assertEquals(2, number(file, "PRAGMA user_version"));
    assertEquals(List.of(file), files());
  }

  @Test
  void tables_and_views_that_others_made_stay_and_are_in_nobodys_way() throws Exception {
    Path file = folder.resolve("calendly.db");
    OlderDatabase.make("2", file);
    DatabaseTest.execute(
        file, "CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER)");
    DatabaseTest.execute(file, "INSERT INTO _litestream_seq VALUES (1, 7)");
    DatabaseTest.execute(file, "CREATE VIEW guests_of_mine AS SELECT email FROM invitees");

    open(file);

    assertEquals(Schema.VERSION, number(file, "PRAGMA user_version"));
    assertEquals(7, number(file, "SELECT seq FROM _litestream_seq"));
    assertTrue(number(file, "SELECT count(*) FROM guests_of_mine") > 0);
  }

  @Test
  void what_a_killed_attempt_left_is_gone_after_the_next() throws Exception {
    Path file = folder.resolve("calendly.db");
    OlderDatabase.make("2", file);
    Path left = folder.resolve("calendly.db.v2-20261123T115959Z.unfinished");
    Files.writeString(left, "half a copy");
    Files.writeString(folder.resolve(left.getFileName() + "-journal"), "its journal");

    open(file);

    assertEquals(List.of(file, folder.resolve("calendly.db.v2-20261123T120000Z")), files());
  }

  @Test
  void where_it_cannot_be_committed_no_copy_is_left_and_it_is_tried_again() throws Exception {
    Path file = folder.resolve("calendly.db");
    OlderDatabase.make("2", file);
    Map<String, List<String>> before = rows(file);
    try (Connection writing = DriverManager.getConnection("jdbc:sqlite:" + file);
        Connection reading = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      // With such a journal nobody can commit while somebody reads.
      Schema.execute(writing, "PRAGMA journal_mode = DELETE");
      Schema.execute(writing, "PRAGMA busy_timeout = 50");
      reading.setAutoCommit(false);
      reading.createStatement().executeQuery("SELECT uri FROM invitees").next();
      Upgrade upgrade =
          new Upgrade(
              writing,
              () -> DriverManager.getConnection("jdbc:sqlite:" + file),
              file,
              new SettableClock(NOW),
              new LongWork(file));

      SQLException refused = assertThrows(SQLException.class, upgrade::run);

      assertTrue(refused.getMessage().startsWith("[SQLITE_BUSY]"), refused.getMessage());
      assertEquals(List.of(file), files());
    }
    assertEquals(before, rows(file));

    open(file);

    assertEquals(List.of(file, folder.resolve("calendly.db.v2-20261123T120000Z")), files());
    assertEquals(Schema.VERSION, number(file, "PRAGMA user_version"));
  }

  @Test
  void the_recipe_for_a_damaged_database_names_this_version() throws IOException {
    String readme = Files.readString(Path.of("README.md"));

    assertTrue(readme.contains("PRAGMA user_version = " + Schema.VERSION + ";"));
    assertTrue(readme.contains("PRAGMA application_id = " + DatabaseFile.APPLICATION_ID + ";"));
  }

  private static void open(Path file) throws DatabaseUnavailableException {
    try (Database database = new Database(file, Duration.ofSeconds(2), new SettableClock(NOW))) {
      database.write(handle -> null);
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static Map<String, List<String>> rows(Path file) throws Exception {
    Map<String, List<String>> rows = new TreeMap<>();
    for (String table :
        RunningReceiver.rows(file, "SELECT name FROM sqlite_schema WHERE type = 'table'")) {
      rows.put(table, RunningReceiver.rows(file, "SELECT * FROM " + table));
    }
    return rows;
  }

  /** Every table with its columns, every index and view, without remarks and blanks. */
  private static List<String> form(Path file) throws Exception {
    return RunningReceiver.rows(
            file, "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name")
        .stream()
        .map(sql -> sql.replaceAll("--[^\n]*", " ").replaceAll("\\s+", " "))
        .toList();
  }
}
