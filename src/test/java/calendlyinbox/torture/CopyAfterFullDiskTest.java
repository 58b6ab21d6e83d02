package calendlyinbox.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.RunningReceiver;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import calendlyinbox.store.DatabaseUnavailableException.Trouble;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A new database that the disk had no room for, and a good copy that is put in its place. */
class CopyAfterFullDiskTest {
  private static final int MEBIBYTES = 8;

  /** For the tables in the log, and not for moving them into the main file too. */
  private static final long ROOM = 200 * 1024;

  private static final String INSTEAD = "what a connection leaves was tried on a disk with room";

  @TempDir Path folder;

  @Test
  void gets_nothing_of_the_log_that_the_other_one_left() throws Exception {
    try (SmallDisk disk = SmallDisk.on(folder, MEBIBYTES, INSTEAD)) {
      Path file = folder.resolve("calendly.db");
      Path log = folder.resolve("calendly.db-wal");
      Path copy = folder.resolve("copy.db");
      makeWithRows(copy, 500);
      disk.fillBut(ROOM);
      try (Database database = new Database(file, Duration.ofSeconds(1), Clock.systemUTC())) {
        assertEquals(
            Optional.of(Trouble.FULL),
            database.trouble().map(DatabaseUnavailableException::trouble));
        assertTrue(Files.size(log) > 0, "it has committed something");

        Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE);
        disk.makeRoom();

        database.write(handle -> handle.execute("INSERT INTO invitees (uri) VALUES ('new')"));
        assertTrue(database.checkpoint());
      }
      assertEquals(
          List.of("501"), RunningReceiver.rows(file, "SELECT count(*) FROM invitees"), "rows");
    }
  }

  private static void makeWithRows(Path file, int rows) throws Exception {
    try (Database database = new Database(file, Duration.ofSeconds(1), Clock.systemUTC())) {
      database.write(
          handle -> {
            for (int i = 0; i < rows; i++) {
              handle.execute("INSERT INTO invitees (uri) VALUES (?)", "of-the-copy-" + i);
            }
            return null;
          });
      assertTrue(database.checkpoint());
    }
  }
}
