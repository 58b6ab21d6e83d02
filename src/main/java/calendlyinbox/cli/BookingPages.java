package calendlyinbox.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Bookings in order of start, a page at a time, since all of them would not fit into memory. A page
 * is a look of its own, read to its end before anything of it is given out: a reader that waits for
 * a pager would keep the server from tidying up its write-ahead log and journal.
 */
final class BookingPages {
  private static final int ROWS = 500;

  private final DataFolder data;
  private final boolean unknownToo;

  // How far it came.
  private String start;
  private String invitee = "";
  private boolean startsAreKnown = true;
  private int left;

  private BookingPages(DataFolder data, String start, boolean unknownToo, int most) {
    this.data = data;
    this.start = start;
    this.unknownToo = unknownToo;
    this.left = most;
  }

  /** Those that start at this time or later. */
  static BookingPages from(String time, int most, DataFolder data) {
    return new BookingPages(data, time, false, most);
  }

  /** Every one; last those of which the start is not known. */
  static BookingPages all(int most, DataFolder data) {
    return new BookingPages(data, "", true, most);
  }

  /**
   * Gives each to a reader, in order.
   *
   * @param out where the reader prints: no page is read for one that takes no more
   * @return how many there were
   */
  int each(Consumer<Map<String, Object>> reader, PrintWriter out) throws Failure {
    int count = 0;
    List<Map<String, Object>> page = next();
    while (!page.isEmpty()) {
      page.forEach(reader);
      count += page.size();
      page = out.checkError() ? List.of() : next();
    }
    return count;
  }

  private List<Map<String, Object>> next() throws Failure {
    int rows = Math.min(ROWS, left);
    if (rows == 0) {
      return List.of();
    }
    List<Map<String, Object>> page =
        data.look(
            handle ->
                startsAreKnown
                    ? Bookings.after(handle, start, invitee, rows)
                    : Bookings.withoutStart(handle, invitee, rows));
    if (page.isEmpty() && startsAreKnown && unknownToo) {
      startsAreKnown = false;
      invitee = "";
      return next();
    }
    if (!page.isEmpty()) {
      Map<String, Object> last = page.get(page.size() - 1);
      start = Bookings.text(last, "start_time");
      invitee = Bookings.text(last, "invitee_uri");
      left -= page.size();
    }
    return page;
  }
}
