package calendlyinbox.meetings;

import static calendlyinbox.meetings.Said.INVITEE_TEXTS;
import static calendlyinbox.meetings.Said.canceled;
import static calendlyinbox.meetings.Said.created;
import static calendlyinbox.meetings.Said.meetingUri;
import static calendlyinbox.meetings.Said.time;
import static calendlyinbox.meetings.Said.uri;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A row of which the events go is kept in other words: made anew from those, it is the same in
 * every column.
 */
class WitnessTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

  private MemoryTables tables;
  private Witness witness;

  @BeforeEach
  void open() throws SQLException {
    tables = new MemoryTables();
    witness = new Witness(tables.handle(), NOON);
  }

  @AfterEach
  void close() throws SQLException {
    tables.close();
  }

  @Test
  void a_meeting_is_kept_with_all_that_its_row_holds() throws Exception {
    tables.apply(
        List.of(
            created("M/A").meeting(WitnessTest::everything).event(),
            created("N/B").meeting(m -> m.put("name", "another")).event()));
    Map<String, String> visible = rows(tables.visible(), "meetings " + meetingUri("M"));
    assertEquals(visibleColumns("meetings"), visible.size(), visible::toString);

    witness.ofMeeting(meetingUri("M"));

    assertEquals(visible, rows(tables.visible(), "meetings " + meetingUri("M")));
    assertMadeAnew("meetings " + meetingUri("M"));
  }

  @Test
  void an_invitee_is_kept_with_all_that_its_row_holds() throws Exception {
    tables.apply(
        List.of(
            canceled("M/A").with(WitnessTest::all).event(),
            created("M/B").updated(1).named("active").event()));
    Map<String, String> visible = rows(tables.visible(), "invitees " + uri("M/A"));
    assertEquals(visibleColumns("invitees"), visible.size(), visible::toString);

    witness.ofInvitee(uri("M/A"));

    assertEquals(visible, rows(tables.visible(), "invitees " + uri("M/A")));
    assertMadeAnew("invitees " + uri("M/A"));
  }

  @Test
  void who_is_not_canceled_is_kept_so() throws Exception {
    tables.apply(List.of(created("M/A").updated(1).named("Ada").event()));

    witness.ofInvitee(uri("M/A"));

    assertEquals("active", tables.all().get("invitees " + uri("M/A") + " status"));
    assertEquals(
        List.of("invitee.created"),
        tables.handle().createQuery("SELECT event_type FROM sightings").mapTo(String.class).list());
    assertMadeAnew("invitees " + uri("M/A"));
  }

  @Test
  void nothing_is_kept_of_who_is_not_there_or_of_whom_only_the_name_is_known() throws Exception {
    tables.apply(List.of(created("N/B").with(p -> p.put("old_invitee", uri("M/A"))).event()));

    witness.ofInvitee(uri("M/A"));
    witness.ofInvitee(uri("M/missing"));
    witness.ofMeeting(meetingUri("N"));
    witness.ofMeeting(meetingUri("missing"));

    assertEquals(
        0,
        tables.handle().createQuery("SELECT count(*) FROM sightings").mapTo(Integer.class).one());
  }

  /** Without the row, what was kept of it makes it anew, down to the columns that nobody sees. */
  private void assertMadeAnew(String row) throws SQLException {
    Map<String, String> before = rows(tables.all(), row);
    tables.cleared();
    Sightings sightings = new Sightings(tables.handle());
    tables
        .handle()
        .createQuery("SELECT event_type, seen_at, body FROM sightings")
        .mapToMap()
        .forEach(
            kept ->
                sightings.apply(
                    (String) kept.get("event_type"),
                    (String) kept.get("seen_at"),
                    (String) kept.get("body")));
    Map<String, String> after = rows(tables.all(), row);
    assertTrue(!before.isEmpty());
    assertEquals(before, after);
  }

  /** All but the three in which a table notes from where its values are. */
  private int visibleColumns(String table) {
    return tables
            .handle()
            .createQuery("SELECT count(*) FROM pragma_table_info(:table)")
            .bind("table", table)
            .mapTo(Integer.class)
            .one()
        - 3;
  }

  private static Map<String, String> rows(Map<String, String> all, String row) {
    Map<String, String> rows = new TreeMap<>(all);
    rows.keySet().removeIf(key -> !key.startsWith(row + " "));
    return rows;
  }

  /** With keys in their order, as Calendly has them. */
  private static void everything(ObjectNode meeting) {
    meeting.put("name", "Talk").put("event_type", "template").put("status", "canceled");
    meeting.put("start_time", time(1)).put("end_time", time(2));
    meeting
        .putObject("location")
        .put("join_url", "url")
        .put("location", "place")
        .put("status", "pushed")
        .put("type", "kind");
    meeting.putArray("event_memberships").addObject().put("user_name", "host");
    meeting.putArray("event_guests").addObject().put("email", "guest");
    meeting.putObject("invitees_counter").put("total", 7).put("active", 5).put("limit", 9);
    cancellation(meeting);
    meeting.put("created_at", time(3)).put("updated_at", time(4));
  }

  private static void all(ObjectNode invitee) {
    for (String text : INVITEE_TEXTS) {
      invitee.put(text, "its " + text);
    }
    invitee.putArray("questions_and_answers").addObject().put("answer", "yes");
    invitee.putObject("tracking").put("utm_source", "mail");
    invitee.putObject("payment").put("amount", 12.5);
    invitee.putObject("reconfirmation").put("confirmed_at", "now");
    invitee.putObject("no_show").put("created_at", time(5));
    invitee.put("rescheduled", true);
    invitee.put("old_invitee", uri("L/Z")).put("new_invitee", uri("N/B"));
    cancellation(invitee);
    invitee.put("created_at", time(6)).put("updated_at", time(7));
  }

  private static void cancellation(ObjectNode of) {
    of.putObject("cancellation")
        .put("canceled_by", "somebody")
        .put("canceler_type", "host")
        .put("reason", "ill")
        .put("created_at", time(8));
  }
}
