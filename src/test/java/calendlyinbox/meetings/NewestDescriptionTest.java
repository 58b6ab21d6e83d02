package calendlyinbox.meetings;

import static calendlyinbox.meetings.Said.INVITEE_TEXTS;
import static calendlyinbox.meetings.Said.canceled;
import static calendlyinbox.meetings.Said.created;
import static calendlyinbox.meetings.Said.inEveryOrder;
import static calendlyinbox.meetings.Said.meetingUri;
import static calendlyinbox.meetings.Said.submission;
import static calendlyinbox.meetings.Said.time;
import static calendlyinbox.meetings.Said.uri;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Which description is in a row, column by column: all of the newest, nothing of an older one. */
class NewestDescriptionTest {
  @Test
  void every_column_of_an_invitee_is_that_of_the_newest_payload() throws Exception {
    Map<String, String> rows =
        inEveryOrder(
            created("M/A").updated(1).with(p -> invitee(p, "newer in the alphabet", 11)),
            created("M/A").updated(2).with(p -> invitee(p, "late", 12)));

    Map<String, String> wanted = new TreeMap<>();
    INVITEE_TEXTS.forEach(column -> wanted.put(column, "late " + column));
    wanted.put("answers", "[{\"answer\":\"late\"}]");
    wanted.put("tracking", "{\"utm_source\":\"late\"}");
    wanted.put("payment", "{\"amount\":\"late\"}");
    wanted.put("reconfirmation", "{\"confirmed_at\":\"late\"}");
    wanted.put("created_at", time(12));
    wanted.put("updated_at", time(2));
    wanted.put("uri", uri("M/A"));
    wanted.put("meeting_uri", meetingUri("M"));
    wanted.putAll(Map.of("status", "active", "rescheduled", "0", "no_show", "0"));
    assertEquals(wanted, row(rows, "invitees", uri("M/A")));
  }

  @Test
  void what_the_newest_payload_of_an_invitee_lacks_is_in_no_column() throws Exception {
    Map<String, String> rows =
        inEveryOrder(
            created("M/A").updated(1).with(p -> invitee(p, "early", 11)),
            created("M/A").updated(2));

    Map<String, String> wanted = new TreeMap<>();
    wanted.putAll(Map.of("uri", uri("M/A"), "meeting_uri", meetingUri("M")));
    wanted.putAll(Map.of("status", "active", "rescheduled", "0", "no_show", "0"));
    wanted.put("updated_at", time(2));
    assertEquals(wanted, row(rows, "invitees", uri("M/A")));
  }

  @Test
  void every_column_of_a_meeting_is_that_of_the_newest_payload() throws Exception {
    Map<String, String> rows =
        inEveryOrder(
            created("M/A").meeting(m -> meeting(m, "newer in the alphabet", 31)),
            created("M/B").meeting(m -> meeting(m, "late", 32)));

    Map<String, String> wanted = new TreeMap<>();
    wanted.put("uri", meetingUri("M"));
    wanted.put("status", "active");
    wanted.put("name", "late name");
    wanted.put("start_time", time(42));
    wanted.put("end_time", time(52));
    wanted.put("event_type", "late template");
    wanted.put("location_type", "late kind");
    wanted.put("location", "late place");
    wanted.put("join_url", "late url");
    wanted.put("location_status", "late status");
    wanted.put(
        "location_json",
        "{\"type\":\"late kind\",\"location\":\"late place\",\"join_url\":\"late url\",\"status\":\"late status\"}");
    wanted.put("hosts", "[{\"user_name\":\"late\"}]");
    wanted.put("guests", "[{\"email\":\"late\"}]");
    wanted.put("invitees_total", "132");
    wanted.put("invitees_active", "232");
    wanted.put("invitees_limit", "332");
    wanted.put("created_at", time(22));
    wanted.put("updated_at", time(32));
    assertEquals(wanted, row(rows, "meetings", meetingUri("M")));
  }

