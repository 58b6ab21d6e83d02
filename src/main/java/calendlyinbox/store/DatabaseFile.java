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

  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

  private static final int USER_VERSION_AT = 60;
  private static final int APPLICATION_ID_AT = 68;
  private static final int HEADER_BYTES = 100;

  private final Path path;
  private final Object key;
  private final RandomAccessFile file;
  private final WriteAheadLog log;

  private DatabaseFile(Path path, Object key, RandomAccessFile file) {
    this.path = path;
    this.key = key;
    this.file = file;
    this.log = new WriteAheadLog(path);
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
    log.check();
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

  /** Returns whether another file, or none, stands under the name now. */
  boolean isReplaced() {
    return !key.equals(keyOrNull(path));
  }

  /** Returns PRAGMA user_version as it stands in the file. */
  int version() throws DatabaseUnavailableException {
    return header().getInt(USER_VERSION_AT);
  }

  /** Returns whether it begins as a database of ours of an earlier version does. */
  boolean isOfEarlierVersion() throws DatabaseUnavailableException {
    ByteBuffer header = header();
    return header.getInt(APPLICATION_ID_AT) == APPLICATION_ID
        && header.getInt(USER_VERSION_AT) < Schema.VERSION;
  }

  /**
   * Remembers which files are the write-ahead log of this file: what stands beside it before it is
   * used, and again while it is in use.
   */
  void noteLog() throws DatabaseUnavailableException {
    log.note();
  }

  /** See {@link WriteAheadLog#noteMade}. */
  void noteMadeLog() {
    log.noteMade();
  }

  /** See {@link WriteAheadLog#forgetDeleted}. */
  void forgetDeletedLog() {
    log.forgetDeleted();
  }

  /** See {@link WriteAheadLog#cut}. */
  void cutLog() {
    log.cut();
  }

  /** See {@link WriteAheadLog#delete}. */
  void deleteLog() {
    log.delete();
  }

  /** See {@link WriteAheadLog#letGoIfDeleted}. */
  void letGoOfDeletedLog() throws IOException {
    log.letGoIfDeleted();
  }

  /** See {@link WriteAheadLog#place}. */
  WriteAheadLog.Place placeOfLog() throws DatabaseUnavailableException {
    try {
      return log.place(file);
    } catch (IOException e) {
      throw new DatabaseUnavailableException(Trouble.UNREADABLE, path + " cannot be read", e);
    }
  }

  /** See {@link WriteAheadLog#framesLeft}. */
  long framesLeft() {
    return log.framesLeft();
  }

  /** See {@link WriteAheadLog#compareAhead}. */
  long compareAhead() throws DatabaseUnavailableException {
    try {
      return log.compareAhead(file);
    } catch (IOException e) {
      throw new DatabaseUnavailableException(Trouble.UNREADABLE, path + " cannot be read", e);
    }
  }

  /** Puts on disk what was written to it by now, by whomever. */
  void sync() throws IOException {
    file.getFD().sync();
  }

  /** See {@link WriteAheadLog#distrustIndex}. */
  void distrustIndex() throws DatabaseUnavailableException {
    try {
      log.distrustIndex();
    } catch (IOException e) {
      throw new DatabaseUnavailableException(
          Trouble.UNREADABLE, path + "-shm cannot be written to", e);
    }
  }

  @Override
  public void close() throws IOException {
    log.close();
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
  static Object keyOrNull(Path path) {
    try {
      return key(path);
    } catch (DatabaseUnavailableException gone) {
      return null;
    }
  }

  /** All zeros where the file is shorter. */
  private ByteBuffer header() throws DatabaseUnavailableException {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    try {
      return Frames.readAll(file, header, 0) ? header : ByteBuffer.allocate(HEADER_BYTES);
    } catch (IOException e) {
      throw new DatabaseUnavailableException(Trouble.UNREADABLE, path + " cannot be read", e);
    }
  }
}
