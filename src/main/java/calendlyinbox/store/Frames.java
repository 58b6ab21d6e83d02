package calendlyinbox.store;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.util.BitSet;

/**
 * Compares the frames of a write-ahead log, of which each holds a page, with the pages in the main
 * file. The form of the log is from sqlite.org/fileformat2.html, section 4. Not for concurrent use.
 */
final class Frames {
  private static final int LOG_HEADER_BYTES = 32;
  private static final int HEADER_BYTES = 24;
  private static final int SALT_AT = 8;
  private static final int READ_AT_ONCE = 32;

  // Made once: they are large.
  private ByteBuffer some;
  private ByteBuffer page;

  /**
   * Compares the frames behind the first {@code known}, up to {@code end}; backwards, because the
   * last frame of a page is the one that counts.
   *
   * @return false where a page differs, or where the log itself is not what the index says
   */
  boolean areIn(
      RandomAccessFile mainFile, RandomAccessFile log, LogIndex index, long known, long end)
      throws IOException {
    int pageBytes = index.pageBytes();
    int frameBytes = HEADER_BYTES + pageBytes;
    if (page == null || page.capacity() != pageBytes) {
      some = ByteBuffer.allocate(READ_AT_ONCE * frameBytes);
      page = ByteBuffer.allocate(pageBytes);
    }
    BitSet seen = new BitSet();
    for (long to = end; to > known; to -= READ_AT_ONCE) {
      long from = Math.max(known, to - READ_AT_ONCE);
      some.clear().limit((int) (to - from) * frameBytes);
      if (!readAll(log, some, LOG_HEADER_BYTES + from * frameBytes)) {
        return false;
      }
      for (int at = some.limit() - frameBytes; at >= 0; at -= frameBytes) {
        int number = some.getInt(at);
        if (number < 1 || some.getLong(at + SALT_AT) != index.salt()) {
          return false;
        }
        if (number > index.pages() || seen.get(number)) {
          continue;
        }
        seen.set(number);
        page.clear();
        if (!readAll(mainFile, page, (number - 1L) * pageBytes)
            || !page.equals(some.slice(at + HEADER_BYTES, pageBytes))) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * Fills the buffer from its beginning. Not by a channel: one thread that is interrupted would
   * close the file for all, and let go of SQLite's locks. For concurrent use.
   *
   * @return false where the file ends before
   */
  static boolean readAll(RandomAccessFile file, ByteBuffer into, long from) throws IOException {
    synchronized (file) {
      file.seek(from);
      while (into.hasRemaining()) {
        int count = file.read(into.array(), into.position(), into.remaining());
        if (count < 0) {
          return false;
        }
        into.position(into.position() + count);
      }
    }
    into.flip();
    return true;
  }
}
