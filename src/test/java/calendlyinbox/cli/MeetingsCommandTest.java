package calendlyinbox.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import calendlyinbox.cli.Tool.Ran;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
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
  void no_meetings_is_an_answer() throws Exception {
    Tool tool = Tool.in(folder).withDatabase();

    assertEquals(
        "No meetings from now on; --all lists past ones too.\n", tool.run("meetings").out());
    assertEquals("No meetings.\n", tool.run("meetings", "--all").out());
    assertEquals("[]\n", tool.run("meetings", "--json").out());
    assertEquals(0, tool.run("meetings").exitCode());
  }
}
