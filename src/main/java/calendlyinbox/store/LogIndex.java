package calendlyinbox.store;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * What the index of a write-ahead log says ({@code -shm}: shared memory of all who have the
 * database open). Its form is from sqlite.org/walformat.html.
 *
 * @param pageBytes the size of a page
 * @param salt changes each time the log begins anew
 * @param frames committed frames in the log
 * @param pages pages of the database as of the last of them
 * @param moved frames of which SQLite believes that the main file has them; no checksum covers it
 */
record LogIndex(int pageBytes, long salt, long frames, long pages, long moved) {
  /** It begins with the same header twice, and then the number of frames moved. */
  static final int HEADER_BYTES = 48;

  private static final int IS_INIT_AT = 12;
  private static final int PAGE_BYTES_AT = 14;
  private static final int FRAMES_AT = 16;
  private static final int PAGES_AT = 20;
  private static final int SALT_AT = 32;
  private static final int MOVED_AT = 2 * HEADER_BYTES;
  private static final int BYTES_READ = MOVED_AT + Integer.BYTES;

  /** Empty where it says nothing, and while somebody writes it. */
  static Optional<LogIndex> read(RandomAccessFile file) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES_READ).order(ByteOrder.nativeOrder());
    byte[] raw = bytes.array();
    if (!Frames.readAll(file, bytes, 0)
        || raw[IS_INIT_AT] == 0
        || !Arrays.equals(raw, 0, HEADER_BYTES, raw, HEADER_BYTES, 2 * HEADER_BYTES)) {
      return Optional.empty();
    }
    return Optional.of(
        new LogIndex(
            pageBytes(Short.toUnsignedInt(bytes.getShort(PAGE_BYTES_AT))),
            // As it stands in the log, whose byte order it has.
            bytes.duplicate().getLong(SALT_AT),
            Integer.toUnsignedLong(bytes.getInt(FRAMES_AT)),
            Integer.toUnsignedLong(bytes.getInt(PAGES_AT)),
            Integer.toUnsignedLong(bytes.getInt(MOVED_AT))));
  }

  /** Returns how many frames are not moved yet, if it is to be believed. */
  long left() {
    return Math.max(0, frames - moved);
  }

  /** Returns whether it says that more was moved than there is. */
  boolean contradictsItself() {
    return moved > frames;
  }

  /** The largest, 65,536, does not fit into the two bytes: it stands there as 1. */
  private static int pageBytes(int written) {
    return written == 1 ? 1 << 16 : written;
  }
}
