package calendlyinbox.meetings;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The tables that a history should end in, worked out from what happened in the order in which it
 * happened; written by what the README promises of merging, not by the code. Since a history knows
 * the true order, "the newest" is simply what was said last.
 */
public final class ExpectedTables {
  private static final List<String> INVITEE_TEXTS =
      List.of(
          "name first_name last_name email timezone text_reminder_number scheduling_method"
              .split(" "));
  private static final List<String> INVITEE_URIS =
      List.of(
          "invitee_scheduled_by routing_form_submission cancel_url reschedule_url created_at updated_at"
              .split(" "));

  private final TreeMap<String, Map<String, String>> meetings = new TreeMap<>();
  private final TreeMap<String, Map<String, String>> invitees = new TreeMap<>();
  private final TreeMap<String, Map<String, String>> submissions = new TreeMap<>();
  private final Set<String> saidOf = new TreeSet<>();
  private final Map<String, String> offSecond = new HashMap<>();
  private final Map<String, String> onTime = new HashMap<>();

  private ExpectedTables() {}

  /**
   * Returns the visible columns, as {@link Tables#visible}.
   *
   * @param history what was delivered, in the order in which it happened
   */
  public static Map<String, String> of(List<History.Said> history) {
    ExpectedTables expected = new ExpectedTables();
    history.forEach(expected::happened);
    expected.finish();
    Map<String, String> all = new TreeMap<>();
    put(all, "meetings", expected.meetings);
    put(all, "invitees", expected.invitees);
    put(all, "routing_form_submissions", expected.submissions);
    return all;
  }

  private void happened(History.Said said) {
    JsonNode payload = said.payload();
    String uri = payload.get("uri").textValue();
    if (said.event().startsWith("routing")) {
      Map<String, String> row = row(submissions, uri, Map.of());
      copy(payload, row, "routing_form", "submitter", "submitter_type", "created_at", "updated_at");
      row.put("answers", json(payload.get("questions_and_answers")));
      row.put("tracking", json(payload.get("tracking")));
      row.put("result", json(payload.get("result")));
      row.put("result_type", text(payload.get("result"), "type"));
      return;
    }
    describeInvitee(uri, payload);
    describeMeeting(payload.get("event").textValue(), payload.get("scheduled_event"));
    noShow(said, uri, payload.get("no_show"));
    String older = text(payload, "old_invitee");
    if (older != null) {
      moved(older, uri);
    }
    String newer = text(payload, "new_invitee");
    if (newer != null) {
      moved(uri, newer);
    }
  }

  private void describeInvitee(String uri, JsonNode payload) {
    Map<String, String> row = invitee(uri);
    INVITEE_TEXTS.forEach(column -> copy(payload, row, column));
    INVITEE_URIS.forEach(column -> copy(payload, row, column));
    row.put("answers", json(payload.get("questions_and_answers")));
    for (String column : List.of("tracking", "payment", "reconfirmation")) {
      row.put(column, json(payload.get(column)));
    }
    if (text(payload, "status").equals("canceled")) {
      row.put("status", "canceled");
      cancellation(row, payload.get("cancellation"));
    }
  }

  private void describeMeeting(String uri, JsonNode event) {
    Map<String, String> row = row(meetings, uri, Map.of("status", "active"));
    if (event == null) {
      return;
    }
    saidOf.add(uri);
    row.put("status", text(event, "status"));
    copy(event, row, "name", "start_time", "end_time", "event_type", "created_at", "updated_at");
    JsonNode location = event.get("location");
    row.put("location_type", text(location, "type"));
    row.put("location", text(location, "location"));
    row.put("join_url", text(location, "join_url"));
    row.put("location_status", text(location, "status"));
    row.put("location_json", json(location));
    row.put("hosts", json(event.get("event_memberships")));
    row.put("guests", json(event.get("event_guests")));
    for (String counter : List.of("total", "active", "limit")) {
      row.put("invitees_" + counter, event.get("invitees_counter").get(counter).asText());
    }
    if (event.has("cancellation")) {
      cancellation(row, event.get("cancellation"));
    }
  }

  private void noShow(History.Said said, String uri, JsonNode mark) {
    if (said.event().equals("invitee_no_show.deleted")) {
      offSecond.merge(uri, said.second().substring(0, 19), ExpectedTables::later);
    } else if (mark != null && mark.isObject()) {
      onTime.merge(uri, text(mark, "created_at"), ExpectedTables::later);
    }
  }

  private void moved(String older, String newer) {
    Map<String, String> old = invitee(older);
    old.put("status", "canceled");
    old.put("rescheduled", "1");
    old.put("new_invitee", newer);
    invitee(newer).put("old_invitee", older);
  }

  private void finish() {
    // The newest of on and off; within a second, off.
    onTime.forEach(
        (uri, at) -> {
          String off = offSecond.getOrDefault(uri, "");
          if (at.substring(0, 19).compareTo(off) > 0) {
            invitees.get(uri).put("no_show", "1");
            invitees.get(uri).put("no_show_at", at);
          }
        });
    meetings.forEach(
        (uri, row) -> {
          if (!saidOf.contains(uri)) {
            boolean anyActive =
                invitees.values().stream()
                    .filter(invitee -> uri.equals(invitee.get("meeting_uri")))
                    .anyMatch(invitee -> invitee.get("status").equals("active"));
            row.put("status", anyActive ? "active" : "canceled");
          }
        });
  }

  private Map<String, String> invitee(String uri) {
    String meeting = uri.substring(0, uri.indexOf("/invitees/"));
    Map<String, String> known =
        Map.of("meeting_uri", meeting, "status", "active", "rescheduled", "0", "no_show", "0");
    return row(invitees, uri, known);
  }

  private static Map<String, String> row(
      Map<String, Map<String, String>> table, String uri, Map<String, String> first) {
    return table.computeIfAbsent(
        uri,
        u -> {
          Map<String, String> row = new TreeMap<>(first);
          row.put("uri", u);
          return row;
        });
  }

  private static void cancellation(Map<String, String> row, JsonNode cancellation) {
    copy(cancellation, row, "canceled_by", "canceler_type");
    row.put("cancel_reason", text(cancellation, "reason"));
    row.put("canceled_at", text(cancellation, "created_at"));
  }

  private static void copy(JsonNode from, Map<String, String> row, String... columns) {
    for (String column : columns) {
      row.put(column, text(from, column));
    }
  }

  private static String text(JsonNode object, String field) {
    JsonNode node = object == null ? null : object.get(field);
    return node == null || node.isNull() ? null : node.asText();
  }

  private static String json(JsonNode node) {
    return node == null || node.isNull() ? null : node.toString();
  }

  private static String later(String one, String other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  private static void put(
      Map<String, String> all, String table, Map<String, Map<String, String>> rows) {
    rows.forEach(
        (uri, row) ->
            row.forEach(
                (column, value) -> {
                  if (Objects.nonNull(value)) {
                    all.put(table + " " + uri + " " + column, value);
                  }
                }));
  }
}
