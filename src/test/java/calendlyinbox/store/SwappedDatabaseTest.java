package calendlyinbox.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Eventually;
import calendlyinbox.RunningReceiver;
import calendlyinbox.store.DatabaseUnavailableException.Trouble;
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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A good copy is put in the place of the database, with mv, at whatever moment. */
@Timeout(600)
class SwappedDatabaseTest {
  private static final int TIMES = 40;
  private static final int SWAPS = 40;

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
        damage(database, file, copy);
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

  @Test
  void a_look_before_the_writer_has_noticed_it_says_so_and_calls_nothing_damaged()
      throws Exception {
    Path file = folder.resolve("calendly.db");
    Path copy = folder.resolve("copy.db");
    try (Database database = new Database(file, Duration.ofSeconds(1), Clock.systemUTC())) {
      insert(database, "of-both-", 500);
      database.look(handle -> handle.execute("VACUUM INTO '" + copy + "'"));
      insert(database, "of-the-old-one-", 5);

      Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE);

      DatabaseUnavailableException refused =
          assertThrows(DatabaseUnavailableException.class, () -> count(database));
      assertEquals(Trouble.DELETED, refused.trouble());
      assertThrows(DatabaseUnavailableException.class, () -> database.soundness().inspectAtOnce());
      assertEquals(Optional.empty(), database.soundness().damage());
      insertWhenSeen(database, "of-the-copy");
      assertEquals(501, count(database));
    }
  }

  @Test
  void the_log_that_a_look_at_a_damaged_one_left_does_not_become_that_of_the_copy()
      throws Exception {
    Path file = folder.resolve("calendly.db");
    Path copy = folder.resolve("copy.db");
    Path log = folder.resolve("calendly.db-wal");
    try (Database database = new Database(file, Duration.ofSeconds(1), Clock.systemUTC())) {
      damage(database, file, copy);
      assertThrows(DatabaseUnavailableException.class, () -> count(database));
      Object ofLook = linkWhenThere(log, folder.resolve("log of the look"));

      Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE);

      assertEquals(Optional.empty(), database.trouble());
      assertNotEquals(ofLook, DatabaseFile.keyOrNull(log));
      assertEquals(200, count(database));
    }
  }

  /** SQLite would take the index from under the feet of who has it mapped: the process ends. */
  @Test
  void looks_and_inspections_go_on_while_one_copy_after_the_other_is_put_in_its_place()
      throws Exception {
    Path file = folder.resolve("calendly.db");
    Path good = folder.resolve("good.db");
    Path copy = folder.resolve("copy.db");
    AtomicBoolean enough = new AtomicBoolean();
    AtomicInteger looks = new AtomicInteger();
    Queue<String> damages = new ConcurrentLinkedQueue<>();
    try (Database database = new Database(file, Duration.ofSeconds(1), Clock.systemUTC())) {
      insert(database, "of-both-", 3_000);
      database.look(handle -> handle.execute("VACUUM INTO '" + good + "'"));
      List<Thread> threads =
          List.of(
              until(enough, () -> looks.addAndGet(count(database) >= 3_000 ? 1 : 0)),
              until(
                  enough,
                  () -> {
                    database.soundness().inspectAtOnce();
                    database.soundness().damage().ifPresent(one -> damages.add(one.toString()));
                  }),
              until(enough, () -> insert(database, "other-" + System.nanoTime(), 1)));

      for (int i = 0; i < SWAPS; i++) {
        awaitMore(looks);
        Files.copy(good, copy, StandardCopyOption.REPLACE_EXISTING);
        Files.deleteIfExists(folder.resolve("old.db"));
        Files.createLink(folder.resolve("old.db"), file);
        Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE);
      }
      awaitMore(looks);
      enough.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(List.of(), List.copyOf(damages));
      assertEquals(Optional.empty(), database.trouble());
    }
    assertEquals(List.of("ok"), RunningReceiver.rows(file, "PRAGMA integrity_check"));
    assertEquals(
        List.of("3000"),
        RunningReceiver.rows(file, "SELECT count(*) FROM invitees WHERE uri LIKE 'of-both-%'"));
  }

  private static void awaitMore(AtomicInteger looks) throws Exception {
    int before = looks.get();
    Eventually.holds("looks go on", () -> looks.get() > before + 5);
  }

  private interface Action {
    void run() throws Exception;
  }

  private static Thread until(AtomicBoolean enough, Action action) {
    Thread thread =
        new Thread(
            () -> {
              while (!enough.get()) {
                try {
                  action.run();
                } catch (DatabaseUnavailableException exchanged) {
                  Thread.onSpinWait();
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              }
            });
    thread.start();
    return thread;
  }

  private static int count(Database database) throws DatabaseUnavailableException {
    return database.look(
        handle -> handle.createQuery("SELECT count(*) FROM invitees").mapTo(Integer.class).one());
  }

  /** The first one only sees that it is another file. */
  private static void insertWhenSeen(Database database, String name) throws Exception {
    assertThrows(DatabaseUnavailableException.class, () -> insert(database, name, 1));
    insert(database, name, 1);
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

  /** Leaves a copy of how it was. Each connection that closes it then deletes its log as well. */
  private static void damage(Database database, Path file, Path copy) throws Exception {
    insert(database, "of-both-", 200);
    database.look(handle -> handle.execute("VACUUM INTO '" + copy + "'"));
    // Of a log of which something is to be moved, which fails, none of them could.
    assertTrue(database.checkpoint());
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(5_000);
    }
    assertNotEquals(Optional.empty(), database.trouble());
    assertFalse(Files.exists(WriteAheadLog.beside(file)));
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
