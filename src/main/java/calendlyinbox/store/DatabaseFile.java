package calendlyinbox.store;

import calendlyinbox.store.DatabaseUnavailableException.Trouble;
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
import java.util.Optional;

/**
 * The database as a file on disk, looked at without SQLite. An open SQLite connection goes on
 * working on a file that was deleted, moved or overwritten under it, and commits into nowhere; only
 * a look from outside tells. The header's form is from SQLite's file format, section 1.3.
 */
final class DatabaseFile {
  /** In PRAGMA application_id of a database that is ours: 'CalI'. Written by {@code schema.sql}. */
  static final int APPLICATION_ID = 0x43616c49;

  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
  private static final int USER_VERSION_AT = 60;
  private static final int APPLICATION_ID_AT = 68;
  private static final int HEADER_BYTES = 100;

  private DatabaseFile() {}

  /**
   * Returns what tells this file from any other that may come to stand under its name while it is
   * open.
   */
  static Object key(Path file) throws DatabaseUnavailableException {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return attributes.fileKey() == null ? attributes.creationTime() : attributes.fileKey();
    } catch (NoSuchFileException e) {
      throw new DatabaseUnavailableException(
          Trouble.DELETED, file + " was deleted or moved away", e);
    } catch (IOException e) {
      throw new DatabaseUnavailableException(Trouble.UNREADABLE, file + " cannot be looked at", e);
    }
  }

  /**
   * Checks that the file begins as a database of ours does. One that is still empty is none yet.
   */
  static void checkHeader(Path file) throws DatabaseUnavailableException {
    Optional<ByteBuffer> header = header(file);
    if (header.isEmpty()
        || !Arrays.equals(header.get().array(), 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new DatabaseUnavailableException(
          Trouble.CORRUPT, file + " is not a SQLite database", null);
    }
    if (header.get().getInt(APPLICATION_ID_AT) != APPLICATION_ID) {
      throw new DatabaseUnavailableException(
          Trouble.NOT_OURS, file + " is a database of another program", null);
    }
  }

  /**
   * Returns PRAGMA user_version of a database of ours as it stands in the file, without opening it;
   * 0 where there is none.
   */
  static int version(Path file) {
    try {
      checkHeader(file);
      return header(file).map(header -> header.getInt(USER_VERSION_AT)).orElse(0);
    } catch (DatabaseUnavailableException none) {
      return 0;
    }
  }

  private static Optional<ByteBuffer> header(Path file) throws DatabaseUnavailableException {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      byte[] header = new byte[HEADER_BYTES];
      return in.read(header) == HEADER_BYTES
          ? Optional.of(ByteBuffer.wrap(header))
          : Optional.empty();
    } catch (FileNotFoundException e) {
      throw new DatabaseUnavailableException(Trouble.DELETED, file + " cannot be opened", e);
    } catch (IOException e) {
      throw new DatabaseUnavailableException(Trouble.UNREADABLE, file + " cannot be read", e);
    }
  }
}
