package calendlyinbox.store;

import calendlyinbox.store.DatabaseUnavailableException.Trouble;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The write-ahead log of an open database, and its index, looked at without SQLite. The log ({@code
 * -wal}) holds pages on their way to the main file; the index says how many there are and how many
 * of them were moved.
 *
 * <p>SQLite believes that second number, which no checksum covers. Where it is too great, pages are
 * left out, SQLite says that it is done, and writes its log anew over them. So what it says it has
 * moved is compared, page by page, before anything hangs on it: before the log begins anew, and
 * before the journal lets go.
 *
 * <p>To be closed after SQLite closed the database: see {@link DatabaseFile} about locks, which
 * SQLite puts on the index too. Used in turn with everything else that this process writes, but for
 * {@link #compareAhead}, which one thread at a time may do beside that.
 */
final class WriteAheadLog implements Closeable {
  private static final Logger logger = LoggerFactory.getLogger(WriteAheadLog.class);

  /** At the beginning of a write-ahead log; the last bit is its byte order. */
  private static final int MAGIC = 0x377f0682;

  private final Path path;
  private final Path indexPath;
  // Of the connection that writes.
  private Map<Path, Object> parts = Map.of();
  // Guarded by this.
  private Map<Path, Object> made = Map.of();
  // SQLite puts no locks on this one, so it may be closed at any time.
  private RandomAccessFile log;
  private RandomAccessFile index;
  private Object indexKey;
  private final Frames frames = new Frames();
  private final Frames framesAhead = new Frames();
  // Written by whoever compares; a finding that is lost is only found again.
  private volatile Seen seen = new Seen(0, 0);
  private long left;

  /** So many frames of the log with this salt were found in the main file. */
  private record Seen(long salt, long frames) {
    long of(LogIndex index) {
      return index.salt() == salt ? frames : 0;
    }
  }

  WriteAheadLog(Path database) {
    this.path = beside(database);
    this.indexPath = database.resolveSibling(database.getFileName() + "-shm");
  }

  /** Returns where the log of a database stands. */
  static Path beside(Path database) {
    return database.resolveSibling(database.getFileName() + "-wal");
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

  /**
   * Remembers which files stand there now as such that a connection of ours has made, which is not
   * the one that writes: one that failed while it was opened, or one for a look. What they leave
   * behind is the database's log as well. To be called before they are closed. Safe for concurrent
   * use.
   */
  synchronized void noteMade() {
    made = standing();
  }

  /**
   * To be called when such a connection is closed: what SQLite deleted then is none of the
   * database's any more, and whoever makes a file next may get its number. Safe for concurrent use.
   */
  synchronized void forgetDeleted() {
    made = stillThere(made);
  }

  /** Returns whether the file that stands there is known to be of this database. */
  private synchronized boolean isKnown(Path part) {
    return stillThere(parts).containsKey(part) || stillThere(made).containsKey(part);
  }

  private Map<Path, Object> standing() {
    Map<Path, Object> found = new HashMap<>();
    for (Path part : List.of(path, indexPath)) {
      Object key = DatabaseFile.keyOrNull(part);
      if (key != null) {
        found.put(part, key);
      }
    }
    return found;
  }

  private Map<Path, Object> stillThere(Map<Path, Object> noted) {
    Map<Path, Object> now = standing();
    now.entrySet().retainAll(noted.entrySet());
    return now;
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
      ByteBuffer begin = ByteBuffer.allocate(Integer.BYTES);
      if (log == null || !Frames.readAll(log, begin, 0)) {
        return;
      }
      if ((begin.getInt() & ~1) != MAGIC) {
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
  Place place(RandomAccessFile mainFile) throws IOException {
    Optional<LogIndex> said = index();
    left = said.map(LogIndex::left).orElse(0L);
    if (said.isEmpty() || left > 0) {
      return Place.LOG;
    }
    LogIndex now = said.get();
    if (now.contradictsItself() || !isIn(mainFile, now, now.frames(), frames)) {
      return Place.LOG_UNKNOWN_TO_SQLITE;
    }
    seen = new Seen(now.salt(), now.frames());
    return Place.MAIN_FILE;
  }

  /** Returns how many frames were not moved yet when {@link #place} was asked last. */
  long framesLeft() {
    return left;
  }

  /**
   * Compares so far as SQLite says that it has moved, so that {@link #place} has less to do. Others
   * may write meanwhile, and even begin the log anew: that a page differs means nothing here.
   *
   * @return how many frames are not moved
   */
  long compareAhead(RandomAccessFile mainFile) throws IOException {
    Optional<LogIndex> said = index();
    if (said.isEmpty() || said.get().contradictsItself()) {
      return 0;
    }
    LogIndex now = said.get();
    if (isIn(mainFile, now, now.moved(), framesAhead)) {
      seen = new Seen(now.salt(), now.moved());
    }
    return now.left();
  }

  private boolean isIn(RandomAccessFile mainFile, LogIndex now, long end, Frames frames)
      throws IOException {
    long known = seen.of(now);
    return end <= known || (log != null && frames.areIn(mainFile, log, now, known, end));
  }

  /**
   * Makes the index one that SQLite does not believe: whoever looks at it next makes it anew from
   * the log, whose frames have checksums, and has moved nothing then. What is committed stays
   * committed. A transaction of another process that is being written makes its header good again
   * when it commits; then this is to be done once more.
   */
  void distrustIndex() throws IOException {
    // What is compared from now on is what is moved from now on.
    seen = new Seen(0, 0);
    if (index != null) {
      synchronized (index) {
        index.seek(0);
        index.write(new byte[2 * LogIndex.HEADER_BYTES]);
      }
    }
  }

  /**
   * Makes the log empty, for a connection that has it open and may have opened another database
   * with it: closing, SQLite would write it into that one. It cannot where nothing is left to read.
   */
  void cut() {
    try {
      if (isKnown(path)) {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
          file.setLength(0);
        }
      }
    } catch (IOException e) {
      logger.debug("Log of a replaced database was not cut", e);
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
      for (Path part : List.of(path, indexPath)) {
        if (isKnown(part)) {
          Files.delete(part);
        }
      }
    } catch (IOException e) {
      logger.debug("Log of a replaced database was not deleted", e);
    }
  }

  /**
   * Lets go of a log that was deleted, as SQLite does when the last one closes the database: as
   * long as it is open here it takes up room, which may be what a full disk lacks. The index of it
   * stays open, with SQLite's locks on it, and is small.
   */
  void letGoIfDeleted() throws IOException {
    // Another file may get its number from now on.
    forgetDeleted();
    parts = stillThere(parts);
    if (log != null && !parts.containsKey(path)) {
      close(log);
      log = null;
    }
  }

  private Optional<LogIndex> index() throws IOException {
    return index == null ? Optional.empty() : LogIndex.read(index);
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
