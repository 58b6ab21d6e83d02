package calendlyinbox.cli;

import calendlyinbox.calendly.ExactJson;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.PrettyPrinter;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/** The forms that common libraries give to the same JSON. */
enum JsonForm {
  COMPACT("the compact form", compact(), UnaryOperator.identity()),
  RAILS(
      "the compact form with & < > escaped, as Ruby on Rails writes it",
      compact(),
      JsonForm::rails),
  ASCII("the compact form with \\u escapes for other than ASCII", compact(), JsonForm::ascii),
  SLASHES(
      "the compact form with escaped slashes, as PHP writes it",
      compact(),
      json -> json.replace("/", "\\/")),
  PHP(
      "the compact form with escaped slashes and \\u escapes, as PHP writes it",
      compact(),
      json -> ascii(json.replace("/", "\\/"))),
  STRINGIFY_2("JSON.stringify with two blanks", indented("  "), UnaryOperator.identity()),
  STRINGIFY_4("JSON.stringify with four blanks", indented("    "), UnaryOperator.identity()),
  STRINGIFY_TAB("JSON.stringify with a tab", indented("\t"), UnaryOperator.identity()),
  JACKSON("Jackson's pretty form", jackson(), UnaryOperator.identity()),
  PYTHON("Python's json.dumps", python(), JsonForm::ascii),
  PYTHON_UNICODE("Python's json.dumps without ensure_ascii", python(), UnaryOperator.identity());

  private final String description;
  private final PrettyPrinter printer;
  private final UnaryOperator<String> escapes;

  JsonForm(String description, PrettyPrinter printer, UnaryOperator<String> escapes) {
    this.description = description;
    this.printer = printer;
    this.escapes = escapes;
  }

  String description() {
    return description;
  }

  byte[] write(JsonNode tree) {
    try {
      // The writer takes a copy of a printer that remembers how deep it is.
      String json = ExactJson.MAPPER.writer(printer).writeValueAsString(tree);
      return escapes.apply(json).getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static PrettyPrinter compact() {
    return new MinimalPrettyPrinter("");
  }

  private static PrettyPrinter indented(String indent) {
    DefaultIndenter indenter = new DefaultIndenter(indent, "\n");
    Separators separators =
        Separators.createDefaultInstance()
            .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
            .withObjectEmptySeparator("")
            .withArrayEmptySeparator("");
    return new DefaultPrettyPrinter(separators)
        .withArrayIndenter(indenter)
        .withObjectIndenter(indenter);
  }

  private static PrettyPrinter jackson() {
    return new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));
  }

  /** One line, with a blank after each comma and colon. */
  private static PrettyPrinter python() {
    return new MinimalPrettyPrinter("") {
      @Override
      public void writeObjectFieldValueSeparator(JsonGenerator out) throws IOException {
        out.writeRaw(": ");
      }

      @Override
      public void writeObjectEntrySeparator(JsonGenerator out) throws IOException {
        out.writeRaw(", ");
      }

      @Override
      public void writeArrayValueSeparator(JsonGenerator out) throws IOException {
        out.writeRaw(", ");
      }
    };
  }

  private static String rails(String json) {
    return json.replace("&", "\\u0026")
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029");
  }

  private static String ascii(String json) {
    StringBuilder escaped = new StringBuilder(json.length());
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      escaped.append(c < 128 ? String.valueOf(c) : String.format("\\u%04x", (int) c));
    }
    return escaped.toString();
  }
}
