package calendlyinbox.admin;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Rows as they are shown: by their columns' names, without those that are not for queries. */
final class Columns {
  private static final Set<String> OURS =
      Set.of("said_status", "described_by", "cancellation_from", "no_show_from");

  private static final Set<String> JSON =
      Set.of(
          "answers",
          "payment",
          "tracking",
          "reconfirmation",
          "location_json",
          "hosts",
          "guests",
          "result");

  private Columns() {}

  /** What is JSON in a column becomes JSON, so that a program need not parse twice. */
  static Map<String, Object> shown(Map<String, Object> row) {
    Map<String, Object> shown = new LinkedHashMap<>();
    row.forEach(
        (name, value) -> {
          if (!OURS.contains(name)) {
            shown.put(
                name, JSON.contains(name) && value instanceof String text ? json(text) : value);
          }
        });
    return shown;
  }

  private static Object json(String text) {
    Optional<JsonNode> tree = Json.read(text);
    return tree.isPresent() ? tree.get() : text;
  }
}
