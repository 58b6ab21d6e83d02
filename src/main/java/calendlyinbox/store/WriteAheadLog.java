package calendlyinbox.store;

import calendlyinbox.store.DatabaseUnavailableException.Trouble;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The write-ahead log of an open database, and its index, looked at without SQLite. The log ({@code
 * -wal}) holds pages on their way to the main file; the index ({@code -shm}), shared memory of all
 * who have the database open, says how many there are and how many of them were moved. Their forms
 * are from sqlite.org/fileformat2.html, section 4, and sqlite.org/walformat.html.
 *
 * <p>SQLite believes that second number, which no checksum covers. Where it is too great, pages are
 * left out, SQLite says that it is done, and writes its log anew over them. So what it says it has
 * moved is compared, page by page, before anything hangs on it: before the log begins anew, and
 * before the journal lets go.
 *
 * <p>To be closed after SQLite closed the database: see {@link DatabaseFile} about locks, which
 * SQLite puts on the index too. Used in turn with everything else that this process writes.
 */
final class WriteAheadLog implements Closeable {
  private static final Logger logger = LoggerFactory.getLogger(WriteAheadLog.class);

  /** At the beginning of a write-ahead log; the last bit is its byte order. */
  private static final int MAGIC = 0x377f0682;

  private static final int LOG_HEADER_BYTES = 32;
  private static final int FRAME_HEADER_BYTES = 24;
  private static final int FRAME_SALT_AT = 8;
  private static final int FRAMES_READ_AT_ONCE = 32;

  /** The index begins with the same header twice, and then the number of frames moved. */
  private static final int INDEX_HEADER_BYTES = 48;

  private static final int INDEX_IS_INIT_AT = 12;
  private static final int INDEX_PAGE_BYTES_AT = 14;
  private static final int INDEX_FRAMES_AT = 16;
  private static final int INDEX_PAGES_AT = 20;
  private static final int INDEX_SALT_AT = 32;
  private static final int INDEX_MOVED_AT = 2 * INDEX_HEADER_BYTES;
  private static final int INDEX_BYTES_READ = INDEX_MOVED_AT + Integer.BYTES;

  private final Path path;
  private final Path indexPath;
  private Map<Path, Object> parts = Map.of();
  // SQLite puts no locks on this one, so it may be closed at any time.
  private RandomAccessFile log;
  private RandomAccessFile index;
  private Object indexKey;
  // Made once: the system would have to find and clear their memory each time.
  private ByteBuffer some;
  private ByteBuffer page;
  private Index seenInMainFile = new Index(0, 0, 0, 0, 0);

  /**
   * What the index says.
   *
   * @param pageBytes the size of a page
   * @param salt changes each time the log begins anew
   * @param frames committed frames in the log
   * @param pages pages of the database as of the last of them
   * @param moved frames of which SQLite believes that the main file has them
   */
  private record Index(int pageBytes, long salt, long frames, long pages, long moved) {}

  WriteAheadLog(Path database) {
    this.path = database.resolveSibling(database.getFileName() + "-wal");
    this.indexPath = database.resolveSibling(database.getFileName() + "-shm");
  }

  /** Remembers which files stand there now. */
  void note() throws DatabaseUnavailableException {
    Map<Path, Object> found = new HashMap<>();
    for (Path part : List.of(path, indexPath)) {
      if (Files.exists(part)) {
        found.put(part, DatabaseFile.key(part));
      }
    }
    parts = found;
    try {
      open();
    } catch (IOException e) {
      throw new DatabaseUnavailableException(Trouble.UNREADABLE, path + " cannot be opened", e);
    }
  }

  private void open() throws IOException {
    close(log);
    log = parts.containsKey(path) ? new RandomAccessFile(path.toFile(), "r") : null;
    Object key = parts.get(indexPath);
    if (index != null && indexKey.equals(key)) {
      return;
    }
    // Another index means that all who used the one before had closed it.
    close(index);
    index = null;
    if (key != null) {
      try {
        index = new RandomAccessFile(indexPath.toFile(), "rw");
        indexKey = key;
      } catch (FileNotFoundException e) {
        logger.debug("The index cannot be written to; SQLite will say so too", e);
      }
    }
  }

  /**
   * Checks that the files are still those that were noted. Somebody may also have emptied the log
   * under SQLite, which then writes on behind a hole: whoever has not all of it in memory reads
   * zeroes there.
   */
  void check() throws DatabaseUnavailableException {
    for (Map.Entry<Path, Object> part : parts.entrySet()) {
      if (!part.getValue().equals(DatabaseFile.keyOrNull(part.getKey()))) {
        throw new DatabaseUnavailableException(
            Trouble.DELETED, part.getKey() + " was removed or exchanged while it was open", null);
      }
    }
    try {
      if (log == null || log.length() < Integer.BYTES) {
        return;
      }
      log.seek(0);
      if ((log.readInt() & ~1) != MAGIC) {
        throw new DatabaseUnavailableException(
            Trouble.CORRUPT, path + " does not begin as a write-ahead log", null);
      }
    } catch (IOException e) {
      throw new DatabaseUnavailableException(Trouble.UNREADABLE, path + " cannot be read", e);
    }
  }

  /** Where the content of the log is. */
  enum Place {
    /** All of it is in the main file. */
    MAIN_FILE,
    /** Some of it is in the log alone, and SQLite knows; or somebody is writing just now. */
    LOG,
    /**
     * SQLite believes that it is in the main file, and is wrong: the next commit may write over the
     * only copy of a page.
     */
    LOG_UNKNOWN_TO_SQLITE
  }

