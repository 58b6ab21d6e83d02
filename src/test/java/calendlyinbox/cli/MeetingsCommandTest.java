package calendlyinbox.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.ServerProcess;
import calendlyinbox.cli.Tool.Ran;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeetingsCommandTest {
  @TempDir Path folder;

  private Tool fourBookings() throws Exception {
    Tool tool = Tool.in(folder).withDatabase();
    tool.storeBooking("later", "王小明", "Discovery call", "2026-11-25T09:00:00.000000Z");
    tool.storeBooking("past", "Past", "Discovery call", "2026-11-23T09:59:59.999999Z");
    tool.storeBooking(
        "now", "Ada\u001b[31m\nLovelace", "@|red Intro|@", "2026-11-23T10:00:00.000000Z");
    tool.storeBooking("unknown", "Legacy", null, null);
    return tool;
  }

  @Test
  void those_from_now_on_are_listed_in_order_of_start() throws Exception {
    Tool tool = fourBookings();
    tool.execute("UPDATE invitees SET status = 'canceled', rescheduled = 1 WHERE uri = 'i:later'");

    Ran ran = tool.run("meetings");

    assertEquals(
        """
        START (UTC)          MEETING         NAME               E-MAIL             STATUS                 WHERE
        2026-11-23 10:00:00  @|red Intro|@   Ada\ufffd[31m Lovelace  now@example.com    active                 Room 1
        2026-11-25 09:00:00  Discovery call  王小明             later@example.com  canceled, rescheduled  Room 1
        """,
        ran.out());
    assertEquals("", ran.err());
    assertEquals(0, ran.exitCode());
  }

  @Test
  void all_lists_past_ones_too_and_last_those_without_a_start() throws Exception {
    Tool tool = fourBookings();

    JsonNode rows = new ObjectMapper().readTree(tool.run("meetings", "--all", "--json").out());

    assertEquals(
        "past now later unknown",
        rows.findValuesAsText("email").stream()
            .map(email -> email.replace("@example.com", ""))
            .collect(Collectors.joining(" ")));
  }

  @Test
  void a_limit_is_kept_and_told() throws Exception {
    Tool tool = fourBookings();

    Ran ran = tool.run("meetings", "--all", "--limit", "2");

    assertEquals(4, ran.lines().size());
    assertEquals("These are the first 2; for more, give --limit.", ran.lines().get(3));
    Ran refused = tool.run("meetings", "--limit", "0");
    assertEquals(
        "--limit is 0; it must be a number from 1 up; see ./run.sh meetings --help\n",
        refused.err());
    assertEquals(2, refused.exitCode());
  }

  @Test
  void json_has_all_columns_of_the_view_and_json_within_as_json() throws Exception {
    Tool tool = fourBookings();
    tool.execute("UPDATE invitees SET payment = '{\"amount\":10.00}', no_show = 1");

    Ran ran = tool.run("meetings", "--limit", "1", "--json");

    assertEquals(
        """
        [
        {"name":"Ada\\u001B[31m\\nLovelace","email":"now@example.com","status":"active","meeting":"@|red Intro|@",\
        "start_time":"2026-11-23T10:00:00.000000Z","end_time":null,"location_type":null,"location":"Room 1",\
        "join_url":null,"rescheduled":0,"no_show":1,"canceled_by":null,"cancel_reason":null,"canceled_at":null,\
        "timezone":null,"answers":null,"payment":{"amount":10.00},"tracking":null,"meeting_status":"active",\
        "created_at":null,"invitee_uri":"i:now","meeting_uri":"m:now","old_invitee":null,"new_invitee":null}
        ]
        """,
        ran.out());
  }

  @Test
  void csv_has_all_columns_and_no_formula_of_a_stranger() throws Exception {
    Tool tool = Tool.in(folder).withDatabase();
    String start = "2026-11-25T09:00:00.000000Z";
    tool.storeBooking("a", "=HYPERLINK(\"http://x\",\"y\")", "Say \"hi\", now", start);
    tool.storeBooking("b", "+1 555", "-2", start);
    tool.storeBooking("c", "@SUM(A1)\u001b[31m", "\t=1", start);
    tool.storeBooking("d", "王小明\nand one", "a=b", start);
    tool.storeBooking("e", "\n=1+1", "Call", start);

    Ran ran = tool.run("meetings", "--csv");

    assertEquals(
        "name,email,status,meeting,start_time,end_time,location_type,location,join_url,rescheduled,no_show,canceled_by,"
            + "cancel_reason,canceled_at,timezone,answers,payment,tracking,meeting_status,created_at,invitee_uri,"
            + "meeting_uri,old_invitee,new_invitee",
        ran.lines().get(0));
    assertTrue(
        ran.out()
            .contains(
                "\r\n\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\",a@example.com,active,\"Say \"\"hi\"\", now\","
                    + "2026-11-25T09:00:00.000000Z,,,Room 1,,0,0,,,,,,,,active,,i:a,m:a,,\r\n"),
        ran.out());
    assertTrue(ran.out().contains("\r\n'+1 555,b@example.com,active,'-2,"), ran.out());
    assertTrue(
        ran.out().contains("\r\n'@SUM(A1)\ufffd[31m,c@example.com,active,'\t=1,"), ran.out());
    assertTrue(ran.out().contains("\r\n\"王小明\nand one\",d@example.com,active,a=b,"), ran.out());
    assertTrue(ran.out().contains("\r\n\"'\n=1+1\",e@example.com,active,Call,"), ran.out());
    assertEquals(0, ran.exitCode());
    Ran both = tool.run("meetings", "--csv", "--json");
    assertEquals(
        "--json and --csv are both given; wanted one of them; see ./run.sh meetings --help\n",
        both.err());
    assertEquals(2, both.exitCode());
  }

  @Test
  void however_many_there_are_each_is_listed_once_in_order() throws Exception {
    Tool tool = Tool.in(folder).withDatabase();
    storeMany(tool, 2_100);
    tool.execute("UPDATE meetings SET start_time = NULL WHERE uri > 'm:1' AND uri < 'm:2'");

    JsonNode rows = new ObjectMapper().readTree(tool.run("meetings", "--all", "--json").out());
    JsonNode some =
        new ObjectMapper().readTree(tool.run("meetings", "--limit", "501", "--json").out());

    List<String> inOrder =
        tool.look("SELECT invitee_uri FROM bookings ORDER BY start_time IS NULL, start_time, 1");
    assertEquals(inOrder, rows.findValuesAsText("invitee_uri"));
    assertEquals(inOrder.subList(0, 501), some.findValuesAsText("invitee_uri"));
  }

  @Test
  void more_than_fit_into_memory_are_listed_whole() throws Exception {
    storeMany(Tool.in(folder).withDatabase(), 30_000);

    ServerProcess csv = ServerProcess.launch(folder, Map.of(), "meetings", "--all", "--csv");
    assertEquals(0, csv.exitCode(), () -> "it ended with " + last(csv));
    assertEquals(30_001, csv.log().size());

    ServerProcess json = ServerProcess.launch(folder, Map.of(), "meetings", "--all", "--json");
    assertEquals(0, json.exitCode(), () -> "it ended with " + last(json));
    assertEquals(30_002, json.log().size());

    ServerProcess table = ServerProcess.launch(folder, Map.of(), "meetings", "--all");
    assertEquals(0, table.exitCode(), () -> "it ended with " + last(table));
    assertEquals(30_001, table.log().size());
  }

  private static String last(ServerProcess command) {
    return command.log().get(command.log().size() - 1);
  }

  /** Three at each start, from now on. */
  private static void storeMany(Tool tool, int bookings) throws Exception {
    String some = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) ";
    tool.execute(
        some.formatted(bookings)
            + "INSERT INTO meetings (uri, name, start_time) SELECT 'm:' || i, 'Discovery call',"
            + " strftime('%Y-%m-%dT%H:%M:%S.000000Z', '2026-11-23T10:00:00', (i / 3) || ' minutes') FROM n");
    tool.execute(
        some.formatted(bookings)
            + "INSERT INTO invitees (uri, meeting_uri, name, email, answers)"
            + " SELECT 'i:' || i, 'm:' || i, 'Ada', i || '@example.com',"
            + " '[{\"answer\":\"' || hex(zeroblob(200)) || '\"}]' FROM n");
  }

  @Test
  void csv_without_meetings_is_the_line_of_columns() throws Exception {
    Tool tool = Tool.in(folder).withDatabase();

    assertEquals(1, tool.run("meetings", "--csv").lines().size());
  }

  @Test
  void no_meetings_is_an_answer() throws Exception {
    Tool tool = Tool.in(folder).withDatabase();

    assertEquals(
        "No meetings from now on; --all lists past ones too.\n", tool.run("meetings").out());
    assertEquals("No meetings.\n", tool.run("meetings", "--all").out());
    assertEquals("[]\n", tool.run("meetings", "--json").out());
    assertEquals(0, tool.run("meetings").exitCode());
  }
}
