package calendlyinbox.events;

import static calendlyinbox.Deliveries.booking;
import static calendlyinbox.Deliveries.cancellation;
import static calendlyinbox.Deliveries.inviteeUri;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Deliveries;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Claim, apply, done, in one transaction. */
class EventProcessorTest {
  private static final List<String> TABLES =
      List.of("calendly_webhook_events", "sightings", "meetings", "invitees");

  @TempDir Path folder;
  private Station station;

  @BeforeEach
  void open() throws Exception {
    station = new Station(folder);
    station.processor.progress(); // makes the tables
  }

  @AfterEach
  void close() {
    station.close();
  }

  @Test
  void an_event_is_claimed_and_applied_in_one_transaction() throws Exception {
    station.apply(booking("m", "ada"));

    assertEquals(
        List.of(Deliveries.inviteeUri("m", "ada") + "|invitee.created|processed|1|null|null"),
        station.rows(
            "SELECT event_id, event_type, status, attempts, next_attempt_at, last_error"
                + " FROM calendly_webhook_events"));
    assertEquals(
        List.of("2026-11-23T12:00:00.000000Z|2026-11-23T12:00:00.000000Z|webhook"),
        station.rows("SELECT received_at, processed_at, source FROM calendly_webhook_events"));
    assertEquals(List.of("Name of ada"), station.rows("SELECT name FROM invitees"));
    assertEquals(List.of("a segment|100"), station.rows("SELECT * FROM journal_progress"));
  }

  @Test
  void what_cannot_be_applied_does_not_hold_up_its_neighbours() throws Exception {
    station.refuse("bob@example.com");

    station.apply(booking("m", "ada"), booking("m", "bob"), booking("m", "cleo"));

    assertEquals(
        List.of("Name of ada", "Name of cleo"),
        station.rows("SELECT name FROM invitees ORDER BY name"));
    assertEquals(
        List.of("processed|1", "pending|1", "processed|1"),
        station.rows("SELECT status, attempts FROM calendly_webhook_events ORDER BY id"));
    assertTrue(
        station
            .one("SELECT last_error FROM calendly_webhook_events WHERE status = 'pending'")
            .contains("refused by a trigger"));
    assertEquals("300", station.one("SELECT applied_to FROM journal_progress"));
  }

  @Test
  void nothing_of_an_event_that_cannot_be_applied_stays_in_the_tables() throws Exception {
    station.refuse("bob@example.com");

    station.apply(booking("m", "bob"));

    assertEquals("0", station.count("meetings"));
    assertEquals("0", station.count("invitees"));
  }

  @Test
  void a_duplicate_changes_nothing() throws Exception {
    station.apply(booking("m", "ada"), booking("m", "ada"));
    List<String> events = station.rows("SELECT * FROM calendly_webhook_events");
    List<String> invitees = station.rows("SELECT * FROM invitees");

    station.clock.advance(java.time.Duration.ofHours(1));
    station.apply(booking("m", "ada").named("Another"));

    assertEquals(1, events.size());
    assertEquals(events, station.rows("SELECT * FROM calendly_webhook_events"));
    assertEquals(invitees, station.rows("SELECT * FROM invitees"));
    assertEquals("0", station.count("sightings"));
  }

  @Test
  void of_two_bodies_of_one_event_the_newer_describes_the_rows_whichever_came_first()
      throws Exception {
    String newer = "2026-11-23T10:00:00.000000Z";
    Deliveries first = booking("m", "ada").updatedAt("2026-11-23T09:00:00.000000Z");
    Deliveries invitee = booking("m", "ada").named("Ada L.").updatedAt(newer);
    Deliveries canceled = cancellation("m", "bob").updatedAt(newer);
    canceled.payload().put("rescheduled", true).put("new_invitee", inviteeUri("n", "bob"));
    Deliveries before = cancellation("m", "bob").updatedAt("2026-11-23T09:30:00.000000Z");
    Deliveries meeting = booking("m", "cleo");
    ((ObjectNode) meeting.payload().get("scheduled_event"))
        .put("name", "Moved to Friday")
        .put("updated_at", newer);
    List<Deliveries> said =
        List.of(first, invitee, before, canceled, booking("m", "cleo"), meeting);
    List<Deliveries> backwards = new ArrayList<>(said);
    Collections.reverse(backwards);

    station.apply(said.toArray(Deliveries[]::new));
    List<String> forwards = tables();

    assertEquals("3", station.count("calendly_webhook_events"));
    assertEquals("Ada L.", station.one("SELECT name FROM invitees WHERE uri LIKE '%/ada'"));
    assertEquals("Moved to Friday", station.one("SELECT name FROM meetings WHERE uri LIKE '%/m'"));
    assertEquals(
        inviteeUri("n", "bob"),
        station.one("SELECT new_invitee FROM invitees WHERE uri LIKE '%/m/invitees/bob'"));
    for (String table : TABLES) {
      station.execute("DELETE FROM " + table);
    }
    for (Deliveries one : backwards) {
      station.apply(one);
    }
    assertEquals(forwards, tables());
  }

  @Test
  void of_any_number_of_bodies_of_one_event_the_newest_describes_each_row_in_any_order()
      throws Exception {
    Deliveries first = said("10:00", "10:00");
    Deliveries invitee = said("10:01", "10:00");
    Deliveries meeting = said("10:00", "10:02");
    Deliveries later = said("10:00", "10:03");
    Set<List<String>> outcomes = new HashSet<>();
    for (List<Deliveries> order : orders(List.of(first, invitee, meeting, later))) {
      for (Deliveries one : order) {
        station.apply(one);
      }
      outcomes.add(
          station.rows(
              "SELECT i.name, m.name, m.updated_at FROM invitees i, meetings m ON m.uri = meeting_uri"));
      for (String table : TABLES) {
        station.execute("DELETE FROM " + table);
      }
    }
    assertEquals(
        Set.of(List.of("Ada as of 10:01|Meeting as of 10:03|2026-11-23T10:03:00.000000Z")),
        outcomes);
  }

