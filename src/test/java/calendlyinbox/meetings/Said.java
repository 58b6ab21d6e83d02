package calendlyinbox.meetings;

import static org.junit.jupiter.api.Assertions.assertEquals;

import calendlyinbox.calendly.Parsed;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** An event with only the fields that a test is about; times are seconds within one minute. */
final class Said {
  /** What a payload says of an invitee as plain text, each in a column of its name. */
  static final List<String> INVITEE_TEXTS =
      List.of(
          "name",
          "first_name",
          "last_name",
          "email",
          "timezone",
          "text_reminder_number",
          "scheduling_method",
          "invitee_scheduled_by",
          "routing_form_submission",
          "cancel_url",
          "reschedule_url");

  private static final String API = "https://api.calendly.com/scheduled_events/";

  private final ObjectNode envelope = JsonNodeFactory.instance.objectNode();
  private final ObjectNode payload = JsonNodeFactory.instance.objectNode();
  private String raw = "";

  private Said(String event, String invitee) {
    envelope.put("event", event).put("created_at", time(0));
    payload.put("uri", uri(invitee)).put("status", "active");
  }

  static Said created(String invitee) {
    return new Said("invitee.created", invitee);
  }

  static Said canceled(String invitee) {
    return new Said("invitee.canceled", invitee).with(p -> p.put("status", "canceled"));
  }

  static Said submission(String name) {
    return new Said("routing_form_submission.created", name);
  }

  static Said noShow(String invitee) {
    return new Said("invitee_no_show.created", invitee);
  }

  static Said noShowTakenOff(String invitee) {
    return new Said("invitee_no_show.deleted", invitee);
  }

  /** {@code "M/I"}: the invitee I of the meeting M. */
  static String uri(String invitee) {
    return API + invitee.replace("/", "/invitees/");
  }

  static String meetingUri(String meeting) {
    return API + meeting;
  }

  static String time(double second) {
    return String.format(java.util.Locale.ROOT, "2026-11-23T10:00:%09.6fZ", second);
  }

  /** The envelope's time. */
  Said at(int second) {
    envelope.put("created_at", time(second));
    return this;
  }

  /** The envelope says no time. */
  Said timeless() {
    envelope.remove("created_at");
    return this;
  }

  Said updated(double second) {
    payload.put("updated_at", time(second));
    return this;
  }

  Said named(String name) {
    payload.put("name", name);
    return this;
  }

  Said with(Consumer<ObjectNode> change) {
    change.accept(payload);
    return this;
  }

  /** With the scheduled event embedded. */
  Said meeting(Consumer<ObjectNode> change) {
    ObjectNode event = payload.withObjectProperty("scheduled_event");
    String uri = payload.get("uri").textValue();
    event.put("uri", uri.substring(0, uri.indexOf("/invitees/")));
    change.accept(event);
    return this;
  }

  /** A field of the payload in exactly these characters. */
  Said raw(String field) {
    raw = "," + field;
    return this;
  }

  Parsed.Understood event() {
    return MemoryTables.understood(body());
  }

  byte[] body() {
    String head = envelope.toString();
    String body = payload.toString();
    String whole =
        head.substring(0, head.length() - 1)
            + ",\"payload\":"
            + body.substring(0, body.length() - 1)
            + raw
            + "}}";
    return whole.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Applies the events in every order, one by one and together, each also twice, and returns the
   * visible columns, which are to be the same each time.
   */
  static Map<String, String> inEveryOrder(Said... said) throws SQLException {
    List<Parsed.Understood> events = new ArrayList<>();
    for (Said one : said) {
      events.add(one.event());
    }
    try (MemoryTables tables = new MemoryTables()) {
      events.forEach(event -> tables.apply(List.of(event)));
      Map<String, String> first = tables.all();
      Map<String, String> visible = tables.visible();
      for (List<Parsed.Understood> order : orders(events)) {
        tables.cleared();
        order.forEach(event -> tables.apply(List.of(event)));
        assertEquals("", Tables.difference(first, tables.all()), () -> "one by one: " + order);
        order.forEach(event -> tables.apply(List.of(event)));
        assertEquals("", Tables.difference(first, tables.all()), () -> "repeated: " + order);
        tables.cleared().apply(order);
        assertEquals("", Tables.difference(first, tables.all()), () -> "together: " + order);
      }
      return visible;
    }
  }

  private static <T> List<List<T>> orders(List<T> of) {
    if (of.isEmpty()) {
      return List.of(List.of());
    }
    List<List<T>> orders = new ArrayList<>();
    for (int first = 0; first < of.size(); first++) {
      List<T> rest = new ArrayList<>(of);
      T head = rest.remove(first);
      for (List<T> tail : orders(rest)) {
        List<T> order = new ArrayList<>(List.of(head));
        order.addAll(tail);
        orders.add(Collections.unmodifiableList(order));
      }
    }
    return orders;
  }
}
