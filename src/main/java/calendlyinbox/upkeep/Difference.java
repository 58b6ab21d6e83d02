package calendlyinbox.upkeep;

import java.util.Map;

/**
 * A row that is not as the stored events make it.
 *
 * @param name of the meeting or the invitee, for people; may be empty
 * @param columns that differ, by name; empty for a row that is there only once
 */
public record Difference(
    String table, String uri, String name, Kind kind, Map<String, Values> columns) {
  /** What the rebuild makes of the row. The names, in lower case, are shown. */
  public enum Kind {
    ADDED,
    CHANGED,
    REMOVED
  }

  /** A value that is absent is empty text. */
  public record Values(String now, String derived) {}
}
