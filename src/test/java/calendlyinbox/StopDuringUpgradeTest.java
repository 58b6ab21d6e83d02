package calendlyinbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import calendlyinbox.store.OlderDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stop does not wait for a database that is brought forward, however long that takes. */
class StopDuringUpgradeTest {
  /** Five times what it may take where nothing else is done. */
  private static final Duration STOPPED_WITHIN = Duration.ofSeconds(60);

  /** What an upgrade fills first, such that a row takes for ever. */
  private static final String ENDLESS =
      """
      CREATE VIEW endless AS
      WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers)
      SELECT n FROM numbers;
      CREATE TABLE sightings (resource, event_type, version, seen_at, body);
      CREATE TRIGGER for_ever BEFORE INSERT ON sightings BEGIN SELECT count(*) FROM endless; END;
      """;

  @TempDir Path folder;

  @Test
  void it_stays_as_it_is_and_what_came_in_is_in_the_journal() throws Exception {
    Path file = folder.resolve("calendly.db");
    OlderDatabase.make("2", file);
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(ENDLESS);
    }
    RunningReceiver receiver = RunningReceiver.start(folder);
    assertEquals(200, receiver.post(Deliveries.booking("meeting", "ada")));
    Eventually.holds("it is brought forward", StopDuringUpgradeTest::isBroughtForward);

    assertTimeoutPreemptively(STOPPED_WITHIN, receiver::stop);

    assertEquals(List.of("2"), RunningReceiver.rows(file, "PRAGMA user_version"));
    try (Stream<Path> segments = Files.list(receiver.journal())) {
      List<Path> files = segments.filter(path -> path.toString().endsWith(".ndjson")).toList();
      assertEquals(1, Files.readAllLines(files.get(0)).size(), files.toString());
    }
  }

  private static boolean isBroughtForward() {
    return Thread.getAllStackTraces().values().stream()
        .flatMap(Stream::of)
        .anyMatch(frame -> frame.getMethodName().equals("bringForward"));
  }
}
