package calendlyinbox.upkeep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Every text in every table of a database, of whatever version: to find an address, and redact it.
 */
final class TextColumns {
  private static final String EXACT_BODY = "calendly_webhook_events.payload";

  private final Address address;
  private final Redaction redaction;

  TextColumns(Address address) {
    this.address = address;
    this.redaction = new Redaction(address);
  }

  /** Returns whether the address is anywhere. */
  boolean hold(Handle handle) {
    for (Map.Entry<String, List<String>> table : tables(handle).entrySet()) {
      for (String column : table.getValue()) {
        boolean found =
            texts(handle, table.getKey(), column).stream()
                .anyMatch(text -> redaction.of(text).isPresent());
        if (found) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Redacts all texts but the exact bodies of events, in the transaction that the handle is in.
   *
   * @return how many texts, by table
   */
  Map<String, Integer> redact(Handle handle) {
    Map<String, Integer> redacted = new LinkedHashMap<>();
    tables(handle)
        .forEach(
            (table, columns) ->
                columns.stream()
                    .filter(column -> !EXACT_BODY.equals(table + "." + column))
                    .forEach(
                        column -> {
                          int texts = redact(handle, table, column);
                          if (texts > 0) {
                            redacted.merge(table, texts, Integer::sum);
                          }
                        }));
    return redacted;
  }

  private int redact(Handle handle, String table, String column) {
    int redacted = 0;
    for (String text : texts(handle, table, column)) {
      Optional<String> without = redaction.of(text);
      if (without.isPresent()) {
        redacted +=
            handle.execute(
                "UPDATE " + table + " SET " + column + " = ? WHERE " + column + " = ?",
                without.get(),
                text);
      }
    }
    return redacted;
  }

  private List<String> texts(Handle handle, String table, String column) {
    return handle
        .createQuery(
            "SELECT DISTINCT CAST(%1$s AS TEXT) FROM %2$s WHERE %3$s"
                .formatted(column, table, address.mayBeIn(column)))
        .bind("plain", address.plain())
        .bind("encoded", address.encoded())
        .mapTo(String.class)
        .list();
  }

  private static Map<String, List<String>> tables(Handle handle) {
    Map<String, List<String>> tables = new LinkedHashMap<>();
    handle
        .createQuery(
            """
            SELECT t.name, c.name FROM main.sqlite_schema t, pragma_table_info(t.name) c
            WHERE t.type = 'table' AND c.type = 'TEXT'
            """)
        .map((row, context) -> Map.entry(row.getString(1), row.getString(2)))
        .forEach(
            column ->
                tables
                    .computeIfAbsent(column.getKey(), table -> new ArrayList<>())
                    .add(column.getValue()));
    return tables;
  }
}
