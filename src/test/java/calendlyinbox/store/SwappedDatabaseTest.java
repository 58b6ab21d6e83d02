package calendlyinbox.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import calendlyinbox.RunningReceiver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
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
        Thread looking =
            new Thread(
                () -> {
                  while (!enough.get()) {
                    database.trouble();
                  }
                });
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
