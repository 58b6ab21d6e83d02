package calendlyinbox.cli;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;

/** Bookings for spreadsheets: a line of names of columns, then a line a booking (RFC 4180). */
final class BookingsCsv {
  /** With these a spreadsheet takes a text for a formula, and does what it says. */
  private static final String FORMULA = "=+-@\t\r\n";

  private final List<String> columns;
  private final CsvWriter csv;

  /**
   * @param columns of which there is a line also where there is no booking
   * @param out is not closed: the stream is the process's
   */
  BookingsCsv(List<String> columns, PrintWriter out) {
    this.columns = columns;
    this.csv = CsvWriter.builder().lineDelimiter(LineDelimiter.CRLF).build(out);
    csv.writeRecord(columns);
  }

  void add(Map<String, Object> booking) {
    csv.writeRecord(columns.stream().map(column -> field(booking.get(column))).toList());
  }

  void end() throws IOException {
    csv.flush();
  }

  /** What a stranger wrote is text, also where it looks like a formula. */
  private static String field(Object value) {
    if (value == null) {
      return "";
    }
    String text = value.toString();
    boolean formula =
        value instanceof String && !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0;
    return TerminalText.lines(formula ? "'" + text : text);
  }
}
