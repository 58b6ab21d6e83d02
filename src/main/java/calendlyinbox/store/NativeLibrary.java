package calendlyinbox.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteJDBCLoader;

/**
 * SQLite itself, which the driver unpacks from the JAR where {@code org.sqlite.lib.path} names no
 * folder that has it. Safe for concurrent use.
 */
final class NativeLibrary {
  private static final Logger log = LoggerFactory.getLogger(NativeLibrary.class);

  /** The driver's own property, which names the folder that it unpacks into. */
  private static final String FOLDER = "org.sqlite.tmpdir";

  /** The same, of a folder that has the library unpacked. */
  private static final String UNPACKED = "org.sqlite.lib.path";

  /**
   * Of the pause between two tries, which doubles: to unpack is a megabyte written, and the driver
   * has Java keep the names of the files in memory until it ends.
   */
  private static final long SHORTEST_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

  private static final long LONGEST_PAUSE_NANOS = Duration.ofMinutes(1).toNanos();

  private static boolean loaded;
  private static SQLException failure;
  private static long failedAtNanos;
  private static long pauseNanos = SHORTEST_PAUSE_NANOS;

  private NativeLibrary() {}

  /**
   * Connects, once the library is loaded.
   *
   * @throws SQLException also where it could not be loaded, as for lack of room; a later call tries
   *     it again. Left to the driver, that would be an Error at each further call for as long as
   *     the process lives, since it tries once.
   */
  static Connection connect(String url, Properties properties) throws SQLException {
    load();
    return DriverManager.getConnection(url, properties);
  }

  private static synchronized void load() throws SQLException {
    if (loaded) {
      return;
    }
    if (failure != null && System.nanoTime() - failedAtNanos < pauseNanos) {
      throw new SQLException(failure.getMessage(), failure);
    }
    String folder = System.getProperty(FOLDER, System.getProperty("java.io.tmpdir"));
    try {
      if (failure == null && isFolderNamed()) {
        SQLiteJDBCLoader.initialize();
      } else {
        unpackAndLoad(Path.of(folder));
      }
      loaded = true;
    } catch (Exception | LinkageError e) {
      pauseNanos =
          failure == null ? SHORTEST_PAUSE_NANOS : Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS);
      failedAtNanos = System.nanoTime();
      failure =
          new SQLException(
              "SQLite's library cannot be unpacked into "
                  + folder
                  + " and loaded from there; make room in it, and see that it is not mounted"
                  + " noexec, or name another folder that can be written, as a variable of the"
                  + " environment: JAVA_TOOL_OPTIONS=-Dorg.sqlite.tmpdir=FOLDER",
              e);
      throw failure;
    }
  }

  /** Who names one wants the library from there, or to find it there. */
  private static boolean isFolderNamed() {
    return System.getProperty(UNPACKED) != null || System.getProperty(FOLDER) != null;
  }

  /**
   * In a folder of this try alone, which is gone after it: the driver takes away what it unpacks
   * only at an orderly end, and where a try failed or the process is killed it would fill the disk,
   * under a new name each time. What is loaded needs its file no more.
   */
  private static void unpackAndLoad(Path folder) throws Exception {
    String before = System.getProperty(FOLDER);
    Path own = Files.createTempDirectory(folder, "calendly-inbox-");
    System.setProperty(FOLDER, own.toString());
    try {
      SQLiteJDBCLoader.initialize();
    } finally {
      if (before == null) {
        System.clearProperty(FOLDER);
      } else {
        System.setProperty(FOLDER, before);
      }
      delete(own);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      // Windows keeps the file of what is loaded.
      log.debug("{} stays", folder, e);
    }
  }
}
