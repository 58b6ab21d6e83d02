package calendlyinbox.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** Rows of meetings and invitees at one moment, to be compared with the same rows at another. */
final class MirrorRows {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** The order of keys means nothing in these. */
  private static final Set<String> JSON_COLUMNS =
      Set.of(
          "location_json", "hosts", "guests", "answers", "tracking", "payment", "reconfirmation");

  /** They say which description won, not what it says. */
  private static final Set<String> BOOKKEEPING =
      Set.of("described_by", "cancellation_from", "no_show_from");

  private final Map<String, Map<String, Object>> meetings;
  private final Map<String, Map<String, Object>> invitees;

  private MirrorRows(
      Map<String, Map<String, Object>> meetings, Map<String, Map<String, Object>> invitees) {
    this.meetings = meetings;
    this.invitees = invitees;
  }

  static MirrorRows read(Handle handle, Collection<String> meetings, Collection<String> invitees) {
    return new MirrorRows(
        rows(handle, "SELECT * FROM meetings WHERE uri = :uri", meetings),
        rows(handle, "SELECT * FROM invitees WHERE uri = :uri", invitees));
  }

  private static Map<String, Map<String, Object>> rows(
      Handle handle, String sql, Collection<String> uris) {
    Map<String, Map<String, Object>> rows = new LinkedHashMap<>();
    for (String uri : uris) {
      handle
          .createQuery(sql)
          .bind("uri", uri)
          .mapToMap()
          .findOne()
          .ifPresent(row -> rows.put(uri, row));
    }
    return rows;
  }

  /** Returns what is different in the later rows. */
  List<Change> changesTo(MirrorRows later) {
    List<Change> changes = new ArrayList<>();
    later.meetings.forEach((uri, row) -> compare("meeting", uri, meetings.get(uri), row, changes));
    later.invitees.forEach((uri, row) -> compare("invitee", uri, invitees.get(uri), row, changes));
    return changes;
  }

  private static void compare(
      String table,
      String uri,
      Map<String, Object> before,
      Map<String, Object> after,
      List<Change> changes) {
    Map<String, Change.Values> columns = new LinkedHashMap<>();
    after.forEach(
        (column, value) -> {
          String was = before == null ? "" : text(before.get(column));
          String is = text(value);
          if (!BOOKKEEPING.contains(column) && !same(column, was, is)) {
            columns.put(column, new Change.Values(was, is));
          }
        });
    if (!columns.isEmpty()) {
      changes.add(new Change(table, uri, text(after.get("name")), before == null, columns));
    }
  }

  private static boolean same(String column, String one, String other) {
    return one.equals(other)
        || JSON_COLUMNS.contains(column) && json(one).equals(json(other)) && json(one).isPresent();
  }

  private static Optional<JsonNode> json(String text) {
    try {
      return Optional.ofNullable(JSON.readTree(text)).filter(tree -> !tree.isMissingNode());
    } catch (JsonProcessingException notJson) {
      return Optional.empty();
    }
  }

  private static String text(Object value) {
    return value == null ? "" : value.toString();
  }
}
