package calendlyinbox;

import java.io.IOException;
import java.io.OutputStream;

/**
 * What was logged and is not written yet: a ring of bytes between all who log and the one thread
 * that writes. Nobody waits here for the writing, since no lock is held meanwhile. When the ring is
 * full, lines are left out, whole ones, and counted; they are taken again once all that came before
 * them is written and somebody has asked for the count, so that each gap is one and can be named in
 * its place.
 */
final class LogBuffer extends OutputStream {
  /**
   * At its busiest the log is 5 MB a second, two lines for each of 25,000 deliveries: so long as a
   * tenth of a second may a disk or a collector hold up the writing before a line is lost. It is
   * less than a hundredth of the heap.
   */
  static final int CAPACITY = 512 * 1024;

  /** As much as Java hands to the system without taking memory for a copy. */
  private static final int PIECE = 8 * 1024;

  /** So much is written at once, without waiting for more. */
  private static final int MUCH = 64 * 1024;

  private final byte[] ring = new byte[CAPACITY];

  // These count all bytes since the beginning; a byte's place in the ring is the rest by CAPACITY.
  private long written;
  private long endOfLines;
  private long end;

  private boolean full;
  private long missing;

  /** Takes it, or leaves it out and with it the line that it belongs to. Returns at once. */
  @Override
  public synchronized void write(byte[] bytes, int from, int length) {
    full |= end + length - written > CAPACITY;
    if (full) {
      leaveOut(bytes, from, length);
      return;
    }
    int at = placeOf(end);
    int untilTurn = Math.min(length, CAPACITY - at);
    System.arraycopy(bytes, from, ring, at, untilTurn);
    System.arraycopy(bytes, from + untilTurn, ring, 0, length - untilTurn);
    end += length;
    if (length > 0 && bytes[from + length - 1] == '\n') {
      endOfLines = end;
      if (endOfLines - written >= MUCH) {
        notifyAll();
      }
    }
  }

  @Override
  public void write(int one) {
    write(new byte[] {(byte) one}, 0, 1);
  }

  /** Returns after a time, or sooner when there is much to write. */
  synchronized void await(long millis) throws InterruptedException {
    if (endOfLines - written < MUCH) {
      wait(millis);
    }
  }

  /**
   * Writes the lines that are there now; what comes meanwhile is left for the next time, which has
   * more to write at once. After a failure they are still there, and some may be written twice. For
   * one thread.
   */
  void writeTo(OutputStream out) throws IOException {
    long until = endOfLines();
    while (written < until) {
      int from = placeOf(written);
      int length = (int) Math.min(until - written, Math.min(PIECE, CAPACITY - from));
      // Without the lock: nobody else touches these bytes until they count as written.
      out.write(ring, from, length);
      countWritten(length);
    }
  }

  /**
   * Returns how many lines were left out, if all lines before them are written, else 0. From then
   * on lines are taken again.
   */
  synchronized long takeMissing() {
    if (!full || written < endOfLines) {
      return 0;
    }
    long lines = missing;
    full = false;
    missing = 0;
    return lines;
  }

  private void leaveOut(byte[] bytes, int from, int length) {
    end = endOfLines;
    for (int i = from; i < from + length; i++) {
      if (bytes[i] == '\n') {
        missing++;
      }
    }
  }

  private synchronized long endOfLines() {
    return endOfLines;
  }

  private synchronized void countWritten(int length) {
    written += length;
  }

  private static int placeOf(long position) {
    return (int) (position % CAPACITY);
  }
}