  @Test
  void every_column_of_a_submission_is_that_of_the_newest_payload() throws Exception {
    Map<String, String> rows =
        inEveryOrder(
            submission("R").updated(1).with(p -> form(p, "newer in the alphabet", 11)),
            submission("R").updated(2).with(p -> form(p, "late", 12)));

    Map<String, String> wanted = new TreeMap<>();
    wanted.put("uri", uri("R"));
    wanted.put("routing_form", "late form");
    wanted.put("submitter", "late invitee");
    wanted.put("submitter_type", "late kind");
    wanted.put("answers", "[{\"answer\":\"late\"}]");
    wanted.put("tracking", "{\"utm_source\":\"late\"}");
    wanted.put("result_type", "late type");
    wanted.put("result", "{\"type\":\"late type\"}");
    wanted.put("created_at", time(12));
    wanted.put("updated_at", time(2));
    assertEquals(wanted, row(rows, "routing_form_submissions", uri("R")));
  }

  @Test
  void of_two_cancellations_all_of_the_newer_counts_for_invitee_and_meeting() throws Exception {
    Map<String, String> rows =
        inEveryOrder(
            canceled("M/A")
                .updated(1)
                .with(p -> cancellation(p, "newer in the alphabet", 5))
                .meeting(m -> cancellation(m.put("updated_at", time(3)), "early host", 6)),
            canceled("M/A")
                .updated(2)
                .with(p -> cancellation(p, "late", 7))
                .meeting(m -> cancellation(m.put("updated_at", time(4)), "a late host", 8)),
            created("M/B").updated(9).meeting(m -> m.put("updated_at", time(9))));

    assertEquals(
        List.of("late name", "late kind", "late reason", time(7)),
        cancellation(row(rows, "invitees", uri("M/A"))));
    assertEquals(
        List.of("a late host name", "a late host kind", "a late host reason", time(8)),
        cancellation(row(rows, "meetings", meetingUri("M"))));
  }

  @Test
  void an_invitee_whose_uri_names_no_meeting_is_of_the_one_that_the_newest_payload_names()
      throws Exception {
    Map<String, String> rows =
        inEveryOrder(
            created("odd").updated(1).with(p -> p.put("event", meetingUri("N"))),
            created("odd").updated(2).with(p -> p.put("event", meetingUri("M"))));

    assertEquals(meetingUri("M"), row(rows, "invitees", uri("odd")).get("meeting_uri"));
  }

  private static void invitee(ObjectNode payload, String word, int second) {
    INVITEE_TEXTS.forEach(column -> payload.put(column, word + " " + column));
    payload.putArray("questions_and_answers").addObject().put("answer", word);
    payload.putObject("tracking").put("utm_source", word);
    payload.putObject("payment").put("amount", word);
    payload.putObject("reconfirmation").put("confirmed_at", word);
    payload.put("created_at", time(second));
  }

  private static void meeting(ObjectNode event, String word, int second) {
    event.put("name", word + " name").put("event_type", word + " template").put("status", "active");
    event.put("start_time", time(second + 10)).put("end_time", time(second + 20));
    event
        .putObject("location")
        .put("type", word + " kind")
        .put("location", word + " place")
        .put("join_url", word + " url")
        .put("status", word + " status");
    event.putArray("event_memberships").addObject().put("user_name", word);
    event.putArray("event_guests").addObject().put("email", word);
    event
        .putObject("invitees_counter")
        .put("total", 100 + second)
        .put("active", 200 + second)
        .put("limit", 300 + second);
    event.put("created_at", time(second - 10)).put("updated_at", time(second));
  }

  private static void form(ObjectNode payload, String word, int second) {
    payload.put("routing_form", word + " form").put("submitter", word + " invitee");
    payload.put("submitter_type", word + " kind").put("created_at", time(second));
    payload.putArray("questions_and_answers").addObject().put("answer", word);
    payload.putObject("tracking").put("utm_source", word);
    payload.putObject("result").put("type", word + " type");
  }

  private static void cancellation(ObjectNode of, String word, int second) {
    of.putObject("cancellation")
        .put("canceled_by", word + " name")
        .put("canceler_type", word + " kind")
        .put("reason", word + " reason")
        .put("created_at", time(second));
  }

  private static List<String> cancellation(Map<String, String> row) {
    return List.of(
        row.get("canceled_by"),
        row.get("canceler_type"),
        row.get("cancel_reason"),
        row.get("canceled_at"));
  }

  /** Returns what a row holds, by column, without what is NULL. */
  private static Map<String, String> row(Map<String, String> rows, String table, String uri) {
    String start = table + " " + uri + " ";
    Map<String, String> row = new TreeMap<>();
    rows.forEach(
        (key, value) -> {
          if (key.startsWith(start)) {
            row.put(key.substring(start.length()), value);
          }
        });
    return row;
  }
}
