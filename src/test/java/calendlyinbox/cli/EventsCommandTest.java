package calendlyinbox.cli;

import static calendlyinbox.cli.Tool.utf8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.ServerProcess;
import calendlyinbox.cli.Tool.Ran;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventsCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private Tool threeEvents() throws Exception {
    Tool tool = Tool.in(folder).withDatabase();
    tool.storeEvent(1, "invitee.created", "processed", utf8("{\"event\":\"one\"}"));
    tool.storeEvent(2, "invitee.canceled", "failed", utf8("{\"event\":\"two\",\"n\":10.00}"));
    tool.storeEvent(3, "invitee.created", "pending", utf8("three"));
    return tool;
  }

  @Test
  void events_are_listed_newest_first() throws Exception {
    Tool tool = threeEvents();

    Ran ran = tool.run("events");

    assertEquals(
        """
        ID  STATUS     EVENT             RECEIVED (UTC)       TRIES  NEXT TRY (UTC)  ERROR
        3   pending    invitee.created   2026-11-23 09:00:03  1
        2   failed     invitee.canceled  2026-11-23 09:00:02  1                      it went wrong
        1   processed  invitee.created   2026-11-23 09:00:01  1
        """,
        ran.out());
    assertEquals("", ran.err());
    assertEquals(0, ran.exitCode());
  }

  @Test
  void a_list_can_be_narrowed_by_status_type_and_number() throws Exception {
    Tool tool = threeEvents();

    assertEquals(2, firstId(tool.run("events", "--status", "failed", "--json")));
    assertEquals(2, firstId(tool.run("events", "--type", "invitee.canceled", "--json")));
    assertEquals(
        "These are the newest 1; for more, give --limit.",
        tool.run("events", "--limit", "1").lines().get(2));
    assertEquals("No events.\n", tool.run("events", "--status", "ignored").out());
  }

  private static long firstId(Ran ran) throws Exception {
    JsonNode rows = JSON.readTree(ran.out());
    assertEquals(1, rows.size());
    return rows.get(0).get("id").asLong();
  }

  @Test
  void json_has_the_names_of_the_columns_and_times_as_they_are() throws Exception {
    Tool tool = threeEvents();

    Ran ran = tool.run("events", "--status", "failed", "--json");

    assertEquals(
        """
        [
        {"id":2,"event_id":"uri:2","event_type":"invitee.canceled","status":"failed","created_at":null,\
        "received_at":"2026-11-23T09:00:02.000000Z","processed_at":null,"attempts":1,"next_attempt_at":null,\
        "last_error":"it went wrong","source":"webhook"}
        ]
        """,
        ran.out());
    assertEquals("[]\n", tool.run("events", "--status", "ignored", "--json").out());
  }

  @Test
  void events_whose_payloads_do_not_fit_into_memory_are_listed_all_the_same() throws Exception {
    Tool tool = Tool.in(folder).withDatabase();
    tool.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)"
            + " INSERT INTO calendly_webhook_events (event_id, event_type, status, payload, received_at)"
            + " SELECT i, 'x', 'ignored', CAST(zeroblob(500000) AS TEXT), '' FROM n");

    ServerProcess json =
        ServerProcess.launch(folder, Map.of(), "events", "--limit", "10000", "--json");

    assertEquals(0, json.exitCode(), () -> "it wrote " + json.log());
    assertEquals(202, json.log().size());
  }

  @Test
  void a_status_or_a_limit_that_cannot_be_is_refused_with_the_rule() throws Exception {
    Tool tool = threeEvents();

    Ran status = tool.run("events", "--status", "done");
    Ran limit = tool.run("events", "--limit", "0");

    assertEquals(
        "--status is done; it must be pending, processed, ignored or failed; see ./run.sh events --help\n",
        status.err());
    assertEquals(2, status.exitCode());
    assertEquals(
        "--limit is 0; it must be a number from 1 to 10000; see ./run.sh events --help\n",
        limit.err());
    assertEquals(2, limit.exitCode());
  }

  @Test
  void without_a_database_it_says_so_and_makes_none() throws Exception {
    Ran ran = Tool.in(folder).run("events");

    assertEquals(
        folder.resolve("calendly.db")
            + " does not exist; start the server once (./run.sh), or set DATA_DIR to its data folder\n",
        ran.err());
    assertEquals(3, ran.exitCode());
    try (var files = Files.list(folder)) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void a_file_that_is_no_database_is_out_of_reach() throws Exception {
    Tool tool = Tool.in(folder);
    Files.writeString(tool.databaseFile(), "not a database at all, but long enough\n".repeat(50));

    Ran ran = tool.run("events");

    assertTrue(ran.err().startsWith(tool.databaseFile() + ": "), ran.err());
    assertTrue(
        ran.err()
            .endsWith(
                " (corrupt); put a database of calendly-inbox there, or set DATA_DIR to its data folder\n"),
        ran.err());
    assertEquals(1, ran.err().lines().count());
    assertEquals(3, ran.exitCode());
  }

  @Test
  void the_database_of_a_newer_version_is_not_touched() throws Exception {
    Tool tool = threeEvents();
    tool.execute("PRAGMA user_version = 99");

    Ran ran = tool.run("events");

    assertEquals(
        tool.databaseFile()
            + " has schema version 99, this calendly-inbox knows versions up to 3; start the newer"
            + " calendly-inbox that wrote it, or set DATA_DIR to another folder\n",
        ran.err());
    assertEquals(2, ran.exitCode());
  }

  @Test
  void a_list_does_not_wait_for_a_writer() throws Exception {
    Tool tool = threeEvents();
    try (Connection writer = DriverManager.getConnection("jdbc:sqlite:" + tool.databaseFile())) {
      writer.createStatement().execute("BEGIN IMMEDIATE");

      Ran ran = tool.run("events");

      assertEquals(4, ran.lines().size());
      assertEquals(0, ran.exitCode());
    }
  }

  @Test
  void one_event_is_shown_with_its_payload_a_line_a_field() throws Exception {
    Tool tool = threeEvents();

    Ran ran = tool.run("events", "show", "2");

    assertEquals(
        """
        id               2
        event_id         uri:2
        event_type       invitee.canceled
        status           failed
        created_at       -
        received_at      2026-11-23T09:00:02.000000Z
        processed_at     -
        attempts         1
        next_attempt_at  -
        last_error       it went wrong
        source           webhook
        payload          25 bytes

        {
          "event": "two",
          "n": 10.00
        }
        """,
        ran.out());
    assertEquals(0, ran.exitCode());
  }

  @Test
  void a_payload_that_is_no_json_is_shown_as_it_is() throws Exception {
    Ran ran = threeEvents().run("events", "show", "3");

    assertTrue(ran.out().endsWith("payload          5 bytes, not JSON\n\nthree\n"), ran.out());
  }

  @Test
  void raw_gives_the_exact_bytes_and_nothing_else() throws Exception {
    byte[] bytes = {'{', (byte) 0xff, 0x1b, '\r', '\n', 0, ' '};
    Tool tool = Tool.in(folder).withDatabase();
    tool.storeEvent(1, "(none)", "failed", bytes);

    Ran ran = tool.run("events", "show", "1", "--raw");

    assertArrayEquals(bytes, ran.bytes());
    assertEquals(0, ran.exitCode());
  }

  @Test
  void json_holds_the_payload_as_text_or_as_base64() throws Exception {
    Tool tool = threeEvents();
    tool.storeEvent(4, "(none)", "failed", new byte[] {(byte) 0xff});

    JsonNode text = JSON.readTree(tool.run("events", "show", "2", "--json").out());
    JsonNode bytes = JSON.readTree(tool.run("events", "show", "4", "--json").out());

    assertEquals("{\"event\":\"two\",\"n\":10.00}", text.get("payload").asText());
    assertEquals("/w==", bytes.get("payload_base64").asText());
  }

  @Test
  void an_event_that_is_not_there_is_a_no() throws Exception {
    Ran ran = threeEvents().run("events", "show", "99");

    assertEquals("There is no event 99; ./run.sh events lists those there are\n", ran.err());
    assertEquals(1, ran.exitCode());
  }

  @Test
  void nothing_that_a_stranger_wrote_reaches_the_terminal_as_a_control_sequence() throws Exception {
    String nasty = "a\u001b[2Jb\u009b1mc\u202ed\ne\u0007";
    Tool tool = Tool.in(folder).withDatabase();
    tool.storeEvent(1, nasty, "processed", utf8("{\"name\":\"x\u009b1my\u202ez\"}"));
    tool.storeEvent(2, nasty, "processed", utf8("no JSON " + nasty));

    for (String command : new String[] {"events", "events --json", "events show 1"}) {
      assertTame(tool.run(command.split(" ")).out());
    }
    assertTame(tool.run("events", "show", "1", "--json").out());
    assertTame(tool.run("events", "show", "2").out());
    assertTame(tool.run("events", nasty).err());

    assertEquals(3, tool.run("events").lines().size(), "a cell has one line");
    assertEquals(
        nasty, JSON.readTree(tool.run("events", "--json").out()).get(0).get("event_type").asText());
  }

  private static void assertTame(String screen) {
    assertFalse(screen.isEmpty());
    screen
        .codePoints()
        .filter(c -> c != '\n')
        .forEach(
            c ->
                assertFalse(
                    Character.isISOControl(c) || c == 0x202e,
                    () -> "U+%04X in %s".formatted(c, screen)));
  }
}
