package calendlyinbox.meetings;

import static calendlyinbox.meetings.Said.canceled;
import static calendlyinbox.meetings.Said.created;
import static calendlyinbox.meetings.Said.inEveryOrder;
import static calendlyinbox.meetings.Said.noShow;
import static calendlyinbox.meetings.Said.noShowTakenOff;
import static calendlyinbox.meetings.Said.time;
import static calendlyinbox.meetings.Said.uri;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** The rules of merging about invitees, each in every order of arrival. */
class MirrorTest {

  @Test
  void a_late_booking_revives_nothing() throws Exception {
    Map<String, String> rows =
        inEveryOrder(created("M/A").updated(1).at(1), canceled("M/A").updated(2).at(2));

    assertEquals("canceled", invitee(rows, "M/A", "status"));
  }

  @Test
  void a_booking_that_claims_to_be_newer_revives_nothing() throws Exception {
    Map<String, String> rows =
        inEveryOrder(
            canceled("M/A").updated(1).with(p -> p.putObject("cancellation").put("reason", "ill")),
            created("M/A").updated(9).named("Ada"));

    assertEquals("canceled", invitee(rows, "M/A", "status"));
    assertEquals("Ada", invitee(rows, "M/A", "name"));
    assertEquals("ill", invitee(rows, "M/A", "cancel_reason"));
  }

  @Test
  void a_cancellation_whose_payload_has_no_status_is_one() throws Exception {
    Map<String, String> rows =
        inEveryOrder(created("M/A").updated(1), canceled("M/A").with(p -> p.remove("status")));

    assertEquals("canceled", invitee(rows, "M/A", "status"));
  }

  @Test
  void who_was_rescheduled_is_known_to_be_before_it_is_known_where_to() throws Exception {
    Map<String, String> rows =
        inEveryOrder(
            created("M/A").updated(1), noShow("M/A").with(p -> p.put("rescheduled", true)));

    assertEquals("1", invitee(rows, "M/A", "rescheduled"));
    assertEquals("canceled", invitee(rows, "M/A", "status"));
    assertEquals(null, invitee(rows, "M/A", "new_invitee"));
  }

  @Test
  void what_is_said_of_one_invitee_changes_no_other() throws Exception {
    Map<String, String> alone = inEveryOrder(created("M/A").at(1));

    Map<String, String> rows =
        inEveryOrder(
            created("M/A").at(1),
            noShow("M/B").at(2),
            canceled("M/C").at(3).with(p -> p.putObject("cancellation").put("reason", "ill")));

    alone.keySet().removeIf(key -> !key.startsWith("invitees "));
    rows.keySet().removeIf(key -> !key.startsWith("invitees " + uri("M/A")));
    assertEquals(alone, rows);
  }

  @Test
  void who_is_said_to_have_two_successors_has_one_and_the_same_in_every_order() throws Exception {
    Map<String, String> rows =
        inEveryOrder(
            canceled("M/A").updated(2).with(p -> p.put("new_invitee", uri("N/B"))),
            noShow("M/A").updated(1).with(p -> p.put("new_invitee", uri("O/C"))),
            created("P/D").updated(2).with(p -> p.put("old_invitee", uri("N/B"))),
            noShow("P/D").updated(1).with(p -> p.put("old_invitee", uri("O/C"))));

    assertEquals(uri("O/C"), invitee(rows, "M/A", "new_invitee"));
    assertEquals(uri("O/C"), invitee(rows, "P/D", "old_invitee"));
  }

  @Test
  void the_newest_description_wins() throws Exception {
    Map<String, String> rows =
        inEveryOrder(
            created("M/A").updated(1).named("first").with(p -> p.put("timezone", "Asia/Tokyo")),
            noShow("M/A").updated(2.5).named("second"),
            canceled("M/A").updated(2).named("between"));

    assertEquals("second", invitee(rows, "M/A", "name"));
    assertEquals(time(2.5), invitee(rows, "M/A", "updated_at"));
    assertEquals(null, invitee(rows, "M/A", "timezone"), "the newest as a whole");
  }

  @Test
  void equally_new_descriptions_are_told_apart_by_a_fixed_rule() throws Exception {
    Map<String, String> kinds =
        inEveryOrder(
            created("M/A").updated(1).at(1).named("created"),
            noShow("M/A").updated(1).at(1).named("marked"),
            noShowTakenOff("M/A").updated(1).at(1).named("taken off"),
            canceled("M/A").updated(1).at(1).named("canceled"));
    Map<String, String> moments =
        inEveryOrder(
            created("M/A").updated(1).at(2).named("later event"),
            canceled("M/A").updated(1).at(1).named("earlier event"));

    assertEquals("canceled", invitee(kinds, "M/A", "name"), "a cancellation comes last");
    assertEquals("later event", invitee(moments, "M/A", "name"));
  }

  @Test
  void without_updated_at_the_moment_of_the_event_stands_in() throws Exception {
    Map<String, String> rows =
        inEveryOrder(
            created("M/A").updated(2).named("second 2"),
            noShow("M/A").at(3).named("second 3"),
            canceled("M/A").at(1).named("second 1"));

    assertEquals("second 3", invitee(rows, "M/A", "name"));
    assertEquals(null, invitee(rows, "M/A", "updated_at"));
  }

