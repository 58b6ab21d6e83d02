package calendlyinbox.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Deliveries;
import calendlyinbox.Eventually;
import calendlyinbox.RunningReceiver;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import calendlyinbox.store.DatabaseUnavailableException.Trouble;
import calendlyinbox.store.OlderDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database of an earlier release at a start, and a disk without room to bring it forward. */
class UpgradeOnFullDiskTest {
  private static final int MEBIBYTES = 24;
  private static final int LARGE = 6 * 1024 * 1024;
  private static final int SMALL = 100_000;
  private static final String INSTEAD =
      "that nothing is changed without a copy was tried on a disk with room";

  /** The rows that were there before, and what stands in them. */
  private static final String OLD_EVENTS =
      """
      SELECT count(*), sum(length(payload)), group_concat(event_id) FROM calendly_webhook_events
      WHERE event_id NOT LIKE '%/M-meanwhile/%'
      """;

  private static final String MEANWHILE =
      "SELECT count(*) FROM invitees WHERE uri LIKE '%/M-meanwhile/%'";

  private static final String FORM =
      "SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite%' ORDER BY type, name";

  @TempDir Path folder;
  @TempDir Path elsewhere;

  @Test
  void without_room_for_the_copy_deliveries_are_taken_in_and_the_rest_follows_when_there_is_room()
      throws Exception {
    try (SmallDisk disk = SmallDisk.on(folder, MEBIBYTES, INSTEAD)) {
      Path file = older(LARGE);
      List<String> before = RunningReceiver.rows(file, OLD_EVENTS);
      disk.fillBut(Files.size(file) / 2);
      try (RunningReceiver receiver = RunningReceiver.start(folder)) {
        Eventually.holds(
            "health says full",
            () -> receiver.get("/health").body().contains("\"database\":\"full\""));
        assertEquals(200, receiver.post(Deliveries.booking("M-meanwhile", "ada")));
        assertAsItWas(file, before);

        disk.makeRoom();

        receiver.awaitRows(MEANWHILE, "1");
        Eventually.holds(
            "health says ok", () -> receiver.get("/health").body().contains("\"database\":\"ok\""));
      }
      assertBroughtForward(file, before);
    }
  }

  @Test
  void at_whatever_step_the_disk_is_full_nothing_is_changed_and_it_is_done_when_there_is_room()
      throws Exception {
    try (SmallDisk disk = SmallDisk.on(folder, MEBIBYTES, INSTEAD)) {
      boolean done = false;
      int behindTheCopy = 0;
      for (int room = 0; !done; room += 16 * 1024) {
        Path file = older(SMALL);
        List<String> before = RunningReceiver.rows(file, OLD_EVENTS);
        disk.fillBut(Files.size(file) + room);

        Optional<DatabaseUnavailableException> trouble = open(file);

        done = trouble.isEmpty();
        disk.makeRoom();
        if (version(file) == 1) {
          assertEquals(Trouble.FULL, trouble.orElseThrow().trouble(), room + " bytes");
          assertAsItWas(file, before);
          assertEquals(List.of(), copies(), room + " bytes");
          behindTheCopy += trouble.get().getMessage().contains("its copy") ? 0 : 1;
        }
        assertEquals(Optional.empty(), open(file), room + " bytes");
        assertBroughtForward(file, before);
        removeAll();
      }
      assertTrue(behindTheCopy > 1, "it became full behind the copy too: " + behindTheCopy);
    }
  }

  private static Optional<DatabaseUnavailableException> open(Path file) {
    try (Database database = new Database(file, Duration.ofSeconds(2), Clock.systemUTC())) {
      database.write(handle -> null);
      return Optional.empty();
    } catch (DatabaseUnavailableException e) {
      return Optional.of(e);
    }
  }

  private static void assertAsItWas(Path file, List<String> before) throws Exception {
    assertEquals(before, RunningReceiver.rows(file, OLD_EVENTS));
    assertEquals(1, version(file));
    assertEquals(List.of("ok"), RunningReceiver.rows(file, "PRAGMA integrity_check"));
  }

  private void assertBroughtForward(Path file, List<String> before) throws Exception {
    assertEquals(before, RunningReceiver.rows(file, OLD_EVENTS));
    assertEquals(List.of("ok"), RunningReceiver.rows(file, "PRAGMA integrity_check"));
    Path fresh = elsewhere.resolve("fresh.db");
    assertEquals(Optional.empty(), open(fresh));
    assertEquals(RunningReceiver.rows(fresh, FORM), RunningReceiver.rows(file, FORM));
    assertEquals(version(fresh), version(file));
    for (Path copy : copies()) {
      assertAsItWas(copy, before);
    }
    assertTrue(copies().size() > 0, "the copy is there");
  }

  private static int version(Path file) throws Exception {
    return Integer.parseInt(RunningReceiver.rows(file, "PRAGMA user_version").get(0));
  }

  /** Of the first release, with an event of this size. */
  private Path older(int payload) throws Exception {
    Path file = folder.resolve("calendly.db");
    OlderDatabase.make("1", file);
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      connection
          .createStatement()
          .execute(
              """
              INSERT INTO calendly_webhook_events (event_id, event_type, status, payload, received_at)
              VALUES ('large', 'contact.created', 'ignored', zeroblob(%d), '2026-11-23T12:00:00.000000Z')
              """
                  .formatted(payload));
    }
    return file;
  }

  private List<Path> copies() throws IOException {
    return files().stream()
        .filter(file -> file.getFileName().toString().startsWith("calendly.db.v1-"))
        .toList();
  }

  private void removeAll() throws IOException {
    for (Path file : files()) {
      Files.delete(file);
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
