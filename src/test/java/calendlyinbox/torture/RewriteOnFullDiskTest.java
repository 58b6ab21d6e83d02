package calendlyinbox.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import calendlyinbox.store.DatabaseUnavailableException.Trouble;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole database is to be written anew, as a forget does, and the disk has no room for it. */
class RewriteOnFullDiskTest {
  private static final int MEBIBYTES = 24;
  private static final int LARGE = 6 * 1024 * 1024;
  private static final String INSTEAD =
      "that a deleted log is let go was tried on a disk with room";

  @TempDir Path folder;

  @Test
  void it_is_not_begun_and_what_comes_in_is_written_all_the_while() throws Exception {
    try (SmallDisk disk = SmallDisk.on(folder, MEBIBYTES, INSTEAD)) {
      Path file = folder.resolve("calendly.db");
      try (Database database = new Database(file, Duration.ofSeconds(2), Clock.systemUTC())) {
        database.write(
            handle ->
                handle.execute(
                    "INSERT INTO invitees (uri, answers) VALUES ('large', zeroblob(?))", LARGE));
        assertEquals(Optional.empty(), database.emptyLog());
        disk.fillBut(Files.size(file) / 2);

        Optional<DatabaseUnavailableException> refused = database.rewrite();

        assertEquals(Optional.of(Trouble.FULL), refused.map(DatabaseUnavailableException::trouble));
        assertTrue(
            refused.get().getMessage().startsWith(file + " cannot be written anew: "),
            refused.get().getMessage());
        database.write(handle -> handle.execute("INSERT INTO invitees (uri) VALUES ('meanwhile')"));
        assertEquals(Optional.empty(), database.trouble());

        disk.makeRoom();

        assertEquals(Optional.empty(), database.rewrite());
      }
    }
  }
}