  @Test
  void times_without_a_fraction_are_compared_as_times() throws Exception {
    Map<String, String> rows =
        inEveryOrder(
            created("M/A").with(p -> p.put("updated_at", "2026-11-23T10:00:01Z")).named("old"),
            noShow("M/A").updated(1.5).named("new"),
            canceled("M/A").with(p -> p.put("updated_at", "2026-11-23T11:00:01+01:00")));

    assertEquals("new", invitee(rows, "M/A", "name"));
  }

  @Test
  void of_no_show_on_and_off_the_newest_wins() throws Exception {
    Said on1 = noShow("M/A").at(1).with(p -> p.putObject("no_show").put("created_at", time(1.7)));
    Said off = noShowTakenOff("M/A").at(3).with(p -> p.putNull("no_show"));
    Said on2 = noShow("M/A").at(5).with(p -> p.putObject("no_show").put("created_at", time(5.2)));

    Map<String, String> takenOff = inEveryOrder(on1, off);
    Map<String, String> onAgain = inEveryOrder(on1, off, on2);

    assertEquals("0", invitee(takenOff, "M/A", "no_show"));
    assertEquals(null, invitee(takenOff, "M/A", "no_show_at"));
    assertEquals("1", invitee(onAgain, "M/A", "no_show"));
    assertEquals(time(5.2), invitee(onAgain, "M/A", "no_show_at"));
  }

  @Test
  void a_no_show_taken_off_in_the_second_it_was_marked_in_is_off() throws Exception {
    Map<String, String> rows =
        inEveryOrder(
            noShow("M/A").at(4).with(p -> p.putObject("no_show").put("created_at", time(4.8))),
            noShowTakenOff("M/A")
                .at(4)
                .with(p -> p.putObject("no_show").put("created_at", time(4.8))));

    assertEquals("0", invitee(rows, "M/A", "no_show"));
    assertEquals(null, invitee(rows, "M/A", "no_show_at"));
  }

  @Test
  void a_no_show_in_the_payload_of_another_event_counts_as_the_mark() throws Exception {
    Map<String, String> rows =
        inEveryOrder(
            created("M/A").at(1).updated(1),
            canceled("M/A")
                .at(6)
                .updated(6)
                .with(p -> p.putObject("no_show").put("created_at", time(5.1))));

    Map<String, String> booked =
        inEveryOrder(created("M/A").with(p -> p.putObject("no_show").put("created_at", time(5.1))));

    assertEquals("1", invitee(rows, "M/A", "no_show"));
    assertEquals(time(5.1), invitee(rows, "M/A", "no_show_at"));
    assertEquals("canceled", invitee(rows, "M/A", "status"));
    assertEquals("1", invitee(booked, "M/A", "no_show"));
    assertEquals(time(5.1), invitee(booked, "M/A", "no_show_at"));
  }

  @Test
  void a_no_show_without_a_time_of_its_own_has_that_of_its_event() throws Exception {
    Map<String, String> rows = inEveryOrder(created("M/A").at(1), noShow("M/A").at(4));

    assertEquals("1", invitee(rows, "M/A", "no_show"));
    assertEquals(time(4), invitee(rows, "M/A", "no_show_at"));
  }

  @Test
  void a_no_show_of_which_no_time_is_known_counts_until_it_is_taken_off() throws Exception {
    Map<String, String> marked = inEveryOrder(created("M/A"), noShow("M/A").timeless());
    Map<String, String> takenOff =
        inEveryOrder(noShow("M/A").timeless(), noShowTakenOff("M/A").timeless());
    Map<String, String> marking =
        inEveryOrder(noShowTakenOff("M/A").timeless(), noShow("M/A").at(1));

    assertEquals("1", invitee(marked, "M/A", "no_show"));
    assertEquals(null, invitee(marked, "M/A", "no_show_at"));
    assertEquals("0", invitee(takenOff, "M/A", "no_show"));
    assertEquals("1", invitee(marking, "M/A", "no_show"));
  }

  @Test
  void an_amount_stays_digit_for_digit() throws Exception {
    for (String amount :
        new String[] {"\"20.00\"", "20.00", "20", "0.10", "12345678901234567.89"}) {
      Map<String, String> rows =
          inEveryOrder(created("M/A").raw("\"payment\":{\"amount\":" + amount + "}"));

      assertEquals("{\"amount\":" + amount + "}", invitee(rows, "M/A", "payment"));
    }
  }

  @Test
  void a_cancellation_of_2020_is_known_by_its_boolean_alone() throws Exception {
    Map<String, String> rows =
        inEveryOrder(
            created("M/A").with(p -> p.put("canceled", true)).with(p -> p.remove("status")));

    assertEquals("canceled", invitee(rows, "M/A", "status"));
  }

  static String invitee(Map<String, String> rows, String invitee, String column) {
    return rows.get("invitees " + uri(invitee) + " " + column);
  }
}