  private static Deliveries said(String inviteeAt, String meetingAt) {
    Deliveries body =
        booking("m", "ada")
            .named("Ada as of " + inviteeAt)
            .updatedAt("2026-11-23T" + inviteeAt + ":00.000000Z");
    ((ObjectNode) body.payload().get("scheduled_event"))
        .put("name", "Meeting as of " + meetingAt)
        .put("updated_at", "2026-11-23T" + meetingAt + ":00.000000Z");
    return body;
  }

  private static <T> List<List<T>> orders(List<T> of) {
    if (of.isEmpty()) {
      return List.of(List.of());
    }
    List<List<T>> orders = new ArrayList<>();
    for (T one : of) {
      List<T> others = new ArrayList<>(of);
      others.remove(one);
      for (List<T> rest : orders(others)) {
        List<T> order = new ArrayList<>(rest);
        order.add(0, one);
        orders.add(order);
      }
    }
    return orders;
  }

  private List<String> tables() {
    return Stream.of("meetings", "invitees")
        .flatMap(table -> station.rows("SELECT * FROM " + table + " ORDER BY uri").stream())
        .toList();
  }

  @Test
  void what_comes_again_and_is_not_understood_or_no_utf_8_changes_nothing() throws Exception {
    byte[] utf16 =
        new String(
                booking("m", "ada").named("Zoë").updatedAt("2026-12-24T10:00:00.000000Z").body(),
                StandardCharsets.UTF_8)
            .getBytes(StandardCharsets.UTF_16BE);
    byte[] ignored = booking("m", "ada").event("contact.created").body();
    station.apply(List.of(booking("m", "ada").body(), ignored));

    station.apply(List.of(ignored, utf16));

    assertEquals("2", station.count("calendly_webhook_events"));
    assertEquals("0", station.count("sightings"));
    assertEquals("Name of ada", station.one("SELECT name FROM invitees"));
  }

  @Test
  void news_of_an_event_that_cannot_be_applied_leave_its_row_as_it_is() throws Exception {
    station.apply(booking("m", "bob"));
    List<String> events = station.rows("SELECT * FROM calendly_webhook_events");
    station.execute(
        "CREATE TRIGGER refuse BEFORE UPDATE ON invitees BEGIN SELECT RAISE(ABORT, 'refused'); END");

    station.apply(
        booking("m", "bob").named("Bob B.").updatedAt("2026-12-24T10:00:00.000000Z"),
        booking("m", "cleo"));

    assertEquals(
        events, station.rows("SELECT * FROM calendly_webhook_events WHERE event_id LIKE '%/bob'"));
    assertEquals("0", station.count("sightings"));
    assertEquals("1", station.one("SELECT count(*) FROM invitees WHERE uri LIKE '%/cleo'"));
  }

  @Test
  void a_cancellation_is_no_duplicate_of_the_booking() throws Exception {
    station.apply(booking("m", "ada"), cancellation("m", "ada"));

    assertEquals("2", station.count("calendly_webhook_events"));
    assertEquals("canceled", station.one("SELECT status FROM invitees"));
  }

  @Test
  void what_is_not_understood_is_kept_with_its_reason() throws Exception {
    station.apply(List.of("not json".getBytes(StandardCharsets.UTF_8), new byte[] {'{', -1, '}'}));
    station.apply(booking("m", "ada").event("contact.created"));

    assertEquals(
        List.of(
            "(none)|failed|text|the body is not JSON: line 1, column 1|null",
            "(none)|failed|blob|the body is not JSON: line 1, column 3|null",
            "contact.created|ignored|text|null|2026-11-23T12:00:00.000000Z"),
        station.rows(
            "SELECT event_type, status, typeof(payload), last_error, processed_at"
                + " FROM calendly_webhook_events ORDER BY id"));
    assertEquals("0", station.count("invitees"));
  }

  @Test
  void a_body_of_more_values_than_fit_into_memory_is_kept_as_failed_and_holds_up_nothing()
      throws Exception {
    String booking = new String(booking("m", "ada").body(), StandardCharsets.UTF_8);
    String values = "{\"\":0}" + ",{\"\":0}".repeat(50_000);
    byte[] body =
        booking
            .replace("\"payload\":{", "\"payload\":{\"tracking\":[" + values + "],")
            .getBytes(StandardCharsets.UTF_8);

    station.apply(List.of(body, booking("m", "grace").body()));

    assertEquals(
        List.of(
            "(none)|failed|the body is not read: Token count (200001) exceeds the maximum allowed"
                + " (200000, from `StreamReadConstraints.getMaxTokenCount()`)|"
                + body.length,
            "invitee.created|processed|null|" + booking("m", "grace").body().length),
        station.rows(
            "SELECT event_type, status, last_error, length(payload)"
                + " FROM calendly_webhook_events ORDER BY id"));
    assertEquals("1", station.count("invitees"));
  }

  @Test
  void a_chunk_is_not_applied_where_the_database_is_not_where_the_reader_thought()
      throws Exception {
    station.apply(booking("m", "ada"));
    station.execute("UPDATE journal_progress SET applied_to = 7");

    assertThrows(JournalProgress.Moved.class, () -> station.apply(booking("m", "bob")));

    assertEquals("1", station.count("invitees"));
    assertEquals("1", station.count("calendly_webhook_events"));
  }
}
