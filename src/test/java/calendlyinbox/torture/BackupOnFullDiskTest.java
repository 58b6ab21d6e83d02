package calendlyinbox.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseCopy;
import calendlyinbox.store.DatabaseUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A copy is to be made on the disk where the journal is, and has no room there. */
class BackupOnFullDiskTest {
  private static final int MEBIBYTES = 24;
  private static final int LARGE = 6 * 1024 * 1024;
  private static final String INSTEAD = "that a copy was made was tried on a disk with room";

  @TempDir Path folder;

  @Test
  void it_is_not_begun_and_so_takes_no_room_from_the_journal() throws Exception {
    try (SmallDisk disk = SmallDisk.on(folder, MEBIBYTES, INSTEAD)) {
      Path file = folder.resolve("calendly.db");
      Path copy = folder.resolve("copy.db");
      try (Database database = new Database(file, Duration.ofSeconds(2), Clock.systemUTC())) {
        storeLarge(database);
        assertEquals(Optional.empty(), database.emptyLog());
        long wanted = Files.size(file) + Files.size(file) / 20;
        long free = 4096 * (Files.size(file) / 2 / 4096);
        disk.fillBut(free);

        IOException refused =
            assertThrows(IOException.class, () -> DatabaseCopy.makeWithoutWriters(file, copy));

        assertEquals(
            "No space left on device: " + wanted + " bytes are wanted, " + free + " are free",
            refused.getMessage());
        assertNull(refused.getCause(), "what SQLite met, where it was begun");
        assertFalse(Files.exists(copy));

        disk.makeRoom();
        DatabaseCopy.makeWithoutWriters(file, copy);
        DatabaseCopy.check(copy);
      }
    }
  }

  @Test
  void a_log_that_is_in_the_database_already_wants_no_room() throws Exception {
    try (SmallDisk disk = SmallDisk.on(folder, MEBIBYTES, INSTEAD)) {
      Path file = folder.resolve("calendly.db");
      Path copy = folder.resolve("copy.db");
      try (Database database = new Database(file, Duration.ofSeconds(2), Clock.systemUTC())) {
        storeLarge(database);
        assertTrue(database.checkpoint());
        assertTrue(Files.size(folder.resolve("calendly.db-wal")) > LARGE);
        disk.fillBut(4096 * (Files.size(file) * 3 / 2 / 4096));

        DatabaseCopy.makeWithoutWriters(file, copy);

        DatabaseCopy.check(copy);
      }
    }
  }

  private static void storeLarge(Database database) throws DatabaseUnavailableException {
    database.write(
        handle ->
            handle.execute(
                "INSERT INTO invitees (uri, answers) VALUES ('large', zeroblob(?))", LARGE));
  }
}
