package calendlyinbox.upkeep;

import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.ResultIterator;
import org.jdbi.v3.core.statement.Query;

/**
 * Every text in every table of a database, of whatever version: to find an address, and redact it.
 * Texts are read one after another, since together they would not fit into memory.
 */
final class TextColumns {
  /** In one transaction. */
  private static final int AT_ONCE = 50;

  private final Address address;
  private final Redaction redaction;

  TextColumns(Address address) {
    this.address = address;
    this.redaction = new Redaction(address);
  }

  /**
   * @param key by which a text of it is found again, and one comes after another: SQLite's number
   *     of the row, or the text itself where rows have none
   */
  private record Column(String table, String name, String key) {
    boolean isExactBody() {
      return table.equals("calendly_webhook_events") && name.equals("payload");
    }

    /** Returns the address of the invitee that a row is of, in SQL. */
    String owner() {
      return switch (table) {
        case "invitees" -> "email";
        case "sightings" -> "(SELECT email FROM invitees WHERE uri = resource)";
        default -> "NULL";
      };
    }
  }

  /** Returns whether the address is anywhere. */
  boolean hold(Handle handle) {
    return columns(handle).stream()
        .anyMatch(column -> !keys(handle, column, Optional.empty(), 1).isEmpty());
  }

  /**
   * Redacts all texts but the exact bodies of events, some at a time, so that others have their
   * turn in between. The person's bookings are gone by then: one that is there came in since, and
   * stays as it is.
   *
   * @return how many texts, by table
   * @throws DatabaseUnavailableException if the database cannot be used; what was redacted by then
   *     stays so
   */
  Map<String, Integer> redact(Database database) throws DatabaseUnavailableException {
    Map<String, Integer> redacted = new LinkedHashMap<>();
    for (Column column : database.look(TextColumns::columns)) {
      int texts = column.isExactBody() ? 0 : redact(database, column);
      if (texts > 0) {
        redacted.merge(column.table(), texts, Integer::sum);
      }
    }
    return redacted;
  }

  private int redact(Database database, Column column) throws DatabaseUnavailableException {
    int redacted = 0;
    List<Object> keys = database.look(handle -> keys(handle, column, Optional.empty(), AT_ONCE));
    while (!keys.isEmpty()) {
      List<Object> some = keys;
      redacted +=
          database.write(
              handle -> some.stream().mapToInt(key -> redact(handle, column, key)).sum());
      Optional<Object> last = Optional.of(some.get(some.size() - 1));
      keys = database.look(handle -> keys(handle, column, last, AT_ONCE));
    }
    return redacted;
  }

  /** What is under the key may have changed since it was looked at. */
  private int redact(Handle handle, Column column, Object key) {
    return handle
        .createQuery(
            "SELECT CAST(%2$s AS TEXT), %4$s FROM %1$s WHERE %3$s = :key LIMIT 1"
                .formatted(column.table(), column.name(), column.key(), column.owner()))
        .bind("key", key)
        .map((row, context) -> isTheirs(row.getString(2)) ? "" : row.getString(1))
        .findOne()
        .flatMap(redaction::of)
        .map(
            without ->
                handle.execute(
                    "UPDATE %1$s SET %2$s = ? WHERE %3$s = ?"
                        .formatted(column.table(), column.name(), column.key()),
                    without,
                    key))
        .orElse(0);
  }

  private boolean isTheirs(String owner) {
    return owner != null && address.is(owner);
  }

  /** Returns where the address is, in order: the first ones after a key, or of all. */
  private List<Object> keys(Handle handle, Column column, Optional<Object> after, int most) {
    List<Object> keys = new ArrayList<>();
    Query query =
        handle.createQuery(
            "SELECT %3$s, CAST(%2$s AS TEXT) FROM %1$s WHERE %4$s %5$s ORDER BY %3$s"
                .formatted(
                    column.table(),
                    column.name(),
                    column.key(),
                    address.mayBeIn(column.name()),
                    after.isPresent() ? "AND " + column.key() + " > :after" : ""));
    after.ifPresent(key -> query.bind("after", key));
    try (ResultIterator<Optional<Object>> found =
        address
            .bindTo(query)
            .map(
                (row, context) ->
                    redaction.of(row.getBytes(2)).isPresent()
                        ? Optional.of(row.getObject(1))
                        : Optional.empty())
            .iterator()) {
      while (keys.size() < most && found.hasNext()) {
        found.next().ifPresent(keys::add);
      }
    }
    return keys;
  }

  private static List<Column> columns(Handle handle) {
    return handle
        .createQuery(
            """
            SELECT t.name, c.name, l.wr
            FROM main.sqlite_schema t, pragma_table_list(t.name) l, pragma_table_info(t.name) c
            WHERE t.type = 'table' AND l.schema = 'main' AND c.type = 'TEXT'
            """)
        .map(
            (row, context) ->
                new Column(
                    row.getString(1),
                    row.getString(2),
                    row.getBoolean(3) ? row.getString(2) : "rowid"))
        .list();
  }
}
