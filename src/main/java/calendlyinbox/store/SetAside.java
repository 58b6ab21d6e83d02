package calendlyinbox.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exchanges a database for another file, and keeps what was there under a name beside it. Nobody
 * may have the database open for writing.
 */
public final class SetAside {
  private static final Logger log = LoggerFactory.getLogger(SetAside.class);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private SetAside() {}

  /** Returns the name for what is kept beside a database, sorting by time. */
  public static Path beside(Path file, String why, Instant now) {
    return file.resolveSibling(file.getFileName() + "." + why + "-" + TIME.format(now));
  }

  /**
   * At every moment a whole database stands under the name. When it returns, the other one does, on
   * disk.
   *
   * @return where the former is kept, with its write-ahead log if it could not be taken in; empty
   *     if there was none
   */
  public static Optional<Path> replace(Path file, Path by, Instant now) throws IOException {
    Optional<Path> aside = Optional.empty();
    if (Files.exists(file)) {
      takeInLog(file);
      Path kept = beside(file, "replaced", now);
      // A log that is left belongs to a damaged database, and would be taken for the new one's.
      move(WriteAheadLog.beside(file), WriteAheadLog.beside(kept));
      Files.createLink(kept, file);
      aside = Optional.of(kept);
    }
    Files.deleteIfExists(WriteAheadLog.beside(file));
    Files.deleteIfExists(file.resolveSibling(file.getFileName() + "-shm"));
    Files.move(by, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    DatabaseCopy.sync(file.toAbsolutePath().getParent());
    return aside;
  }

  /**
   * The last to close a sound database leaves it in one file; of another it must not delete any.
   */
  private static void takeInLog(Path file) {
    if (!DatabaseCopy.isOurs(file)) {
      log.debug("The replaced database keeps its write-ahead log");
      return;
    }
    try (Connection connection =
        NativeLibrary.connect(ConnectionSettings.url(file), new Properties())) {
      Schema.execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (SQLException damaged) {
      log.debug("The replaced database could not take in its write-ahead log", damaged);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    if (Files.exists(from)) {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }
  }
}
