package calendlyinbox.meetings;

import static calendlyinbox.meetings.Said.canceled;
import static calendlyinbox.meetings.Said.created;
import static calendlyinbox.meetings.Said.meetingUri;
import static calendlyinbox.meetings.Said.noShow;
import static calendlyinbox.meetings.Said.noShowTakenOff;
import static calendlyinbox.meetings.Said.submission;
import static calendlyinbox.meetings.Said.uri;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.calendly.Identity;
import calendlyinbox.calendly.Parsed;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who and what is forgotten, and what is let go by for it. */
class ForgottenTest {
  private MemoryTables tables;
  private Forgotten forgotten;

  @BeforeEach
  void open() throws SQLException {
    tables = new MemoryTables();
    forgotten = new Forgotten(tables.handle());
  }

  @AfterEach
  void close() throws SQLException {
    tables.close();
  }

  @Test
  void as_long_as_nothing_is_forgotten_nothing_is_let_go_by() {
    assertEquals(Set.of(), forgotten.among(List.of(created("M/A").event())));
    assertFalse(forgotten.holds(uri("M/A")));
  }

  @Test
  void an_event_is_forgotten_itself_and_not_another_of_its_type_or_id() {
    forgotten.add("contact.created", "one");
    forgotten.add("contact.created", "one");

    Parsed itself = unused("one", "contact.created");
    assertEquals(
        Set.of(itself),
        forgotten.among(
            List.of(
                itself,
                unused("two", "contact.created"),
                unused("one", "contact.updated"),
                // The two texts one after the other are the same.
                unused("done", "contact.create"))));
  }

  @Test
  void whatever_is_said_of_a_forgotten_invitee_or_submission_is_let_go_by() {
    forgotten.add(uri("M/A"));
    forgotten.add(uri("R"));
    List<Parsed> of =
        List.of(
            created("M/A").event(),
            canceled("M/A").event(),
            noShow("M/A").event(),
            noShowTakenOff("M/A").event(),
            submission("R").event());

    for (Parsed each : of) {
      assertEquals(Set.of(each), forgotten.among(List.of(each, created("M/B").event())));
    }
    assertTrue(forgotten.holds(uri("M/A")));
    assertFalse(forgotten.holds(uri("M/B")));
    assertFalse(forgotten.holds(meetingUri("M")));
  }

  @Test
  void of_a_forgotten_meeting_every_invitee_is_let_go_by() {
    forgotten.add(meetingUri("M"));
    Parsed its = created("M/A").event();

    assertEquals(Set.of(its), forgotten.among(List.of(its, created("N/B").event())));
  }

  @Test
  void what_is_forgotten_while_it_is_asked_is_known_at_once_and_to_who_asks_next() {
    assertFalse(forgotten.holds(uri("M/A")));

    forgotten.add(uri("M/A"));

    assertTrue(forgotten.holds(uri("M/A")));
    assertTrue(new Forgotten(tables.handle()).holds(uri("M/A")));
  }

  @Test
  void no_link_leads_to_who_is_forgotten_from_either_side() throws Exception {
    forgotten.add(uri("M/A"));

    tables.apply(
        List.of(
            created("N/B").with(p -> p.put("old_invitee", uri("M/A"))).event(),
            created("L/C").with(p -> p.put("new_invitee", uri("M/A"))).event(),
            created("P/E").with(p -> p.put("old_invitee", uri("O/D"))).event()));

    List<String> links =
        tables
            .handle()
            .createQuery(
                """
                SELECT replace(uri || coalesce(' after ' || old_invitee, '')
                  || coalesce(' before ' || new_invitee, ''), :api, '') FROM invitees ORDER BY uri
                """)
            .bind("api", meetingUri(""))
            .mapTo(String.class)
            .list();
    assertEquals(
        List.of(
            "L/invitees/C",
            "N/invitees/B",
            "O/invitees/D before P/invitees/E",
            "P/invitees/E after O/invitees/D"),
        links);
  }

  private static Parsed unused(String eventId, String eventType) {
    return new Parsed.Ignored(new Identity(eventId, eventType, Optional.empty()));
  }
}