  /**
   * Compares, where SQLite says that it has moved everything. What was found in the main file once
   * is not compared again.
   */
  Place place(FileChannel mainFile) throws IOException {
    Optional<Index> said = index();
    if (said.isEmpty() || said.get().moved() < said.get().frames()) {
      return Place.LOG;
    }
    Index now = said.get();
    long known = now.salt() == seenInMainFile.salt() ? seenInMainFile.frames() : 0;
    if (now.moved() > now.frames() || (now.frames() > known && !isIn(mainFile, now, known))) {
      return Place.LOG_UNKNOWN_TO_SQLITE;
    }
    seenInMainFile = now;
    return Place.MAIN_FILE;
  }

  /**
   * Backwards, because the last frame of a page is the one that counts.
   *
   * @return false where a page differs, or where the log itself is not what the index says
   */
  private boolean isIn(FileChannel mainFile, Index now, long known) throws IOException {
    if (log == null) {
      return false;
    }
    FileChannel frames = log.getChannel();
    int pageBytes = now.pageBytes();
    int frameBytes = FRAME_HEADER_BYTES + pageBytes;
    if (page == null || page.capacity() != pageBytes) {
      some = ByteBuffer.allocateDirect(FRAMES_READ_AT_ONCE * frameBytes);
      page = ByteBuffer.allocateDirect(pageBytes);
    }
    BitSet seen = new BitSet();
    for (long end = now.frames(); end > known; end -= FRAMES_READ_AT_ONCE) {
      long begin = Math.max(known, end - FRAMES_READ_AT_ONCE);
      some.clear().limit((int) (end - begin) * frameBytes);
      if (!readAll(frames, some, LOG_HEADER_BYTES + begin * frameBytes)) {
        return false;
      }
      for (int at = some.limit() - frameBytes; at >= 0; at -= frameBytes) {
        int number = some.getInt(at);
        if (number < 1 || some.getLong(at + FRAME_SALT_AT) != now.salt()) {
          return false;
        }
        if (number > now.pages() || seen.get(number)) {
          continue;
        }
        seen.set(number);
        page.clear();
        if (!readAll(mainFile, page, (number - 1L) * pageBytes)
            || !page.equals(some.slice(at + FRAME_HEADER_BYTES, pageBytes))) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * Makes the index one that SQLite does not believe: whoever looks at it next makes it anew from
   * the log, whose frames have checksums, and has moved nothing then. What is committed stays
   * committed. A transaction of another process that is being written makes its header good again
   * when it commits; then this is to be done once more.
   */
  void distrustIndex() throws IOException {
    if (index != null) {
      index.seek(0);
      index.write(new byte[2 * INDEX_HEADER_BYTES]);
    }
  }

  /**
   * Deletes the files, when another database has come to stand under the name: SQLite would take
   * them for that one's and write their pages into it (sqlite.org/howtocorrupt.html, 1.4). Nothing
   * is lost: what was in the log alone is in the journal too. To be called when SQLite has closed
   * the database.
   */
  void delete() {
    try {
      for (Map.Entry<Path, Object> part : parts.entrySet()) {
        if (part.getValue().equals(DatabaseFile.keyOrNull(part.getKey()))) {
          Files.delete(part.getKey());
        }
      }
    } catch (IOException e) {
      logger.debug("Log of a replaced database was not deleted", e);
    }
  }

  /** Empty where there is none, and while somebody writes it. */
  private Optional<Index> index() throws IOException {
    if (index == null) {
      return Optional.empty();
    }
    ByteBuffer bytes = ByteBuffer.allocate(INDEX_BYTES_READ).order(ByteOrder.nativeOrder());
    byte[] raw = bytes.array();
    if (!readAll(index.getChannel(), bytes, 0)
        || raw[INDEX_IS_INIT_AT] == 0
        || !Arrays.equals(
            raw, 0, INDEX_HEADER_BYTES, raw, INDEX_HEADER_BYTES, 2 * INDEX_HEADER_BYTES)) {
      return Optional.empty();
    }
    return Optional.of(
        new Index(
            pageBytes(Short.toUnsignedInt(bytes.getShort(INDEX_PAGE_BYTES_AT))),
            // As it stands in the log, whose byte order it has.
            bytes.duplicate().getLong(INDEX_SALT_AT),
            Integer.toUnsignedLong(bytes.getInt(INDEX_FRAMES_AT)),
            Integer.toUnsignedLong(bytes.getInt(INDEX_PAGES_AT)),
            Integer.toUnsignedLong(bytes.getInt(INDEX_MOVED_AT))));
  }

  /** The largest, 65,536, does not fit into the two bytes: it stands there as 1. */
  private static int pageBytes(int written) {
    return written == 1 ? 1 << 16 : written;
  }

  /** Fills the buffer from its beginning. Returns false where the file ends before. */
  private static boolean readAll(FileChannel file, ByteBuffer into, long from) throws IOException {
    while (into.hasRemaining()) {
      if (file.read(into, from + into.position()) < 0) {
        return false;
      }
    }
    into.flip();
    return true;
  }

  @Override
  public void close() throws IOException {
    close(log);
    log = null;
    close(index);
    index = null;
  }

  private static void close(RandomAccessFile file) throws IOException {
    if (file != null) {
      file.close();
    }
  }
}
