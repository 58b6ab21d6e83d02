package calendlyinbox.admin;

import biweekly.ICalendar;
import biweekly.component.VEvent;
import biweekly.util.Duration;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The entries of a calendar, each written as soon as it is there: what is in memory is their text,
 * and not the many objects that they are made of.
 */
final class Entries {
  private static final String BEGIN = "BEGIN:VEVENT\r\n";
  private static final String END = "END:VCALENDAR\r\n";

  private final Deque<byte[]> entries = new ArrayDeque<>();
  private int room;

  /**
   * @param room bytes of entries
   */
  Entries(int room) {
    this.room = room;
  }

  /** Returns false, and leaves the entry out, where there is no room for it. */
  boolean addFirst(VEvent entry) {
    byte[] lines = lines(entry);
    return hasRoom(lines) && entries.offerFirst(lines);
  }

  /** The same behind all that are there. */
  boolean addLast(VEvent entry) {
    byte[] lines = lines(entry);
    return hasRoom(lines) && entries.offerLast(lines);
  }

  int count() {
    return entries.size();
  }

  private boolean hasRoom(byte[] lines) {
    room -= lines.length;
    return room >= 0;
  }

  /** Returns the whole calendar; to be called once. */
  byte[] calendar() {
    ICalendar calendar = new ICalendar();
    calendar.setProductId("-//calendly-inbox//EN");
    calendar.setName("Calendly");
    calendar.setRefreshInterval(Duration.builder().hours(1).build());
    String frame = calendar.write();
    int end = frame.lastIndexOf(END);
    entries.addFirst(bytes(frame.substring(0, end)));
    entries.addLast(bytes(frame.substring(end)));
    ByteBuffer whole = ByteBuffer.allocate(entries.stream().mapToInt(lines -> lines.length).sum());
    entries.forEach(whole::put);
    return whole.array();
  }

  /** The library writes whole calendars only: the entry is cut out of one that has no other. */
  private static byte[] lines(VEvent entry) {
    ICalendar calendar = new ICalendar();
    calendar.addEvent(entry);
    String text = calendar.write();
    return bytes(text.substring(text.indexOf(BEGIN), text.lastIndexOf(END)));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
