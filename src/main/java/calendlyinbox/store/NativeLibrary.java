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
import org.sqlite.SQLiteJDBCLoader;

/**
 * SQLite itself, which the driver unpacks from the JAR into the temporary folder where {@code
 * org.sqlite.lib.path} names none. Safe for concurrent use.
 */
final class NativeLibrary {
  /** The driver's own property, which names the folder that it unpacks into. */
  private static final String FOLDER = "org.sqlite.tmpdir";

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
      if (failure == null) {
        SQLiteJDBCLoader.initialize();
      } else {
        loadAgain(Path.of(folder));
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

  /**
   * In a folder of this try alone: what it unpacks the driver leaves where it fails, under a new
   * name each time, and that would fill the disk.
   */
  private static void loadAgain(Path folder) throws Exception {
    String before = System.getProperty(FOLDER);
    Path own = Files.createTempDirectory(folder, "calendly-inbox-");
    System.setProperty(FOLDER, own.toString());
    try {
      SQLiteJDBCLoader.initialize();
    } catch (Exception | LinkageError e) {
      delete(own);
      throw e;
    } finally {
      if (before == null) {
        System.clearProperty(FOLDER);
      } else {
        System.setProperty(FOLDER, before);
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
