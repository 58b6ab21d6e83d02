package calendlyinbox.calendly;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What stands in for the event id that Calendly does not send. */
class EventIdTest {
  private static final String AT = "2026-11-23T10:00:00.000000Z";
  private static final String OF_BODY = "sha256 of the body";

  private record Rule(String event, String payload, String id) {}

  @TestFactory
  Stream<DynamicTest> each_rule_gives_the_id_that_the_contract_says() {
    return Stream.of(
            // What happens once to a resource is named by the resource.
            new Rule("invitee.created", "{'uri':'I'}", "I"),
            new Rule("invitee.canceled", "{'uri':'I'}", "I"),
            new Rule("routing_form_submission.created", "{'uri':'R'}", "R"),
            new Rule("invitee.created", "{'uri':'I','no_show':{'uri':'N'}}", "I"),
            new Rule("invitee.created", "{'uri':'I','scheduled_event':{'uri':'E'}}", "I"),
            // What can happen again is named by the mark, or by the resource and the time.
            new Rule("invitee_no_show.created", "{'uri':'I','no_show':{'uri':'N'}}", "N"),
            new Rule("invitee_no_show.deleted", "{'uri':'I','no_show':{'uri':'N'}}", "N"),
            new Rule("invitee_no_show.deleted", "{'uri':'I','no_show':null}", "I@" + AT),
            new Rule("invitee_no_show.deleted", "{'uri':'I'}", "I@" + AT),
            new Rule("invitee_no_show.deleted", "{'uri':'I','no_show':{'uri':''}}", "I@" + AT),
            new Rule("event_type.updated", "{'uri':'T'}", "T@" + AT),
            new Rule("contact.updated", "{'contact':{'uri':'C'}}", "C@" + AT),
            new Rule("meeting_recap.deleted", "{'recap':{'uri':'P'}}", "P@" + AT),
            new Rule("something.new", "{'uri':'S'}", "S@" + AT),
            // What names nothing is named by its bytes; never by the scheduled event.
            new Rule("something.new", "{'event':'E','scheduled_event':{'uri':'E'}}", OF_BODY),
            new Rule("invitee.created", "{'event':'E'}", OF_BODY),
            new Rule("invitee.created", "{'uri':null,'no_show':{'uri':'N'}}", OF_BODY),
            new Rule("invitee.created", "{'uri':' '}", OF_BODY),
            new Rule("invitee.created", "{'uri':7}", OF_BODY),
            new Rule("contact.created", "{'contact':'C'}", OF_BODY),
            new Rule("invitee.created", "[]", OF_BODY),
            new Rule("invitee.created", "null", OF_BODY))
        .map(rule -> dynamicTest(rule.event + " " + rule.payload, () -> check(rule)));
  }

  private static void check(Rule rule) throws Exception {
    byte[] body =
        body(
            "{'event':'"
                + rule.event
                + "','created_at':'"
                + AT
                + "','payload':"
                + rule.payload
                + "}");
    String wanted =
        rule.id.equals(OF_BODY)
            ? "sha256:"
                + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body))
            : rule.id;

    Identity identity = new EventParser().parse(body).identity();

    assertEquals(wanted, identity.eventId());
    assertEquals(rule.event, identity.eventType());
    assertEquals(AT, identity.createdAt().orElseThrow());
  }

  @Test
  void without_created_at_what_can_happen_again_is_named_by_its_bytes() {
    String one = id("{'event':'event_type.updated','payload':{'uri':'T','name':'a'}}");
    String other = id("{'event':'event_type.updated','payload':{'uri':'T','name':'b'}}");

    assertEquals("sha256:", one.substring(0, 7));
    assertNotEquals(one, other);
  }

  @Test
  void invitees_of_one_group_event_have_different_ids() {
    String event = "'scheduled_event':{'uri':'E'}";

    assertNotEquals(
        id("{'event':'invitee.created','payload':{'uri':'E/invitees/1'," + event + "}}"),
        id("{'event':'invitee.created','payload':{'uri':'E/invitees/2'," + event + "}}"));
  }

  private static String id(String json) {
    return new EventParser().parse(body(json)).identity().eventId();
  }

  static byte[] body(String json) {
    return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }
}
