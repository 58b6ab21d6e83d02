package calendlyinbox.cli;

import calendlyinbox.calendly.ExactJson;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** JSON for programs, and other people's JSON made readable. */
final class Json {
  private Json() {}

  static void printRows(List<? extends Map<String, ?>> rows, PrintWriter out) {
    JsonRows array = new JsonRows(out);
    rows.forEach(array::add);
    array.end();
  }

  static void print(Map<String, ?> row, PrintWriter out) {
    out.println(TerminalText.json(pretty(ExactJson.MAPPER.valueToTree(row))));
  }

  /** Returns JSON with a line a field. */
  static String pretty(JsonNode tree) {
    return new String(JsonForm.STRINGIFY_2.write(tree), StandardCharsets.UTF_8);
  }

  /** Returns the content, or empty where it is no JSON, or nested past all sense. */
  static Optional<JsonNode> read(byte[] json) {
    try {
      return Optional.ofNullable(ExactJson.MAPPER.readTree(json))
          .filter(tree -> !tree.isMissingNode());
    } catch (IOException notJson) {
      return Optional.empty();
    }
  }

  static String compact(Object value) {
    try {
      return ExactJson.MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
