package calendlyinbox.store;

import calendlyinbox.store.DatabaseUnavailableException.Trouble;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database as a file on disk, looked at without SQLite. An open SQLite connection goes on
 * working on a file that was deleted, moved or overwritten under it, and commits into nowhere; only
 * a look from outside tells. The header's form is from SQLite's file format, section 1.3.
 *
 * <p>To be opened before SQLite opens the file and closed after SQLite closed it: POSIX lets go of
 * all locks a process has on a file as soon as the process closes any descriptor of it, and
 * SQLite's must not be lost (sqlite.org/howtocorrupt.html, 2.2).
 */
final class DatabaseFile implements Closeable {
  /** In PRAGMA application_id of a database that is ours: 'CalI'. Written by {@code schema.sql}. */
  static final int APPLICATION_ID = 0x43616c49;

  private static final Logger logger = LoggerFactory.getLogger(DatabaseFile.class);
  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

  /** At the beginning of a write-ahead log, section 4.1; the last bit is its byte order. */
  private static final int LOG_MAGIC = 0x377f0682;

  private static final int USER_VERSION_AT = 60;
  private static final int APPLICATION_ID_AT = 68;
  private static final int HEADER_BYTES = 100;

  private final Path path;
  private final Object key;
  private final RandomAccessFile file;
  private Map<Path, Object> log = Map.of();
  // The -wal file; SQLite puts no locks on it, so it may be closed at any time.
  private RandomAccessFile frames;

  private DatabaseFile(Path path, Object key, RandomAccessFile file) {
    this.path = path;
    this.key = key;
    this.file = file;
  }

  /** Opens what stands under the name now. */
  static DatabaseFile open(Path path) throws DatabaseUnavailableException {
    try {
      return new DatabaseFile(path, key(path), new RandomAccessFile(path.toFile(), "r"));
    } catch (FileNotFoundException e) {
      throw new DatabaseUnavailableException(Trouble.UNREADABLE, path + " cannot be opened", e);
    }
  }

  /**
   * Checks that the opened file is still the one under its name, and begins as a database of ours
   * does.
   */
  void check() throws DatabaseUnavailableException {
    if (!key(path).equals(key)) {
      throw new DatabaseUnavailableException(
          Trouble.DELETED, path + " is another file than the one that was opened", null);
    }
    for (Map.Entry<Path, Object> part : log.entrySet()) {
      if (!part.getValue().equals(keyOrNull(part.getKey()))) {
        throw new DatabaseUnavailableException(
            Trouble.DELETED, part.getKey() + " was removed or exchanged while it was open", null);
      }
    }
    checkFrames();
    ByteBuffer header = header();
    if (!Arrays.equals(header.array(), 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new DatabaseUnavailableException(
          Trouble.CORRUPT, path + " is not a SQLite database", null);
    }
    if (header.getInt(APPLICATION_ID_AT) != APPLICATION_ID) {
      throw new DatabaseUnavailableException(
          Trouble.NOT_OURS, path + " is a database of another program", null);
    }
  }

  /**
   * Somebody may have emptied the log under SQLite, which then writes on behind a hole: whoever has
   * not all of it in memory reads zeroes there.
   */
  private void checkFrames() throws DatabaseUnavailableException {
    try {
      if (frames == null || frames.length() < Integer.BYTES) {
        return;
      }
      frames.seek(0);
      if ((frames.readInt() & ~1) != LOG_MAGIC) {
        throw new DatabaseUnavailableException(
            Trouble.CORRUPT, path + "-wal does not begin as a write-ahead log", null);
      }
    } catch (IOException e) {
      throw new DatabaseUnavailableException(Trouble.UNREADABLE, path + "-wal cannot be read", e);
    }
  }

  /** Returns whether another file, or none, stands under the name now. */
  boolean isReplaced() {
    return !key.equals(keyOrNull(path));
  }

  /** Returns PRAGMA user_version as it stands in the file. */
  int version() throws DatabaseUnavailableException {
    return header().getInt(USER_VERSION_AT);
  }

  /**
   * Remembers which files are the write-ahead log of this file: what stands beside it before it is
   * used, and again while it is in use.
   */
  void noteLog() throws DatabaseUnavailableException {
    Map<Path, Object> found = new HashMap<>();
    for (String suffix : List.of("-wal", "-shm")) {
      Path part = path.resolveSibling(path.getFileName() + suffix);
      if (Files.exists(part)) {
        found.put(part, key(part));
      }
    }
    log = found;
    openFrames();
  }

  /**
   * Deletes the log, when another file has come to stand under the name: SQLite would take it for
   * that one's and write its pages into it (sqlite.org/howtocorrupt.html, 1.4). Nothing is lost:
   * what was in the log alone is in the journal too. To be called when SQLite has closed the file.
   */
  void deleteLog() {
    try {
      for (Map.Entry<Path, Object> part : log.entrySet()) {
        if (part.getValue().equals(keyOrNull(part.getKey()))) {
          Files.delete(part.getKey());
        }
      }
    } catch (IOException e) {
      logger.debug("Log of a replaced database was not deleted", e);
    }
  }

  private void openFrames() throws DatabaseUnavailableException {
    Path part = path.resolveSibling(path.getFileName() + "-wal");
    try {
      closeFrames();
      frames = Files.exists(part) ? new RandomAccessFile(part.toFile(), "r") : null;
    } catch (IOException e) {
      throw new DatabaseUnavailableException(Trouble.UNREADABLE, part + " cannot be opened", e);
    }
  }

  private void closeFrames() throws IOException {
    if (frames != null) {
      frames.close();
      frames = null;
    }
  }

  @Override
  public void close() throws IOException {
    closeFrames();
    file.close();
  }

  /**
   * Returns what tells this file from any other that may come to stand under its name while it is
   * open.
   */
  static Object key(Path path) throws DatabaseUnavailableException {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      return attributes.fileKey() == null ? attributes.creationTime() : attributes.fileKey();
    } catch (NoSuchFileException e) {
      throw new DatabaseUnavailableException(Trouble.DELETED, path + " does not exist", e);
    } catch (IOException e) {
      throw new DatabaseUnavailableException(Trouble.UNREADABLE, path + " cannot be looked at", e);
    }
  }

  /** Returns null where there is no file. */
  private static Object keyOrNull(Path path) {
    try {
      return key(path);
    } catch (DatabaseUnavailableException gone) {
      return null;
    }
  }

  /** All zeros where the file is shorter. */
  private ByteBuffer header() throws DatabaseUnavailableException {
    byte[] header = new byte[HEADER_BYTES];
    try {
      file.seek(0);
      int length = file.read(header);
      if (length < HEADER_BYTES) {
        Arrays.fill(header, (byte) 0);
      }
      return ByteBuffer.wrap(header);
    } catch (IOException e) {
      throw new DatabaseUnavailableException(Trouble.UNREADABLE, path + " cannot be read", e);
    }
  }
}
