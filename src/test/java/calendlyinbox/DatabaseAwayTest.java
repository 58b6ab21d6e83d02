package calendlyinbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Promise 4: the door never depends on the database. */
class DatabaseAwayTest {
  private static final int DELIVERIES = 150;

  /** More than a second of them. */
  private static final int MANY = 500;

  /** Half the second that a look at a locked database takes. */
  private static final long QUICK_MILLIS = 500;

  @TempDir Path folder;

  @Test
  void locked_by_another_process_for_seconds_answers_go_on_and_everything_arrives()
      throws Exception {
    try (RunningReceiver receiver = RunningReceiver.start(folder)) {
      post(receiver, "before", 1);
      receiver.awaitEvents(1);
      List<String> command = new ArrayList<>(ServerProcess.javaCommand("calendlyinbox.LockHolder"));
      command.add(receiver.database().toString());
      Process holder = new ProcessBuilder(command).start();
      try (BufferedReader out =
          new BufferedReader(
              new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8))) {
        assertEquals("locked", out.readLine());

        int posted = 1 + postQuickly(receiver, "locked");
        Eventually.holds(
            "health says locked",
            () -> receiver.get("/health").body().contains("\"database\":\"locked\""));
        assertEquals(503, receiver.get("/health").statusCode());
        receiver.awaitWell("/ready");
        posted += postQuickly(receiver, "still-locked");
        assertEquals(List.of("1"), receiver.rows("SELECT count(*) FROM invitees"));

        holder.getOutputStream().close();
        receiver.awaitEvents(posted);
        receiver.awaitRows("SELECT count(*) FROM bookings WHERE name IS NOT NULL", "" + posted);
      } finally {
        holder.destroyForcibly().waitFor();
      }
      Eventually.holds("health is well again", () -> receiver.get("/health").statusCode() == 200);
    }
  }

  @Test
  void replaced_by_garbage_answers_go_on_and_everything_arrives_when_it_is_put_back()
      throws Exception {
    try (RunningReceiver receiver = RunningReceiver.start(folder)) {
      post(receiver, "before", 20);
      receiver.awaitEvents(20);
      Path aside = folder.resolve("aside");
      Files.move(receiver.database(), aside);
      Files.write(receiver.database(), garbage());

      post(receiver, "garbage", DELIVERIES);
      Eventually.holds(
          "health says corrupt",
          () -> receiver.get("/health").body().contains("\"database\":\"corrupt\""));

      Files.move(aside, receiver.database(), StandardCopyOption.REPLACE_EXISTING);
      receiver.awaitEvents(20 + DELIVERIES);
      receiver.awaitRows(
          "SELECT count(*) FROM bookings WHERE name IS NOT NULL", "" + (20 + DELIVERIES));
    }
  }

  @Test
  void overwritten_by_garbage_in_place_nothing_that_is_in_the_journal_is_lost() throws Exception {
    try (RunningReceiver receiver = RunningReceiver.start(folder)) {
      post(receiver, "before", 20);
      receiver.awaitEvents(20);
      Files.write(receiver.database(), garbage());

      post(receiver, "garbage", DELIVERIES);
      Eventually.holds(
          "health says corrupt",
          () -> receiver.get("/health").body().contains("\"database\":\"corrupt\""));

      Files.delete(receiver.database());
      receiver.awaitEvents(20 + DELIVERIES);
    }
  }

  @Test
  void deleted_while_it_is_open_a_new_one_is_brought_up_from_the_journal() throws Exception {
    try (RunningReceiver receiver = RunningReceiver.start(folder)) {
      post(receiver, "before", 20);
      receiver.awaitEvents(20);
      Files.delete(receiver.database());

      post(receiver, "after", DELIVERIES);

      receiver.awaitEvents(20 + DELIVERIES);
    }
  }

  @Test
  void its_write_ahead_log_removed_while_it_is_open_everything_arrives() throws Exception {
    try (RunningReceiver receiver = RunningReceiver.start(folder)) {
      post(receiver, "before", 20);
      receiver.awaitEvents(20);
      Files.delete(folder.resolve("calendly.db-wal"));
      Files.delete(folder.resolve("calendly.db-shm"));

      post(receiver, "after", DELIVERIES);

      receiver.awaitEvents(20 + DELIVERIES);
      receiver.awaitRows("SELECT count(*) FROM bookings", "" + (20 + DELIVERIES));
    }
  }

  @Test
  void
      a_journal_file_exchanged_or_cut_short_under_the_server_does_not_take_later_deliveries_with_it()
          throws Exception {
    try (RunningReceiver receiver = RunningReceiver.start(folder)) {
      post(receiver, "before", 20);
      receiver.awaitEvents(20);
      Path file = journalFile(receiver);
      Path copy = Files.copy(file, folder.resolve("copy"));
      Files.move(copy, file, StandardCopyOption.REPLACE_EXISTING);
      post(receiver, "exchanged", DELIVERIES);
      receiver.awaitEvents(20 + DELIVERIES);

      try (FileChannel cut = FileChannel.open(journalFile(receiver), StandardOpenOption.WRITE)) {
        cut.truncate(100);
      }
      post(receiver, "cut", 1);
      // That one went into the hole; from then on a new file is written.
      Eventually.holds(
          "a delivery after it arrives",
          () -> {
            post(receiver, "later" + System.nanoTime(), 1);
            return receiver.rows("SELECT 1 FROM invitees WHERE uri LIKE '%later%'").size() > 0;
          });
    }
  }

  private static Path journalFile(RunningReceiver receiver) throws Exception {
    try (Stream<Path> files = Files.list(receiver.journal())) {
      return files.filter(file -> file.toString().endsWith(".ndjson")).max(Path::compareTo).get();
    }
  }

  @Test
  void damaged_where_nobody_reads_it_is_named_and_the_journal_keeps_what_came_since()
      throws Exception {
    Path copy = folder.resolve("copy.db");
    Path database;
    try (RunningReceiver receiver = RunningReceiver.start(folder)) {
      database = receiver.database();
      post(receiver, "before", 20);
      receiver.awaitEvents(20);
      try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database)) {
        connection.createStatement().execute("VACUUM INTO '" + copy + "'");
      }
    }
    // No delivery of a booking touches it.
    DestroyedPage.rootOf("routing_form_submissions", database);
    try (RunningReceiver receiver = RunningReceiver.start(folder)) {
      post(receiver, "damaged", DELIVERIES);
      receiver.awaitEvents(20 + DELIVERIES);
      Eventually.holds(
          "health says corrupt",
          () -> receiver.get("/health").body().contains("\"database\":\"corrupt\""));
    }
    try (RunningReceiver receiver = RunningReceiver.start(folder)) {
      Eventually.holds(
          "health says corrupt after a restart",
          () -> receiver.get("/health").body().contains("\"database\":\"corrupt\""));

      Files.move(copy, database, StandardCopyOption.ATOMIC_MOVE);

      receiver.awaitEvents(20 + DELIVERIES);
      Eventually.holds("health is well again", () -> receiver.get("/health").statusCode() == 200);
    }
  }

  @Test
  void it_starts_with_a_database_that_is_garbage_and_takes_deliveries_in() throws Exception {
    Files.write(folder.resolve("calendly.db"), garbage());
    try (RunningReceiver receiver = RunningReceiver.start(folder)) {
      post(receiver, "garbage", DELIVERIES);

      Eventually.holds(
          "health says corrupt",
          () -> receiver.get("/health").body().contains("\"database\":\"corrupt\""));
      Files.delete(receiver.database());
      receiver.awaitEvents(DELIVERIES);
    }
  }

  /**
   * Posts bookings one after the other; each gets its 200, and mostly at once, whatever state the
   * database is in.
   *
   * @return milliseconds of the slowest
   */
  private static long post(RunningReceiver receiver, String name, int count) throws Exception {
    List<Long> millis = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] body = Deliveries.booking(name + i, name + i).body();
      long begun = System.nanoTime();
      assertEquals(200, receiver.post(body));
      millis.add((System.nanoTime() - begun) / 1_000_000);
    }
    // The very first answers of a process wait for classes to load.
    if (count > 1) {
      Collections.sort(millis);
      assertTrue(
          millis.get(count / 2) < QUICK_MILLIS,
          "usual answer of " + name + ": " + millis.get(count / 2) + " ms");
    }
    return millis.get(count - 1);
  }

  /**
   * Posts until none of so many had to wait: a door that asked the database, be it once a second,
   * would have one in each round, a machine at its slowest in some.
   *
   * @return how many it posted
   */
  private static int postQuickly(RunningReceiver receiver, String name) throws Exception {
    long slowest = Long.MAX_VALUE;
    int round = 0;
    while (slowest >= QUICK_MILLIS && round < 10) {
      slowest = post(receiver, name + "-" + round++ + "-", MANY);
    }
    assertTrue(slowest < QUICK_MILLIS, "slowest answer of each round, of the last " + slowest);
    return round * MANY;
  }

  private static byte[] garbage() {
    byte[] garbage = new byte[64 * 1024];
    new Random(20261123).nextBytes(garbage);
    return garbage;
  }
}
