package calendlyinbox.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.RunningReceiver;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A good copy is put in the place of the database, with mv, at whatever moment. */
@Timeout(600)
class SwappedDatabaseTest {
  private static final int TIMES = 60;

  @TempDir Path folder;

  @Test
  void while_it_is_looked_at_the_log_of_the_old_one_gets_into_the_old_one_only() throws Exception {
    for (int i = 0; i < TIMES; i++) {
      Path here = Files.createDirectory(folder.resolve("run" + i));
      Path file = here.resolve("calendly.db");
      Path copy = here.resolve("copy.db");
      try (Database database = new Database(file, Duration.ofSeconds(1), Clock.systemUTC())) {
        insert(database, "of-both", 1);
        insert(database, "of-both-", 200);
        database.look(handle -> handle.execute("VACUUM INTO '" + copy + "'"));
        insert(database, "of-the-old-one-", 500);
        AtomicBoolean enough = new AtomicBoolean();
        Thread looking = new Thread(() -> tryAgain(database, enough));
        looking.start();
        // Each time at another moment of a look.
        Thread.sleep(0, 1 + i * 10_000);

        Files.createLink(here.resolve("old.db"), file);
        Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE);

        database.trouble();
        enough.set(true);
        looking.join();
        database.trouble();
      }
      assertEquals(List.of("ok"), RunningReceiver.rows(file, "PRAGMA integrity_check"), "run " + i);
      assertEquals(
          List.of("0"),
          RunningReceiver.rows(
              file, "SELECT count(*) FROM invitees WHERE uri LIKE 'of-the-old-one-%'"),
          "run " + i);
      assertEquals(
          List.of("701"),
          RunningReceiver.rows(here.resolve("old.db"), "SELECT count(*) FROM invitees"),
          "run " + i);
    }
  }

  @Test
  void while_a_damaged_one_is_tried_again_and_again_its_log_does_not_become_that_of_the_copy()
      throws Exception {
    for (int i = 0; i < TIMES; i++) {
      Path here = Files.createDirectory(folder.resolve("run" + i));
      Path file = here.resolve("calendly.db");
      Path copy = here.resolve("copy.db");
      Path log = here.resolve("calendly.db-wal");
      try (Database database = new Database(file, Duration.ofSeconds(1), Clock.systemUTC())) {
        insert(database, "of-both-", 200);
        database.look(handle -> handle.execute("VACUUM INTO '" + copy + "'"));
        // Whoever closes the damaged one can delete a log of which nothing is to be moved.
        assertTrue(database.checkpoint());
        cut(file);
        assertNotEquals(Optional.empty(), database.trouble());
        assertFalse(Files.exists(log));
        AtomicBoolean enough = new AtomicBoolean();
        Thread trying = new Thread(() -> tryAgain(database, enough));
        trying.start();

        Object ofOld = linkWhenThere(log, here.resolve("log of the damaged one"));
        Files.createLink(here.resolve("old.db"), file);
        Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE);

        database.trouble();
        enough.set(true);
        trying.join();
        assertEquals(Optional.empty(), database.trouble());
        assertNotEquals(ofOld, DatabaseFile.keyOrNull(log), "run " + i);
      }
    }
  }

  private static void tryAgain(Database database, AtomicBoolean enough) {
    while (!enough.get()) {
      database.trouble();
    }
  }

  /**
   * Returns the key of the log, which is there for a moment of each try. The link keeps the next
   * log from having the same number in the file system.
   */
  private static Object linkWhenThere(Path log, Path link) throws IOException {
    while (true) {
      try {
        Files.createLink(link, log);
        return DatabaseFile.keyOrNull(link);
      } catch (NoSuchFileException notNow) {
        Thread.onSpinWait();
      }
    }
  }

  private static void cut(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(5_000);
    }
  }

  private static void insert(Database database, String name, int count) throws Exception {
    database.write(
        handle -> {
          for (int n = 0; n < count; n++) {
            handle.execute("INSERT INTO invitees (uri) VALUES (?)", name + n);
          }
          return null;
        });
  }
}
