package calendlyinbox.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.sqlite.SQLiteJDBCLoader;

/**
 * SQLite itself, which the driver unpacks from the JAR into the temporary folder where {@code
 * org.sqlite.lib.path} names none. Safe for concurrent use.
 */
final class NativeLibrary {
  private NativeLibrary() {}

  /**
   * Connects, once the library is loaded.
   *
   * @throws SQLException also where it could not be loaded, as for lack of room; the next call
   *     tries it again. Left to the driver, that would be an Error at each further call for as long
   *     as the process lives, since it tries once.
   */
  static Connection connect(String url, Properties properties) throws SQLException {
    load();
    return DriverManager.getConnection(url, properties);
  }

  private static void load() throws SQLException {
    try {
      SQLiteJDBCLoader.initialize();
    } catch (Exception | LinkageError e) {
      throw new SQLException(
          "SQLite's library cannot be unpacked into "
              + System.getProperty("org.sqlite.tmpdir", System.getProperty("java.io.tmpdir"))
              + " and loaded from there; make room in it, and see that it is not mounted noexec, or"
              + " name another folder in JAVA_OPTS: -Dorg.sqlite.tmpdir=FOLDER",
          e);
    }
  }
}
