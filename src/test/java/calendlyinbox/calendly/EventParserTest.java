package calendlyinbox.calendly;

import static calendlyinbox.calendly.EventIdTest.body;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What is read out of a body, and what is said of one that cannot be read. */
class EventParserTest {
  private static final List<String> OTHER_EVENTS =
      List.of(
          "event_type.created",
          "event_type.updated",
          "event_type.deleted",
          "meeting_recap.created",
          "meeting_recap.updated",
          "meeting_recap.deleted",
          "contact.created",
          "contact.updated",
          "contact.deleted",
          "invitee.transferred");

  private record Bad(String body, String reason) {}

  @TestFactory
  Stream<DynamicTest> each_unreadable_body_is_told_what_is_wrong_and_where() {
    return Stream.of(
            new Bad("", "$ is missing, wanted an object"),
            new Bad("  ", "$ is missing, wanted an object"),
            new Bad("{'event':", "the body is not JSON: line 1, column 10"),
            new Bad("{}\n}", "the body is not JSON: line 2, column 1"),
            new Bad("[]", "$ is an array, wanted an object"),
            new Bad("'Ada'", "$ is a text, wanted an object"),
            new Bad("7", "$ is a number, wanted an object"),
            new Bad("true", "$ is a boolean, wanted an object"),
            new Bad("null", "$ is null, wanted an object"),
            new Bad("{}", "$.event is missing, wanted the name of an event"),
            new Bad("{'event':null}", "$.event is null, wanted the name of an event"),
            new Bad("{'event':7}", "$.event is a number, wanted the name of an event"),
            new Bad("{'event':{'a':1}}", "$.event is an object, wanted the name of an event"),
            new Bad("{'event':' '}", "$.event is an empty text, wanted the name of an event"),
            new Bad("{'event':'invitee.created'}", "$.payload is missing, wanted an object"),
            new Bad("{'event':'new.one','payload':null}", "$.payload is null, wanted an object"),
            new Bad("{'event':'new.one','payload':[]}", "$.payload is an array, wanted an object"),
            new Bad("{'event':'new.one','payload':'Ada'}", "$.payload is a text, wanted an object"),
            new Bad(
                "{'event':'invitee.created','payload':{}}",
                "$.payload.uri is missing, wanted the uri of the resource"),
            new Bad(
                "{'event':'invitee.canceled','payload':{'uri':null}}",
                "$.payload.uri is null, wanted the uri of the resource"),
            new Bad(
                "{'event':'invitee_no_show.created','payload':{'uri':''}}",
                "$.payload.uri is an empty text, wanted the uri of the resource"),
            new Bad(
                "{'event':'invitee_no_show.deleted','payload':{'uri':[]}}",
                "$.payload.uri is an array, wanted the uri of the resource"),
            new Bad(
                "{'event':'routing_form_submission.created','payload':{'uri':7}}",
                "$.payload.uri is a number, wanted the uri of the resource"))
        .map(
            bad ->
                dynamicTest(
                    "body " + bad.body, () -> assertEquals(bad.reason, reason(body(bad.body)))));
  }

  @Test
  void a_body_that_is_no_text_is_told_so() {
    assertEquals(
        "the body is not JSON: line 1, column 5", reason(new byte[] {'{', '"', -1, '"', '}'}));
  }

  @Test
  void a_body_that_breaks_off_in_another_encoding_is_told_so() {
    assertEquals(
        "the body is not JSON: not readable as text", reason(new byte[] {0, 0, 0, '{', 0, 0, 0}));
  }

  @Test
  void a_body_of_a_million_brackets_is_not_read() {
    byte[] brackets = new byte[1_000_000];
    java.util.Arrays.fill(brackets, (byte) '[');

    assertEquals(
        "the body is not read: Document nesting depth (1001) exceeds the maximum allowed"
            + " (1000, from `StreamReadConstraints.getMaxNestingDepth()`)",
        reason(brackets));
  }

  @TestFactory
  Stream<DynamicTest> events_that_change_no_table_are_ignored() {
    return OTHER_EVENTS.stream()
        .map(
            event ->
                dynamicTest(
                    event,
                    () -> {
                      Parsed parsed = parse("{'event':'" + event + "','payload':{'uri':'U'}}");
                      assertInstanceOf(Parsed.Ignored.class, parsed);
                      assertEquals(event, parsed.identity().eventType());
                    }));
  }

  @Test
  void fields_of_another_type_read_as_absent() {
    Invitee invitee =
        invitee(
            "{'event':'invitee.created','created_at':7,'payload':{'uri':'I','name':{},'email':7,"
                + "'status':[],'cancellation':'x','no_show':true,'old_invitee':'','updated_at':'soon',"
                + "'rescheduled':'true','scheduled_event':[]}}");

    assertEquals(Optional.empty(), invitee.name());
    assertEquals(Optional.empty(), invitee.email());
    assertFalse(invitee.canceled());
    assertEquals(Optional.empty(), invitee.cancellation());
    assertEquals(Optional.empty(), invitee.noShow());
    assertEquals(Optional.empty(), invitee.oldInvitee());
    assertEquals(Optional.empty(), invitee.updatedAt());
    assertFalse(invitee.rescheduled());
    assertEquals(Optional.empty(), invitee.scheduledEvent());
    assertEquals(Optional.empty(), invitee.meeting());
  }

  @Test
  void times_are_brought_into_one_form() {
    assertEquals("2022-06-13T10:20:30.000000Z", updatedAt("2022-06-13T10:20:30Z"));
    assertEquals("2022-06-13T10:20:30.123000Z", updatedAt("2022-06-13T10:20:30.123Z"));
    assertEquals("2022-06-13T08:20:30.000000Z", updatedAt("2022-06-13T10:20:30+02:00"));
    assertEquals("2024-02-29T10:20:30.123456Z", updatedAt("2024-02-29T10:20:30.123456Z"));
    assertEquals("none", updatedAt("2023-02-29T10:20:30.123456Z"));
    assertEquals("none", updatedAt("2022-13-13T10:20:30.123456Z"));
    assertEquals("none", updatedAt("+12022-06-13T10:20:30Z"));
  }

  @Test
  void the_invitees_own_uri_says_which_meeting_it_belongs_to() {
    Invitee invitee =
        invitee(
            "{'event':'invitee.created','payload':{'uri':'x/scheduled_events/E/invitees/I',"
                + "'event':'x/scheduled_events/F','scheduled_event':{'uri':'x/scheduled_events/G'}}}");

    assertEquals(Optional.of("x/scheduled_events/E"), invitee.meeting());
  }

  private static String updatedAt(String written) {
    return invitee(
            "{'event':'invitee.created','payload':{'uri':'I','updated_at':'" + written + "'}}")
        .updatedAt()
        .orElse("none");
  }

  private static Invitee invitee(String json) {
    Parsed.Understood understood = assertInstanceOf(Parsed.Understood.class, parse(json));
    return assertInstanceOf(WebhookEvent.InviteeCreated.class, understood.event()).invitee();
  }

  private static Parsed parse(String json) {
    return new EventParser().parse(body(json));
  }

  private static String reason(byte[] body) {
    return assertInstanceOf(Parsed.Unreadable.class, new EventParser().parse(body)).reason();
  }
}
