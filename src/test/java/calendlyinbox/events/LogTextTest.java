package calendlyinbox.events;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a payload may stand in the log. */
class LogTextTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "https://api.calendly.com/scheduled_events/A-1/invitees/b_2",
        "https://api.calendly.com/scheduled_events/A-1/invitees/b_2@2026-11-23T10:00:00.000000Z",
        "sha256:9f86d081884c7d659a2feaa0c55ad015",
      })
  void an_id_stays_as_it_is_also_with_a_time_behind_it(String id) {
    assertEquals(id, LogText.of(id));
  }

  @ParameterizedTest
  @CsvSource({
    "ada@example.com, ada?example.com",
    "ada@163.com, ada?163.com",
    "ada@2026.example, ada?2026.example",
    "ada@2026-11.example, ada?2026-11.example",
    "ada@, ada?",
    "@, ?",
    "a@@2026-11-23T10:00:00Z, a?@2026-11-23T10:00:00Z",
    "ada@example.com@2026-11-23T10:00:00Z, ada?example.com@2026-11-23T10:00:00Z",
  })
  void what_may_be_an_address_is_none_any_more(String text, String logged) {
    assertEquals(logged, LogText.of(text));
  }

  @Test
  void nothing_begins_another_line_or_field() {
    assertEquals(
        "a??2026-11-24?ERROR?x??y?.?z??",
        LogText.of("a\r\n2026-11-24 ERROR x=\"y\u001b.\u202ez\u2028é"));
  }

  @Test
  void a_long_one_is_cut_and_what_is_left_of_a_time_is_none() {
    String id = "a".repeat(196);

    assertEquals("a".repeat(200), LogText.of("a".repeat(200)));
    assertEquals("a".repeat(200) + "…", LogText.of("a".repeat(201)));
    assertEquals(id + "?202…", LogText.of(id + "@2026-11-23T10:00:00Z"));
  }

  @ParameterizedTest
  @CsvSource({
    "invitee.created, invitee.created",
    "invitee_no_show.deleted, invitee_no_show.deleted",
    "(none), (none)",
    "ada@example.com, (unusual)",
    "Invitee.created, (unusual)",
    "invitee.created2, (unusual)",
    "invitee created, (unusual)",
  })
  void an_events_name_is_as_calendly_forms_them_or_not_shown(String name, String logged) {
    assertEquals(logged, LogText.name(name));
    assertEquals("a".repeat(60), LogText.name("a".repeat(60)));
    assertEquals("(unusual)", LogText.name("a".repeat(61)));
  }
}
