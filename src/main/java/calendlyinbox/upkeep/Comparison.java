package calendlyinbox.upkeep;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** Where the real tables and the derived ones differ in what people see of them. */
final class Comparison {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** They say which description won, not what it says. */
  private static final Set<String> BOOKKEEPING =
      Set.of("described_by", "cancellation_from", "no_show_from");

  private final Handle handle;
  private final Consumer<Difference> found;
  private final Map<Difference.Kind, Integer> counts = new EnumMap<>(Difference.Kind.class);

  Comparison(Handle handle, Consumer<Difference> found) {
    this.handle = handle;
    this.found = found;
  }

  Map<Difference.Kind, Integer> counts() {
    return counts;
  }

  List<Difference> of(String table) {
    List<Difference> differences = new ArrayList<>();
    for (String uri : differing(table)) {
      difference(table, uri)
          .ifPresent(
              one -> {
                counts.merge(one.kind(), 1, Integer::sum);
                found.accept(one);
                differences.add(one);
              });
    }
    return differences;
  }

  private List<String> differing(String table) {
    String anyColumn =
        handle
            .createQuery("SELECT name FROM pragma_table_info(:table)")
            .bind("table", table)
            .mapTo(String.class)
            .stream()
            .filter(column -> !BOOKKEEPING.contains(column))
            .map(column -> "t." + column + " IS NOT m." + column)
            .collect(Collectors.joining(" OR "));
    return handle
        .createQuery(
            "SELECT t.uri FROM temp.%1$s t LEFT JOIN main.%1$s m ON m.uri = t.uri WHERE %2$s"
                    .formatted(table, anyColumn)
                + " UNION ALL SELECT m.uri FROM main.%1$s m WHERE NOT EXISTS (SELECT 1 FROM temp.%1$s t WHERE t.uri = m.uri)"
                    .formatted(table))
        .mapTo(String.class)
        .list();
  }

  /** Returns empty where the same JSON is only written in another way. */
  private Optional<Difference> difference(String table, String uri) {
    Optional<Map<String, Object>> now = row("main." + table, uri);
    Optional<Map<String, Object>> derived = row("temp." + table, uri);
    if (now.isEmpty() || derived.isEmpty()) {
      Difference.Kind kind = now.isEmpty() ? Difference.Kind.ADDED : Difference.Kind.REMOVED;
      String name = text(now.or(() -> derived).orElseThrow().get("name"));
      return Optional.of(new Difference(table, uri, name, kind, Map.of()));
    }
    Map<String, Difference.Values> columns = new LinkedHashMap<>();
    derived
        .get()
        .forEach(
            (column, value) -> {
              String was = text(now.get().get(column));
              String is = text(value);
              if (!BOOKKEEPING.contains(column) && !same(was, is)) {
                columns.put(column, new Difference.Values(was, is));
              }
            });
    return columns.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Difference(
                table, uri, text(now.get().get("name")), Difference.Kind.CHANGED, columns));
  }

  private Optional<Map<String, Object>> row(String table, String uri) {
    return handle
        .createQuery("SELECT * FROM " + table + " WHERE uri = :uri")
        .bind("uri", uri)
        .mapToMap()
        .findOne();
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

  private static String text(Object value) {
    return value == null ? "" : value.toString();
  }
}
