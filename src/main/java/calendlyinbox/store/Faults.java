package calendlyinbox.store;

import calendlyinbox.store.DatabaseUnavailableException.Trouble;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * Whose fault an exception is: the database's, which will be tried again when it is back, or the
 * work's, which concerns one event. By SQLite's primary result codes (sqlite.org/rescode.html).
 */
final class Faults {
  private static final int NO_MEMORY = 7;
  private static final int INTERRUPTED = 9;
  private static final int IO_ERROR = 10;
  private static final int CANNOT_OPEN = 14;

  private static final Map<Integer, Trouble> DATABASES =
      Map.ofEntries(
          // SQLITE_ERROR: our statements are sound, so a table is missing.
          Map.entry(1, Trouble.CORRUPT),
          Map.entry(3, Trouble.READ_ONLY),
          Map.entry(5, Trouble.LOCKED),
          Map.entry(6, Trouble.LOCKED),
          Map.entry(NO_MEMORY, Trouble.UNREADABLE),
          Map.entry(8, Trouble.READ_ONLY),
          // By ourselves, for a stop.
          Map.entry(INTERRUPTED, Trouble.UNREADABLE),
          Map.entry(IO_ERROR, Trouble.UNREADABLE),
          Map.entry(11, Trouble.CORRUPT),
          Map.entry(13, Trouble.FULL),
          Map.entry(CANNOT_OPEN, Trouble.UNREADABLE),
          Map.entry(15, Trouble.LOCKED),
          Map.entry(17, Trouble.CORRUPT),
          Map.entry(26, Trouble.CORRUPT));

  private Faults() {}

  /** Returns the database's fault as such; throws the work's fault as it came. */
  static DatabaseUnavailableException ofDatabase(Path file, Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && isDatabases(sql)) {
        return of(file, sql);
      }
    }
    if (e instanceof RuntimeException work) {
      throw work;
    }
    return new DatabaseUnavailableException(Trouble.UNREADABLE, file + ": " + e, e);
  }

  /**
   * SQLite's own message speaks of files and tables; Jdbi's around it would quote names and
   * addresses.
   */
  static DatabaseUnavailableException of(Path file, SQLException e) {
    Trouble trouble = e instanceof SQLiteException sqlite ? trouble(sqlite) : Trouble.UNREADABLE;
    return new DatabaseUnavailableException(trouble, file + ": " + e.getMessage(), e);
  }

  private static Trouble trouble(SQLiteException e) {
    // The index of the write-ahead log cannot grow, which SQLite does not call a full disk.
    return e.getResultCode() == SQLiteErrorCode.SQLITE_IOERR_SHMSIZE
        ? Trouble.FULL
        : DATABASES.getOrDefault(primaryCode(e), Trouble.UNREADABLE);
  }

  private static boolean isDatabases(SQLException e) {
    return !(e instanceof SQLiteException sqlite) || DATABASES.containsKey(primaryCode(sqlite));
  }

  /** Extended codes carry the primary one in their low byte. */
  private static int primaryCode(SQLiteException e) {
    return e.getResultCode().code & 0xff;
  }
}
