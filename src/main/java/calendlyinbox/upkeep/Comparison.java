package calendlyinbox.upkeep;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.ResultIterator;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * Where the real tables and the derived ones differ in what people see of them. All rows of a table
 * may, more than fit into memory: which are changed is kept in a temporary table.
 */
final class Comparison implements AutoCloseable {
  private static final int AT_ONCE = 500;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** They say which description won, not what it says. */
  private static final Set<String> BOOKKEEPING =
      Set.of("described_by", "cancellation_from", "no_show_from");

  private final Handle handle;
  private final Consumer<Difference> found;
  private final Map<Difference.Kind, Integer> counts = new EnumMap<>(Difference.Kind.class);
  private final PreparedBatch changed;

  Comparison(Handle handle, Consumer<Difference> found) {
    this.handle = handle;
    this.found = found;
    handle.execute("CREATE TEMP TABLE changed (of_table TEXT, uri TEXT)");
    changed = handle.prepareBatch("INSERT INTO temp.changed VALUES (?, ?)");
  }

  Map<Difference.Kind, Integer> counts() {
    return counts;
  }

  /** Compares a table, and notes which of its rows are other than they should be. */
  void look(String table) {
    List<String> columns =
        handle
            .createQuery("SELECT name FROM pragma_table_info(:table)")
            .bind("table", table)
            .mapTo(String.class)
            .list();
    String anyColumn =
        columns.stream()
            .filter(column -> !BOOKKEEPING.contains(column))
            .map(column -> "t." + column + " IS NOT m." + column)
            .collect(Collectors.joining(" OR "));
    tell(
        table,
        columns,
        "SELECT %2$s FROM temp.%1$s t LEFT JOIN main.%1$s m ON m.uri = t.uri WHERE %3$s"
            .formatted(table, values(columns), anyColumn));
    tell(
        table,
        columns,
        "SELECT %2$s FROM main.%1$s m LEFT JOIN temp.%1$s t ON t.uri = m.uri WHERE t.uri IS NULL"
            .formatted(table, values(columns)));
    noteChanged();
  }

  /** As they are, and then as they are derived. */
  private static String values(List<String> columns) {
    return Stream.of("m.", "t.")
        .flatMap(row -> columns.stream().map(row::concat))
        .collect(Collectors.joining(", "));
  }

  private void tell(String table, List<String> columns, String sql) {
    try (ResultIterator<Optional<Difference>> rows =
        handle.createQuery(sql).map((row, context) -> difference(table, columns, row)).iterator()) {
      while (rows.hasNext()) {
        rows.next().ifPresent(this::note);
      }
    }
  }

  private void note(Difference difference) {
    counts.merge(difference.kind(), 1, Integer::sum);
    if (difference.kind() == Difference.Kind.CHANGED) {
      changed.add(difference.table(), difference.uri());
      if (changed.size() == AT_ONCE) {
        noteChanged();
      }
    }
    found.accept(difference);
  }

  private void noteChanged() {
    if (changed.size() > 0) {
      changed.execute();
    }
  }

  /** Makes the rows of a table what they are in the derived one. */
  void put(String table) {
    handle.execute(
        "DELETE FROM main.%1$s AS m WHERE NOT EXISTS (SELECT 1 FROM temp.%1$s t WHERE t.uri = m.uri)"
            .formatted(table));
    handle.execute(
        """
        INSERT OR REPLACE INTO main.%1$s SELECT * FROM temp.%1$s t
        WHERE t.uri IN (SELECT uri FROM temp.changed WHERE of_table = '%1$s')
          OR NOT EXISTS (SELECT 1 FROM main.%1$s m WHERE m.uri = t.uri)
        """
            .formatted(table));
  }

  @Override
  public void close() {
    changed.close();
    handle.execute("DROP TABLE temp.changed");
  }

  /** Returns empty where the same JSON is only written in another way. */
  private static Optional<Difference> difference(String table, List<String> columns, ResultSet row)
      throws SQLException {
    Map<String, Optional<String>> now = values(columns, row, 0);
    Map<String, Optional<String>> derived = values(columns, row, columns.size());
    boolean isThere = now.get("uri").isPresent();
    if (!isThere || derived.get("uri").isEmpty()) {
      Difference.Kind kind = isThere ? Difference.Kind.REMOVED : Difference.Kind.ADDED;
      Map<String, Optional<String>> only = isThere ? now : derived;
      return Optional.of(
          new Difference(table, text(only, "uri"), text(only, "name"), kind, Map.of()));
    }
    Map<String, Difference.Values> differing = new LinkedHashMap<>();
    for (String column : columns) {
      String was = text(now, column);
      String is = text(derived, column);
      if (!BOOKKEEPING.contains(column) && !same(was, is)) {
        differing.put(column, new Difference.Values(was, is));
      }
    }
    return differing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Difference(
                table, text(now, "uri"), text(now, "name"), Difference.Kind.CHANGED, differing));
  }

  private static Map<String, Optional<String>> values(
      List<String> columns, ResultSet row, int before) throws SQLException {
    Map<String, Optional<String>> values = new HashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      values.put(columns.get(i), Optional.ofNullable(row.getString(before + i + 1)));
    }
    return values;
  }

  private static boolean same(String one, String other) {
    return one.equals(other)
        || one.startsWith("{") && json(one).isPresent() && json(one).equals(json(other))
        || one.startsWith("[") && json(one).isPresent() && json(one).equals(json(other));
  }

  private static Optional<JsonNode> json(String text) {
    try {
      return Optional.ofNullable(JSON.readTree(text));
    } catch (JsonProcessingException notJson) {
      return Optional.empty();
    }
  }

  private static String text(Map<String, Optional<String>> values, String column) {
    return values.getOrDefault(column, Optional.empty()).orElse("");
  }
}
