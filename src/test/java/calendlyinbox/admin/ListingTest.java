package calendlyinbox.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.store.Database;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An answer is no longer than there is room for, however long its rows are. */
final class ListingTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Optional<String> ANY = Optional.empty();

  @TempDir static Path folder;
  private static Database database;

  @BeforeAll
  static void given_ten_bookings_with_long_answers_and_their_events() throws Exception {
    database =
        new Database(folder.resolve("calendly.db"), Duration.ofSeconds(5), Clock.systemUTC());
    database.write(
        handle -> {
          for (int i = 1; i <= 10; i++) {
            handle.execute(
                "INSERT INTO meetings (uri, start_time) VALUES (?, '2026-11-23T10:00:00.000000Z')",
                "m" + i);
            handle.execute(
                "INSERT INTO invitees (uri, meeting_uri, name, answers)"
                    + " VALUES (?, ?, 'Ada', '[{\"answer\":\"' || hex(zeroblob(500)) || '\"}]')",
                "i" + i,
                "m" + i);
            handle.execute(
                "INSERT INTO calendly_webhook_events"
                    + " (id, event_id, event_type, status, payload, received_at, last_error)"
                    + " VALUES (?, ?, 'x', 'failed', '{}', '', hex(zeroblob(500)))",
                i,
                "e" + i);
          }
          return handle.execute(
              "INSERT INTO calendly_webhook_events (id, event_id, event_type, status, payload, received_at)"
                  + " VALUES (100, 'e', 'large', 'failed', CAST(zeroblob(1024 * 1024 + 1) AS TEXT), ''),"
                  + " (99, 'f', 'large', 'failed', CAST(zeroblob(1024 * 1024) AS TEXT), '')");
        });
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @Test
  void more_bookings_than_there_is_room_for_are_refused_with_how_many_there_are() throws Exception {
    Reply refused = meetings(BookingSearch.COLUMNS, 10, 7000);

    assertEquals(
        "400 {\"error\":\"bad_parameter\",\"detail\":\"limit is 10; it must be at most 4 here, since so many bookings"
            + " fill the 7000 bytes that an answer may have; columns, as name,email,start_time, asks for less of each\"}",
        refused.toString());
    assertEquals(4, rows(meetings(BookingSearch.COLUMNS, 4, 7000), "meetings").size());
    assertEquals(10, rows(meetings(List.of("name"), 10, 7000), "meetings").size());
    assertEquals(
        1, rows(meetings(BookingSearch.COLUMNS, 1, 10), "meetings").size(), "one has always room");
  }

  @Test
  void a_page_of_events_ends_where_there_is_no_more_room_and_the_next_goes_on_from_there()
      throws Exception {
    StringBuilder pages = new StringBuilder();
    JsonNode before = JSON.valueToTree(11);
    while (!before.isNull()) {
      EventSearch search = new EventSearch(ANY, ANY, ANY, before.asLong());
      JsonNode page = JSON.readTree(EventRoutes.page(database, search, 5, 5000).body());
      pages.append(page.get("events").findValuesAsText("id")).append(' ');
      before = page.get("next_before");
    }

    assertEquals("[10, 9, 8, 7] [6, 5, 4, 3] [2, 1] ", pages.toString());
  }

  @Test
  void what_is_too_long_for_text_comes_as_bytes_only() throws Exception {
    JsonNode large = event(100);
    JsonNode fits = event(99);

    assertTrue(large.get("payload").isNull());
    assertEquals(
        1024 * 1024 + 1,
        Base64.getDecoder().decode(large.get("payload_base64").textValue()).length);
    assertEquals(1024 * 1024, fits.get("payload").textValue().length());
  }

  private static JsonNode event(long id) throws Exception {
    return JSON.readTree(
        Reply.json(database.look(handle -> EventDetail.find(handle, id)).orElseThrow()).body());
  }

  private static Reply meetings(List<String> columns, int limit, int mostBytes) throws Exception {
    return MeetingRoutes.found(
        database, new BookingSearch("2026", ANY, ANY, ANY, columns), limit, mostBytes);
  }

  private static JsonNode rows(Reply reply, String name) throws Exception {
    assertEquals(200, reply.status(), reply.toString());
    return JSON.readTree(reply.body()).get(name);
  }
}
