package calendlyinbox.cli;

import java.io.PrintWriter;
import java.util.Map;

/** One array of JSON, a row a line: whole for a parser, and readable for grep. */
final class JsonRows {
  private final PrintWriter out;
  private boolean empty = true;

  /** Prints nothing before the first row, or the end. */
  JsonRows(PrintWriter out) {
    this.out = out;
  }

  void add(Map<String, ?> row) {
    out.print((empty ? "[\n" : ",\n") + TerminalText.json(Json.compact(row)));
    empty = false;
  }

  void end() {
    out.println(empty ? "[]" : "\n]");
  }
}
