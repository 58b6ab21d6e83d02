package calendlyinbox.cli;

import static calendlyinbox.cli.Tool.utf8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import calendlyinbox.Deliveries;
import calendlyinbox.RunningReceiver;
import calendlyinbox.cli.Tool.Ran;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayCommandTest {
  /** As long as a command waits for another writer. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  @TempDir Path folder;

  /** 1 and 4 can be applied, 2 is of no interest, 3 cannot be read. */
  private Tool fourEvents() throws Exception {
    Tool tool = Tool.in(folder).withDatabase();
    tool.storeEvent(1, "invitee.created", "failed", Sample.starting(Tool.NOW).bytes());
    tool.storeEvent(
        2, "contact.created", "failed", utf8("{\"event\":\"contact.created\",\"payload\":{}}"));
    tool.storeEvent(3, "invitee.created", "failed", utf8("{\"event\":\"invitee.created\"}"));
    tool.storeEvent(4, "invitee.created", "pending", Sample.starting(Tool.NOW).bytes());
    return tool;
  }

  @Test
  void an_event_is_applied_again_and_its_meeting_is_there() throws Exception {
    Tool tool = fourEvents();

    Ran ran = tool.run("replay", "1", "2", "1");

    assertEquals(
        """
        1  processed
        2  ignored
        Replayed 2: 1 ignored, 1 processed.
        """,
        ran.out());
    assertEquals("", ran.err());
    assertEquals(0, ran.exitCode());
    assertEquals(2, tool.run("meetings").lines().size());
  }

  @Test
  void what_is_still_to_be_fetched_is_noted_as_the_server_would_note_it() throws Exception {
    Tool tool = fourEvents();
    Deliveries bare = Deliveries.booking("bare", "ada");
    bare.payload().remove("scheduled_event");
    tool.storeEvent(5, "invitee.created", "failed", bare.body());
    String noted = "SELECT wanted FROM detail_fetches WHERE meeting_uri LIKE '%/bare'";

    tool.run("replay", "5");
    assertEquals(List.of(), RunningReceiver.rows(tool.databaseFile(), noted), "without a token");
    tool.withToken(URI.create("http://127.0.0.1:1"), "token").run("replay", "5");

    assertEquals(List.of("details"), RunningReceiver.rows(tool.databaseFile(), noted));
  }

  @Test
  void what_failed_again_or_is_unknown_is_told_and_makes_it_a_no() throws Exception {
    Ran ran = fourEvents().run("replay", "1", "3", "99");

    assertEquals(
        """
        1  processed
        3  failed: $.payload is missing, wanted an object
        99  unknown: there is no such event; ./run.sh events lists those there are
        Replayed 3: 1 failed, 1 processed, 1 unknown.
        """,
        ran.out());
    assertEquals(1, ran.exitCode());
  }

  @Test
  void all_the_failed_ones_are_replayed_or_all_there_are() throws Exception {
    Tool tool = fourEvents();

    assertEquals(
        "Replayed 3: 1 failed, 1 ignored, 1 processed.",
        tool.run("replay", "--failed").lines().get(3));
    assertEquals(
        "Replayed 4: 1 failed, 1 ignored, 2 processed.",
        tool.run("replay", "--all").lines().get(4));

    tool.execute("DELETE FROM calendly_webhook_events");
    assertEquals("No failed events.\n", tool.run("replay", "--failed").out());
    assertEquals(0, tool.run("replay", "--all").exitCode());
  }

  @Test
  void exactly_one_of_the_three_forms_is_wanted() throws Exception {
    Tool tool = fourEvents();
    String wanted =
        "; wanted event ids, --failed, or --all, one of the three; see ./run.sh replay --help\n";

    assertEquals("Nothing to replay is given" + wanted, tool.run("replay").err());
    assertEquals(2, tool.run("replay").exitCode());
    assertEquals("More than one choice is given" + wanted, tool.run("replay", "1", "--all").err());
    assertEquals(2, tool.run("replay", "--failed", "--all").exitCode());
    assertEquals(
        "one is no event id; it must be a number, as in ./run.sh events; see ./run.sh replay --help\n",
        tool.run("replay", "one").err());
  }

  @Test
  void it_waits_for_a_writer_that_is_about_to_finish() throws Exception {
    Tool tool = fourEvents();
    Ran ran;
    long held;
    int attempts = 0;
    do {
      try (Connection writer = DriverManager.getConnection("jdbc:sqlite:" + tool.databaseFile())) {
        long begun = System.nanoTime();
        writer.createStatement().execute("BEGIN IMMEDIATE");

        CompletableFuture<Ran> replay =
            CompletableFuture.supplyAsync(() -> tool.run("replay", "1"));
        Thread.sleep(500);
        writer.createStatement().execute("COMMIT");

        held = System.nanoTime() - begun;
        ran = replay.get();
      }
      // A writer that made a pause was not about to finish: once more.
    } while (held > PATIENCE.toNanos() && ++attempts < 10);

    assertEquals("1  processed\nReplayed 1: 1 processed.\n", ran.out() + ran.err());
  }

  @Test
  void a_writer_that_does_not_finish_is_named_as_the_trouble() throws Exception {
    Tool tool = fourEvents();
    try (Connection writer = DriverManager.getConnection("jdbc:sqlite:" + tool.databaseFile())) {
      writer.createStatement().execute("BEGIN IMMEDIATE");

      Ran ran = tool.run("replay", "1");

      assertEquals(
          tool.databaseFile()
              + ": [SQLITE_BUSY] The database file is locked (database is locked) (locked); another program has held"
              + " it for 5 s; close that one (a sqlite3 with an open transaction?) and try again\n",
          ran.err());
      assertEquals(3, ran.exitCode());
    }
  }
}
