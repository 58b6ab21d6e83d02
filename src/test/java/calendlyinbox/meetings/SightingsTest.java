package calendlyinbox.meetings;

import static calendlyinbox.meetings.Said.canceled;
import static calendlyinbox.meetings.Said.created;
import static calendlyinbox.meetings.Said.meetingUri;
import static calendlyinbox.meetings.Said.noShow;
import static calendlyinbox.meetings.Said.noShowTakenOff;
import static calendlyinbox.meetings.Said.time;
import static calendlyinbox.meetings.Said.uri;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.calendly.Sighting;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the API said is kept, the newest of each, and gives the same rows when it is applied. */
class SightingsTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

  private MemoryTables tables;
  private Sightings sightings;

  @BeforeEach
  void open() throws SQLException {
    tables = new MemoryTables();
    sightings = new Sightings(tables.handle());
  }

  @AfterEach
  void close() throws SQLException {
    tables.close();
  }

  @Test
  void of_what_was_said_of_a_meeting_the_newest_is_kept_in_whatever_order_it_came() {
    sightings.keep(meeting("M", "late", 2));
    List<String> late = kept();

    sightings.keep(meeting("M", "early", 1));
    sightings.keep(meeting("M", "late", 2));
    assertEquals(late, kept(), "and what is repeated is not what came after");

    sightings.keep(meeting("M", "latest", 3));
    sightings.keep(meeting("N", "another", 1));
    assertEquals(
        List.of(
            "2|" + meetingUri("M") + "|(none)|2026-11-23T12:00:00.000000Z|latest",
            "3|" + meetingUri("N") + "|(none)|2026-11-23T12:00:00.000000Z|another"),
        kept());
  }

  @Test
  void of_what_was_said_of_an_invitee_the_newest_of_each_kind_is_kept() {
    keep(created("M/A").at(5).updated(2).named("late"));
    keep(created("M/A").at(6).updated(1).named("early"));
    keep(canceled("M/A").timeless().updated(1).named("gone"));

    assertEquals(
        List.of(
            "1|" + uri("M/A") + "|invitee.created|" + time(5) + "|late",
            "2|" + uri("M/A") + "|invitee.canceled||gone"),
        kept());
  }

  @Test
  void what_is_kept_gives_the_rows_that_it_gave_when_it_came() throws Exception {
    Sighting seen = meeting("M", "as it is", 2);
    Said booked = created("N/B").updated(1).named("Ada");

    sightings.apply("(none)", "2026-11-23T12:00:00.000000Z", seen.scheduledEvent().toString());
    sightings.apply("invitee.created", "", new String(booked.body(), StandardCharsets.UTF_8));
    sightings.apply("invitee.created", "", "no JSON, so that nobody knows what it said");

    Map<String, String> rows = tables.all();
    assertEquals("as it is", rows.get("meetings " + meetingUri("M") + " name"));
    assertEquals(
        Version.of(seen.event().updatedAt(), seen.identity()),
        rows.get("meetings " + meetingUri("M") + " described_by"));
    assertEquals("Ada", rows.get("invitees " + uri("N/B") + " name"));
  }

  @Test
  void of_an_event_that_comes_again_what_is_newer_is_kept_unless_something_newer_is() {
    Said first = created("M/A").at(5).updated(2);

    assertFalse(isNews(first, first));
    assertFalse(isNews(created("M/A").at(5).updated(1), first));
    assertTrue(isNews(created("M/A").at(5).updated(3).named("newer"), first));
    assertFalse(isNews(created("M/A").at(5).updated(3).named("newer"), first), "it is kept");
    keep(created("M/A").at(5).updated(5).named("newest"));
    assertFalse(isNews(created("M/A").at(5).updated(4), first));
    assertEquals(List.of("2|" + uri("M/A") + "|invitee.created|" + time(5) + "|newest"), kept());
  }

  @Test
  void a_meeting_that_is_described_as_it_was_later_is_news_of_whatever_event() {
    for (Supplier<Said> said :
        List.<Supplier<Said>>of(
            () -> created("M/A"),
            () -> canceled("M/A"),
            () -> noShow("M/A"),
            () -> noShowTakenOff("M/A"))) {
      Said again = said.get().meeting(meeting -> meeting.put("updated_at", time(3)));

      assertTrue(isNews(again, said.get().meeting(meeting -> meeting.put("updated_at", time(2)))));
    }
    assertEquals(4, kept().size());
  }

  @Test
  void of_bodies_that_say_the_same_of_the_invitee_that_with_the_newer_meeting_is_kept() {
    Said first = created("M/A").at(5).updated(2).meeting(meeting -> updated(meeting, 2));
    keep(created("M/A").at(6).updated(2).meeting(meeting -> updated(meeting, 3)).named("seen"));

    assertTrue(
        isNews(
            created("M/A").at(5).updated(2).meeting(meeting -> updated(meeting, 4)).named("news"),
            first));

    assertEquals(List.of("2|" + uri("M/A") + "|invitee.created|" + time(5) + "|news"), kept());
  }

  private static void updated(ObjectNode meeting, int at) {
    meeting.put("updated_at", time(at));
  }

  private boolean isNews(Said again, Said first) {
    return sightings.keepNews(again.event(), again.body(), first.event());
  }

  @Test
  void what_was_said_of_one_is_forgotten_and_that_of_others_stays() {
    keep(created("M/A"));
    keep(canceled("M/A"));
    keep(created("M/B").named("stays"));

    assertEquals(2, sightings.remove(uri("M/A")));
    assertEquals(0, sightings.remove(uri("M/A")));

    assertEquals(1, kept().size());
    assertTrue(kept().get(0).endsWith("|stays"), kept().get(0));
  }

  private void keep(Said said) {
    sightings.keep(said.event(), said.body());
  }

  private List<String> kept() {
    return tables
        .handle()
        .createQuery(
            """
            SELECT id || '|' || resource || '|' || event_type || '|' || seen_at || '|'
              || coalesce(body ->> '$.name', body ->> '$.payload.name', '')
            FROM sightings ORDER BY id
            """)
        .mapTo(String.class)
        .list();
  }

  private static Sighting meeting(String meeting, String name, int second) {
    return new Sighting(
        NOON,
        JsonNodeFactory.instance
            .objectNode()
            .put("uri", meetingUri(meeting))
            .put("name", name)
            .put("updated_at", time(second)));
  }
}
