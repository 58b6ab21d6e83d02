package calendlyinbox.cli;

import java.io.PrintWriter;
import java.util.Map;

/**
 * One array of JSON, a row a line: whole for a parser, and readable for grep. A row is printed when
 * the next one comes, which says how its line ends: at any time only whole lines are printed.
 */
final class JsonRows {
  private final PrintWriter out;

  /** Empty until there is a row. */
  private String last = "";

  /** Prints nothing before the first row, or the end. */
  JsonRows(PrintWriter out) {
    this.out = out;
  }

  void add(Map<String, ?> row) {
    add(Json.compact(row));
  }

  /**
   * @param row in compact form
   */
  void add(String row) {
    out.print(last.isEmpty() ? "[\n" : last + ",\n");
    last = TerminalText.json(row);
  }

  void end() {
    out.println(last.isEmpty() ? "[]" : last + "\n]");
  }
}
