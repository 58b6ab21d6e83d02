package calendlyinbox.sync;

import java.util.Map;

/**
 * One row that is not as Calendly has it.
 *
 * @param table {@code meeting}, {@code invitee} or {@code event}
 * @param id the row's uri; of an event its event id
 * @param name for people: the meeting's or invitee's name, the event's name
 * @param isNew whether there was no such row
 * @param columns what differs; of a new row all that is set
 */
public record Change(
    String table, String id, String name, boolean isNew, Map<String, Values> columns) {

  /** What stood in a column, and what Calendly says; empty text for nothing. */
  public record Values(String before, String after) {}

  /** Without names and values. */
  @Override
  public String toString() {
    return "Change[" + table + ", " + id + ", " + columns.keySet() + "]";
  }
}
