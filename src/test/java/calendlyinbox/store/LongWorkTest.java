package calendlyinbox.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Eventually;
import calendlyinbox.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

@Timeout(60)
class LongWorkTest {
  private static final String ENDLESS =
      """
      INSERT INTO made
      WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers)
      SELECT n FROM numbers
      """;

  @TempDir Path folder;

  @Test
  void what_is_under_way_is_broken_off_and_rolled_back() throws Exception {
    Path file = folder.resolve("any.db");
    LongWork work = new LongWork(file);
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      Schema.execute(connection, "CREATE TABLE made (n)");
      CompletableFuture<Integer> code =
          CompletableFuture.supplyAsync(
              () -> codeOf(() -> work.run(connection, () -> Schema.execute(connection, ENDLESS))));
      Eventually.holds("it is in SQLite", LongWorkTest::isUnderWay);

      work.breakOff();

      assertEquals(
          SQLiteErrorCode.SQLITE_INTERRUPT.code, code.get(30, TimeUnit.SECONDS).intValue());
      assertEquals(0, DatabaseTest.number(file, "SELECT count(*) FROM made"));
      Schema.execute(connection, "INSERT INTO made VALUES (1)");
    }
  }

  @Test
  void the_file_is_not_written_anew_any_more_and_other_writes_go_on() throws Exception {
    Path file = folder.resolve("calendly.db");
    try (Database database = database(file)) {
      database.write(handle -> handle.execute("DELETE FROM meetings"));
      assertTrue(database.rewrite().isEmpty());

      database.breakOffLongWork();

      assertEquals(
          file + " is left as it is by a server that stops",
          database.rewrite().orElseThrow().getMessage());
      database.write(
          handle -> handle.execute("INSERT INTO journal_progress VALUES ('one.ndjson', 1)"));
    }
    assertEquals(1, DatabaseTest.number(file, "SELECT count(*) FROM journal_progress"));
  }

  @Test
  void one_of_an_earlier_version_is_left_as_it_is() throws Exception {
    Path file = folder.resolve("calendly.db");
    OlderDatabase.make("2", file);
    try (Database database = database(file)) {
      database.breakOffLongWork();

      assertThrows(DatabaseUnavailableException.class, () -> database.write(handle -> null));
    }
    assertEquals(2, DatabaseTest.number(file, "PRAGMA user_version"));
    assertFalse(names().stream().anyMatch(name -> name.contains(".v2-")), names().toString());
  }

  @Test
  void a_copy_that_is_to_be_checked_is_given_up() throws Exception {
    Path file = folder.resolve("calendly.db");
    OlderDatabase.make("2", file);
    LongWork work = new LongWork(file);
    work.breakOff();

    IOException why;
    try (Connection open = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      why =
          assertThrows(
              IOException.class,
              () -> DatabaseCopy.make(open, file, folder.resolve("copy.db"), work));
    }

    assertTrue(
        why.getMessage().endsWith(" is left as it is by a server that stops"), why::getMessage);
    assertFalse(names().stream().anyMatch(name -> name.startsWith("copy")), names().toString());
  }

  private Database database(Path file) {
    return new Database(
        file, Duration.ofSeconds(1), new SettableClock(Instant.parse("2026-11-23T12:00:00Z")));
  }

  private List<String> names() throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(path -> path.getFileName().toString()).toList();
    }
  }

  private static boolean isUnderWay() {
    return Thread.getAllStackTraces().values().stream()
        .filter(frames -> frames.length > 0 && frames[0].isNativeMethod())
        .flatMap(Stream::of)
        .anyMatch(frame -> frame.getClassName().equals(LongWork.class.getName()));
  }

  private static int codeOf(LongWork.Step step) {
    try {
      step.take();
      return 0;
    } catch (SQLiteException e) {
      return e.getResultCode().code;
    } catch (SQLException | DatabaseUnavailableException e) {
      throw new IllegalStateException(e);
    }
  }
}
