package calendlyinbox.meetings;

import static calendlyinbox.meetings.MirrorTest.invitee;
import static calendlyinbox.meetings.Said.canceled;
import static calendlyinbox.meetings.Said.created;
import static calendlyinbox.meetings.Said.inEveryOrder;
import static calendlyinbox.meetings.Said.meetingUri;
import static calendlyinbox.meetings.Said.submission;
import static calendlyinbox.meetings.Said.time;
import static calendlyinbox.meetings.Said.uri;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The merge rules about meetings and reschedules, each in every order of arrival. */
class MirrorMeetingsTest {

  @Test
  void a_group_meeting_stays_active_while_others_remain() throws Exception {
    Map<String, String> rows =
        inEveryOrder(
            created("M/A").meeting(m -> m.put("status", "active").put("updated_at", time(1))),
            created("M/B").meeting(m -> m.put("status", "active").put("updated_at", time(2))),
            canceled("M/A").meeting(m -> m.put("status", "active").put("updated_at", time(3))));

    assertEquals("active", meeting(rows, "M", "status"));
    assertEquals("canceled", invitee(rows, "M/A", "status"));
    assertEquals("active", invitee(rows, "M/B", "status"));
  }

  @Test
  void a_meeting_is_what_calendly_says_of_it_even_when_all_known_invitees_are_canceled()
      throws Exception {
    Map<String, String> rows =
        inEveryOrder(canceled("M/A").meeting(m -> m.put("status", "active")), canceled("M/B"));

    assertEquals("active", meeting(rows, "M", "status"));
  }

  @Test
  void a_canceled_meeting_is_not_revived() throws Exception {
    Map<String, String> rows =
        inEveryOrder(
            created("M/A").meeting(m -> m.put("status", "active").put("updated_at", time(9))),
            canceled("M/B")
                .meeting(
                    m ->
                        m.put("status", "canceled")
                            .put("updated_at", time(1))
                            .putObject("cancellation")
                            .put("canceled_by", "The Host")
                            .put("canceler_type", "host")));

    assertEquals("canceled", meeting(rows, "M", "status"));
    assertEquals("The Host", meeting(rows, "M", "canceled_by"));
    assertEquals("host", meeting(rows, "M", "canceler_type"));
    assertEquals(time(9), meeting(rows, "M", "updated_at"));
  }

  @Test
  void the_newest_description_of_a_meeting_wins_whoevers_event_it_came_with() throws Exception {
    Map<String, String> rows =
        inEveryOrder(
            created("M/A").updated(8).meeting(m -> m.put("name", "old").put("updated_at", time(1))),
            created("M/B")
                .updated(2)
                .meeting(m -> m.put("name", "new").put("updated_at", time(3))));
    Map<String, String> tie =
        inEveryOrder(
            created("M/A").meeting(m -> m.put("name", "A's").put("updated_at", time(1))),
            created("M/B").meeting(m -> m.put("name", "B's").put("updated_at", time(1))));

    assertEquals("new", meeting(rows, "M", "name"));
    assertEquals("B's", meeting(tie, "M", "name"));
  }

  @Test
  void what_is_said_of_one_meeting_changes_no_other() throws Exception {
    Map<String, String> rows =
        inEveryOrder(
            created("M/A").meeting(m -> m.put("status", "active")),
            canceled("N/B")
                .meeting(
                    m ->
                        m.put("status", "canceled")
                            .putObject("cancellation")
                            .put("reason", "storm")));

    assertEquals("active", meeting(rows, "M", "status"));
    assertEquals(null, meeting(rows, "M", "cancel_reason"));
    assertEquals("canceled", meeting(rows, "N", "status"));
    assertEquals("storm", meeting(rows, "N", "cancel_reason"));
  }

  @Test
  void a_meeting_of_which_calendly_never_spoke_is_canceled_when_all_known_invitees_are()
      throws Exception {
    Map<String, String> one = inEveryOrder(created("M/A"), created("M/B"), canceled("M/A"));
    Map<String, String> all =
        inEveryOrder(created("M/A"), created("M/B"), canceled("M/A"), canceled("M/B"));

    assertEquals("active", meeting(one, "M", "status"));
    assertEquals("canceled", meeting(all, "M", "status"));
  }

  @Test
  void a_meeting_of_which_calendly_never_spoke_is_canceled_by_a_reschedule() throws Exception {
    Map<String, String> rows =
        inEveryOrder(
            created("M/A").updated(1),
            created("N/B").updated(2).with(p -> p.put("old_invitee", uri("M/A"))));

    assertEquals("canceled", meeting(rows, "M", "status"));
    assertEquals("active", meeting(rows, "N", "status"));
  }

