package calendlyinbox.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Deliveries;
import calendlyinbox.RunningReceiver;
import calendlyinbox.delivery.RawHttp;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked with the token is answered as promised, by one server with a handful of events. */
final class ApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HOSTILE = "<img src=x onerror=alert(1)>\u202e\"'";
  private static final byte[] NOT_UTF8 = {(byte) 0xff, '{', '}'};

  @TempDir static Path folder;
  private static RunningReceiver receiver;

  @BeforeAll
  static void given_two_bookings_a_cancellation_a_no_show_an_unknown_kind_and_rubbish()
      throws Exception {
    receiver = RunningReceiver.start(folder);
    Deliveries noShow = Deliveries.booking("group", "ada").event("invitee_no_show.created");
    noShow
        .payload()
        .putObject("no_show")
        .put("uri", "https://api.calendly.com/invitee_no_shows/N1");
    byte[][] bodies = {
      Deliveries.booking("group", "ada").named(HOSTILE).body(),
      Deliveries.booking("group", "bob").body(),
      Deliveries.cancellation("single", "cleo").body(),
      noShow.named(HOSTILE).body(),
      Deliveries.booking("x", "y").event("meeting_recap.created").body(),
      NOT_UTF8,
    };
    for (int i = 0; i < bodies.length; i++) {
      receiver.post(bodies[i]);
      receiver.awaitEvents(i + 1);
    }
  }

  @AfterAll
  static void stop() {
    receiver.close();
  }

  @Test
  void events_are_listed_newest_first_with_whose_they_are() throws Exception {
    JsonNode page = get("/api/events");

    assertEquals("6 5 4 3 2 1", ids(page));
    assertTrue(page.get("next_before").isNull());
    JsonNode first = page.get("events").get(5);
    assertEquals(
        "[id, event_id, event_type, status, created_at, received_at, processed_at, attempts,"
            + " next_attempt_at, last_error, source, name, email]",
        names(first).toString());
    assertEquals(Deliveries.inviteeUri("group", "ada"), first.get("event_id").textValue());
    assertEquals("processed", first.get("status").textValue());
    assertEquals(HOSTILE, first.get("name").textValue());
    assertEquals("ada@example.com", page.get("events").get(2).get("email").textValue());
    assertTrue(page.get("events").get(0).get("email").isNull());
  }

  @Test
  void pages_follow_each_other_without_a_gap() throws Exception {
    List<String> pages = new ArrayList<>();
    String before = "";
    while (before != null) {
      JsonNode page = get("/api/events?limit=2&before=" + before);
      pages.add(ids(page));
      before = page.get("next_before").isNull() ? null : page.get("next_before").asText();
    }

    assertEquals(List.of("6 5", "4 3", "2 1"), pages);
  }

  @ParameterizedTest
  @CsvSource({
    "status=processed, 4 3 2 1",
    "status=failed, 6",
    "status=ignored, 5",
    "status=pending, ''",
    "type=invitee.created, 2 1",
    "type=no.such, ''",
    "type=invitee.created&status=processed&before=2, 1",
    "type=invitee.created&status=failed, ''",
    "type=meeting_recap.created&limit=1, 5",
    "q=ADA@Example.com, 4 1",
    "q=ada@example.com&type=invitee.created, 1",
    "q=ada@example.com&status=failed, ''",
    "q=ada, ''",
    "q=%25, ''",
    "q=https://api.calendly.com/scheduled_events/group, 4 2 1",
    "q=https://api.calendly.com/scheduled_events/group&before=4, 2 1",
    "q=https://api.calendly.com/scheduled_events/group/invitees/ada, 4 1",
    "q=https://api.calendly.com/scheduled_events/group/invitees/ad, ''",
    "q=https://api.calendly.com/invitee_no_shows/N1, 4",
    "q=&status=&type=&before=&limit=, 6 5 4 3 2 1"
  })
  void events_are_found_by_status_kind_address_and_uri(String query, String found)
      throws Exception {
    assertEquals(found, ids(get("/api/events?" + query)));
  }

  @Test
  void kinds_are_listed_once_each() throws Exception {
    assertEquals(
        "[\"(none)\",\"invitee.canceled\",\"invitee.created\",\"invitee_no_show.created\",\"meeting_recap.created\"]",
        get("/api/event-types").get("types").toString());
  }

  @Test
  void one_event_comes_with_its_exact_bytes_invitee_and_meeting() throws Exception {
    byte[] body = Deliveries.booking("group", "ada").named(HOSTILE).body();

    JsonNode event = get("/api/events/1");

    assertEquals(new String(body, StandardCharsets.UTF_8), event.get("payload").textValue());
    assertEquals(Base64.getEncoder().encodeToString(body), event.get("payload_base64").textValue());
    assertEquals(HOSTILE, event.get("name").textValue());
    assertEquals(1, event.get("invitee").get("no_show").intValue());
    assertTrue(event.get("invitee").get("answers").isArray());
    assertFalse(event.get("invitee").has("described_by"));
    assertEquals(Deliveries.meetingUri("group"), event.get("meeting").get("uri").textValue());
    assertFalse(event.get("meeting").has("said_status"));
    assertTrue(event.get("submission").isNull());
    assertEquals(HOSTILE, get("/api/events/4").get("invitee").get("name").textValue());
  }

  @Test
  void bytes_that_are_no_text_come_as_base64_only() throws Exception {
    JsonNode event = get("/api/events/6");

    assertTrue(event.get("payload").isNull());
    assertEquals(
        Base64.getEncoder().encodeToString(NOT_UTF8), event.get("payload_base64").textValue());
    assertEquals("failed", event.get("status").textValue());
    assertTrue(event.get("invitee").isNull() && event.get("meeting").isNull());
  }

  @Test
  void meetings_are_listed_in_order_of_start_with_json_as_json() throws Exception {
    JsonNode all = get("/api/meetings?from=2000-01-01").get("meetings");

    assertEquals(3, all.size());
    assertTrue(all.get(0).get("answers").isArray());
    assertEquals("active active canceled", sorted(all, "status"));
    assertEquals(
        "cleo@example.com",
        sorted(get("/api/meetings?from=2000-01-01&status=canceled").get("meetings"), "email"));
    assertEquals(
        "bob@example.com",
        sorted(
            get("/api/meetings?from=2000-01-01&email=BOB@example.com").get("meetings"), "email"));
    assertEquals(1, get("/api/meetings?from=2000-01-01&limit=1").get("meetings").size());
    String start = all.get(0).get("start_time").textValue();
    assertEquals(0, get("/api/meetings?from=2000-01-01&to=" + start).get("meetings").size());
    assertEquals(3, get("/api/meetings?from=" + start).get("meetings").size());
  }

  @Test
  void of_meetings_those_columns_come_that_are_asked_for() throws Exception {
    assertEquals(
        BookingSearch.COLUMNS, names(get("/api/meetings?from=2000-01-01").get("meetings").get(0)));
    assertEquals(
        receiver.rows("SELECT name FROM pragma_table_info('bookings') ORDER BY cid"),
        BookingSearch.COLUMNS);
    assertEquals(
        "[email, name]",
        names(get("/api/meetings?from=2000-01-01&columns=email,+name,email").get("meetings").get(0))
            .toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/api/events?status=done|status is done; it must be one of pending, processed, ignored, failed",
        "/api/events?limit=0|limit is 0; it must be a number from 1 to 200",
        "/api/events?limit=201|limit is 201; it must be a number from 1 to 200",
        "/api/events?limit=-1|limit is -1; it must be a number from 1 to 200",
        "/api/events?limit=1e3|limit is 1e3; it must be a number from 1 to 200",
        "/api/events?limit=99999999999999999999|limit is 99999999999999999999; it must be a number from 1 to 200",
        "/api/events?before=x%0d%0ay|before is x y; it must be a number from 1 to 9223372036854775807",
        "/api/events?stauts=failed|stauts is no parameter of this path; it takes status, type, q, before, limit",
        "/api/events?q=a&q=b|q is given 2 times; it must be once",
        "/api/events/abc|id is abc; it must be a number",
        "/api/events/1?x|x is no parameter of this path; it takes none",
        "/api/meetings?from=tomorrow|from is tomorrow; it must be a day or a moment, as 2026-11-23 or 2026-11-23T10:00:00Z",
        "/api/meetings?to=2026-02-30|to is 2026-02-30; it must be a day or a moment, as 2026-11-23 or 2026-11-23T10:00:00Z",
        "/api/meetings?status=x|status is x; it must be one of active, canceled",
        "/api/meetings?limit=1001|limit is 1001; it must be a number from 1 to 1000",
        "/api/meetings?columns=name,x|columns is name,x; it must be columns of bookings, with a comma between two",
        "/api/meetings?columns=,|columns is ,; it must be columns of bookings, with a comma between two",
        "/api/status?x=1|x is no parameter of this path; it takes none",
        "/api/deliveries?range=1y|range is 1y; it must be one of 24h, 30d"
      })
  void a_wrong_parameter_is_named_with_its_value_and_the_rule(String path, String detail)
      throws Exception {
    HttpResponse<String> answer = receiver.getAsAdmin(path);

    assertEquals(
        "400 {\"error\":\"bad_parameter\",\"detail\":\"" + detail + "\"}",
        answer.statusCode() + " " + answer.body());
  }

  /** As they are, which Java's own client would not send. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/events?status=%zz",
        "/api/events?q=%",
        "/api/events?%zz=x",
        "/api/events?q=100%@example.com",
        "/api/meetings?email=%f&limit=1"
      })
  void a_percent_sign_that_begins_no_escape_is_refused_and_leaves_nothing_out(String path)
      throws Exception {
    try (RawHttp http = new RawHttp(receiver.port())) {
      String token = "Authorization: Bearer " + RunningReceiver.ADMIN_TOKEN + "\r\n";

      RawHttp.Answer answer = http.send(RawHttp.request("GET", path, token, new byte[0])).answer();

      assertEquals(
          "400 {\"error\":\"bad_parameter\",\"detail\":"
              + "\"the query has a % that begins no escape; write %25 for the character itself\"}",
          answer.status() + " " + answer.body());
    }
  }

  @Test
  void a_text_without_end_is_refused_and_not_repeated() throws Exception {
    HttpResponse<String> answer = receiver.getAsAdmin("/api/events?q=" + "a".repeat(3000));

    assertEquals(400, answer.statusCode());
    assertTrue(answer.body().endsWith("...; it must be at most 500 characters\"}"), answer.body());
    assertTrue(answer.body().length() < 700);
  }

  @Test
  void an_event_that_is_not_there_is_404() throws Exception {
    for (HttpResponse<String> answer :
        List.of(
            receiver.getAsAdmin("/api/events/77"), receiver.postAsAdmin("/api/events/77/replay"))) {
      assertEquals(
          "404 {\"error\":\"not_found\",\"detail\":\"there is no event 77\"}",
          answer.statusCode() + " " + answer.body());
    }
  }

  @Test
  void a_replay_says_what_came_of_it() throws Exception {
    assertEquals(
        "{\"id\":1,\"status\":\"processed\",\"last_error\":null}",
        receiver.postAsAdmin("/api/events/1/replay").body());
    JsonNode failed = JSON.readTree(receiver.postAsAdmin("/api/events/6/replay").body());

    assertEquals("failed", failed.get("status").textValue());
    assertTrue(failed.get("last_error").textValue().length() > 5);
    assertTrue(get("/api/events/6").get("attempts").intValue() >= 2);
  }

  @Test
  void the_status_tells_all_at_a_glance() throws Exception {
    JsonNode status = get("/api/status");

    assertEquals(
        "[version, now, started_at, csrf, calendar_url, health, last_delivery_at, refused_since, backlog, events, tried_in_vain, answer_ms]",
        names(status).toString());
    assertEquals(
        "{\"pending\":0,\"processed\":4,\"ignored\":1,\"failed\":1}",
        status.get("events").toString());
    assertEquals("ok", status.get("health").get("journal").textValue());
    assertEquals(6, status.get("answer_ms").get("count").intValue());
    double p50 = status.get("answer_ms").get("p50").doubleValue();
    double max = status.get("answer_ms").get("max").doubleValue();
    assertTrue(p50 > 0 && p50 <= max, p50 + " to " + max);
    assertTrue(status.get("last_delivery_at").textValue().endsWith("Z"));
    assertFalse(status.toString().contains(RunningReceiver.ADMIN_TOKEN));
  }

  @Test
  void the_page_and_its_files_come_from_the_jar() throws Exception {
    HttpResponse<String> page = receiver.getAsAdmin("/admin");

    assertEquals(200, page.statusCode());
    assertEquals(
        "text/html;charset=utf-8", page.headers().firstValue("Content-Type").orElseThrow());
    assertEquals(page.body(), receiver.getAsAdmin("/admin/").body());
    assertEquals(200, receiver.getAsAdmin("/admin/lib/uPlot.min.css").statusCode());
  }

  private static JsonNode get(String path) throws Exception {
    HttpResponse<String> answer = receiver.getAsAdmin(path);
    assertEquals(200, answer.statusCode(), path + ": " + answer.body());
    assertEquals("application/json", answer.headers().firstValue("Content-Type").orElseThrow());
    return JSON.readTree(answer.body());
  }

  private static String ids(JsonNode page) {
    return String.join(" ", page.get("events").findValuesAsText("id"));
  }

  private static String sorted(JsonNode rows, String column) {
    return String.join(" ", rows.findValuesAsText(column).stream().sorted().toList());
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    Iterator<String> fields = object.fieldNames();
    fields.forEachRemaining(names::add);
    return names;
  }
}
