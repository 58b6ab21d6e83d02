package calendlyinbox.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * A table for people: a row a line, columns as wide as they need to be. Not picocli's TextTable,
 * which takes {@code @|…|@} in a cell for its own markup and counts a Chinese character as one
 * column: cells here are text from strangers.
 */
final class Table {
  private static final int WIDEST = 48;
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();
  private final int[] widths;

  Table(String... headers) {
    widths = new int[headers.length];
    add(headers);
  }

  /** Adds a row; what a terminal should not get is taken out of its cells. */
  Table add(String... cells) {
    if (cells.length != widths.length) {
      throw new IllegalArgumentException(
          "a row of " + cells.length + " cells, wanted " + widths.length);
    }
    List<String> row = new ArrayList<>(cells.length);
    for (int i = 0; i < cells.length; i++) {
      String cell = cut(TerminalText.line(cells[i]).strip());
      widths[i] = Math.max(widths[i], width(cell));
      row.add(cell);
    }
    rows.add(row);
    return this;
  }

  void print(PrintWriter out) {
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String cell = row.get(i);
        line.append(cell).append(" ".repeat(widths[i] - width(cell))).append(GAP);
      }
      out.println(line.toString().stripTrailing());
    }
  }

  private static String cut(String cell) {
    if (width(cell) <= WIDEST) {
      return cell;
    }
    StringBuilder cut = new StringBuilder();
    int width = 1;
    for (int c : cell.codePoints().toArray()) {
      width += width(c);
      if (width > WIDEST) {
        break;
      }
      cut.appendCodePoint(c);
    }
    return cut.append('…').toString();
  }

  private static int width(String text) {
    return text.codePoints().map(Table::width).sum();
  }

  /** Returns how many columns of a terminal a character takes: 0, 1, or 2 for East Asian, emoji. */
  private static int width(int c) {
    int type = Character.getType(c);
    if (type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || type == Character.FORMAT) {
      return 0;
    }
    boolean wide =
        c >= 0x1100 && c <= 0x115f
            || c >= 0x2e80 && c <= 0xa4cf
            || c >= 0xac00 && c <= 0xd7a3
            || c >= 0xf900 && c <= 0xfaff
            || c >= 0xfe30 && c <= 0xfe6f
            || c >= 0xff00 && c <= 0xff60
            || c >= 0xffe0 && c <= 0xffe6
            || c >= 0x1f300 && c <= 0x1f64f
            || c >= 0x1f680 && c <= 0x1f6ff
            || c >= 0x1f900 && c <= 0x1f9ff
            || c >= 0x20000 && c <= 0x3fffd;
    return wide ? 2 : 1;
  }
}