  @Test
  void a_meeting_that_an_invitee_is_gone_from_is_what_those_who_are_left_make_of_it()
      throws Exception {
    try (MemoryTables tables = new MemoryTables()) {
      tables.apply(
          List.of(created("L/Z").event(), created("M/A").event(), canceled("M/B").event()));
      tables.handle().execute("DELETE FROM invitees WHERE uri = ?", uri("M/A"));

      new Mirror().reconsider(tables.handle(), meetingUri("M"));

      assertEquals("canceled", meeting(tables.visible(), "M", "status"));
      assertEquals("active", meeting(tables.visible(), "L", "status"));
    }
  }

  @Test
  void a_reschedule_is_known_from_the_old_half_alone() throws Exception {
    Map<String, String> rows =
        inEveryOrder(
            canceled("M/A").with(p -> p.put("rescheduled", true).put("new_invitee", uri("N/B"))));

    assertEquals(uri("N/B"), invitee(rows, "M/A", "new_invitee"));
    assertEquals("1", invitee(rows, "M/A", "rescheduled"));
    assertEquals(uri("M/A"), invitee(rows, "N/B", "old_invitee"));
    assertEquals("active", invitee(rows, "N/B", "status"));
    assertEquals(meetingUri("N"), invitee(rows, "N/B", "meeting_uri"));
    assertEquals(null, invitee(rows, "N/B", "name"));
  }

  @Test
  void a_reschedule_is_known_from_the_new_half_alone() throws Exception {
    Map<String, String> rows =
        inEveryOrder(created("N/B").with(p -> p.put("old_invitee", uri("M/A"))));

    assertEquals(uri("N/B"), invitee(rows, "M/A", "new_invitee"));
    assertEquals("1", invitee(rows, "M/A", "rescheduled"));
    assertEquals("canceled", invitee(rows, "M/A", "status"));
    assertEquals(uri("M/A"), invitee(rows, "N/B", "old_invitee"));
    assertEquals("0", invitee(rows, "N/B", "rescheduled"));
  }

  @Test
  void a_chain_of_reschedules_names_each_neighbour() throws Exception {
    Map<String, String> rows =
        inEveryOrder(
            created("M/A").updated(1),
            created("N/B").updated(2).with(p -> p.put("old_invitee", uri("M/A"))),
            canceled("N/B")
                .updated(3)
                .with(p -> p.put("old_invitee", uri("M/A")).put("new_invitee", uri("O/C"))));

    assertEquals(uri("N/B"), invitee(rows, "M/A", "new_invitee"));
    assertEquals(uri("M/A"), invitee(rows, "N/B", "old_invitee"));
    assertEquals(uri("O/C"), invitee(rows, "N/B", "new_invitee"));
    assertEquals(uri("N/B"), invitee(rows, "O/C", "old_invitee"));
    assertEquals("canceled", invitee(rows, "M/A", "status"));
    assertEquals("canceled", invitee(rows, "N/B", "status"));
    assertEquals("active", invitee(rows, "O/C", "status"));
  }

  @Test
  void the_other_half_completes_what_was_only_known_by_name() throws Exception {
    Map<String, String> rows =
        inEveryOrder(
            canceled("M/A").updated(2).with(p -> p.put("new_invitee", uri("N/B"))),
            created("N/B").updated(2).named("Ada"));

    assertEquals("Ada", invitee(rows, "N/B", "name"));
    assertEquals(uri("M/A"), invitee(rows, "N/B", "old_invitee"));
  }

  @Test
  void the_newest_description_of_a_routing_form_submission_wins() throws Exception {
    Map<String, String> rows =
        inEveryOrder(
            submission("R").updated(2).with(p -> p.put("submitter_type", "Invitee")),
            submission("R").updated(1).with(p -> p.put("submitter_type", "Nobody")));

    assertEquals("Invitee", rows.get("routing_form_submissions " + uri("R") + " submitter_type"));
  }

  @Test
  void a_location_of_an_unknown_kind_is_kept_as_json() throws Exception {
    Map<String, String> rows =
        inEveryOrder(
            created("M/A")
                .meeting(m -> m.putObject("location").put("type", "hologram").put("beam", 7)));

    assertEquals("hologram", meeting(rows, "M", "location_type"));
    assertEquals("{\"type\":\"hologram\",\"beam\":7}", meeting(rows, "M", "location_json"));
    assertEquals(null, meeting(rows, "M", "location"));
  }

  private static String meeting(Map<String, String> rows, String meeting, String column) {
    return rows.get("meetings " + meetingUri(meeting) + " " + column);
  }
}
