package calendlyinbox.journal;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one segment from a place onwards, as far as it is durable, in memory bounded by the longest
 * line. Not for concurrent use; reading beside the writing thread is what it is for.
 */
public final class SegmentReader implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(SegmentReader.class);
  private static final int BUFFER = 128 * 1024;

  private final Segment segment;
  private final DamagedLines damaged;
  // Not a FileChannel: an interrupt would close it.
  private final RandomAccessFile file;
  private byte[] buffer = new byte[BUFFER];
  private long bufferAt;
  private int length;
  private int next;

  SegmentReader(Segment segment, long from, DamagedLines damaged) throws IOException {
    this.segment = segment;
    this.damaged = damaged;
    this.bufferAt = from;
    this.file = new RandomAccessFile(segment.file().toFile(), "r");
  }

  /** Returns the segment that is read. */
  public Segment segment() {
    return segment;
  }

  /** Returns the offset up to which lines were returned or set aside. */
  public long position() {
    return bufferAt + next;
  }

  /**
   * Reads the next deliveries, in the order they were written. A damaged stretch is set aside in a
   * file of its own, reported, and stepped over; when this returns it is on disk there.
   *
   * @param maxCount at most so many
   * @param maxBytes stops after the delivery that reaches so many bytes of bodies
   * @return empty when there is nothing more that is durable by now
   * @throws EOFException if the file has no further whole line, though it once had more
   */
  public List<Entry> next(int maxCount, long maxBytes) throws IOException {
    long limit = segment.durableBytes();
    long from = position();
    List<Entry> entries = new ArrayList<>();
    long bytes = 0;
    while (entries.size() < maxCount && bytes < maxBytes && position() < limit) {
      int newline = findNewline(limit);
      if (newline < 0 && bufferAt + length < limit) {
        if (position() == from) {
          throw new EOFException(segment.name() + " ends at " + (bufferAt + length));
        }
        // What stood before the cut goes first.
        break;
      }
      // Where there is none, the last byte is what became of the newline of the last line.
      Optional<Entry> entry = entry(next, newline < 0 ? length - 1 : newline);
      if (entry.isPresent()) {
        entries.add(entry.get());
        bytes += entry.get().body().length();
      }
    }
    return entries;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  /** Reads the line that begins at {@code start}, or sets it aside, and goes behind it. */
  private Optional<Entry> entry(int start, int newline) throws IOException {
    Optional<Line.Content> content = Line.read(buffer, start, newline);
    int end = newline + 1;
    if (content.isEmpty()) {
      int following = Line.findStart(buffer, start + 1, newline);
      if (following >= 0) {
        // Its own newline may be what was damaged, and all of it that was.
        end = following;
        content = Line.read(buffer, start, end - 1);
      }
    }
    if (content.isEmpty()) {
      setAside(start, end);
    } else if (buffer[end - 1] != '\n') {
      log.warn(
          "Newline of a journal line is damaged: segment={} offset={}; the line is whole; next: look after the disk",
          segment.name(),
          bufferAt + end - 1);
    }
    next = end;
    long behind = position();
    return content.map(c -> new Entry(behind, c.receivedAt(), c.body()));
  }

  private void setAside(int start, int end) throws IOException {
    damaged.setAside(segment, bufferAt + start, Arrays.copyOfRange(buffer, start, end));
  }

  /**
   * Returns the index of the newline that ends the line at {@code next}, reading on as needed, or
   * -1 at the limit or where the file ends before it.
   */
  private int findNewline(long limit) throws IOException {
    int searched = next;
    while (true) {
      for (int at = searched; at < length; at++) {
        if (buffer[at] == '\n') {
          return at;
        }
      }
      searched = length;
      if (bufferAt + length >= limit) {
        return -1;
      }
      searched -= fill(limit);
      if (searched == length) {
        return -1;
      }
    }
  }

  /**
   * Moves the open line to the front, grows the buffer if the line fills it, and reads on. Returns
   * how far it moved.
   */
  private int fill(long limit) throws IOException {
    int moved = next;
    System.arraycopy(buffer, next, buffer, 0, length - next);
    bufferAt += next;
    length -= next;
    next = 0;
    if (length == buffer.length) {
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
    } else if (length == 0 && buffer.length > BUFFER) {
      buffer = new byte[BUFFER];
    }
    int wanted = (int) Math.min(buffer.length - length, limit - bufferAt - length);
    file.seek(bufferAt + length);
    length += Math.max(0, file.read(buffer, length, wanted));
    return moved;
  }
}
