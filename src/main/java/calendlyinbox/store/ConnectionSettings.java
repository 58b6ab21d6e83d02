package calendlyinbox.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.core.statement.StatementExceptions.MessageRendering;
import org.sqlite.SQLiteConfig;

/** How connections to the database are opened, and set. Safe for concurrent use. */
final class ConnectionSettings {
  /**
   * Pages of 4 KiB in the write-ahead log, from which on they are moved beside the transactions:
   * the more, the oftener pages that are written again and again reach the main file as one; the
   * fewer, the more of them are moved while others are written. Else {@link Database#checkpoint()}
   * is called long before.
   */
  static final int MANY_FRAMES = 8_000;

  /**
   * Where nobody moves them beside, as where a reader needs the log, each commit tries to. More
   * than there are at the end of what is moved beside: a commit that tries meanwhile keeps that
   * from going on.
   */
  private static final int WAL_AUTOCHECKPOINT_PAGES = 64_000;

  /** To so much the log's file is cut when the log begins anew, unless it is to be filled again. */
  static final int LOG_BYTES_KEPT = 32 * 1024 * 1024;

  private static final int CACHE_KIB = 8 * 1024;

  private final Path file;
  private final Duration patience;

  /**
   * @param patience how long to wait for another one's lock
   */
  ConnectionSettings(Path file, Duration patience) {
    this.file = file;
    this.patience = patience;
  }

  /** Opens what stands under the name, for whoever writes; not {@link #set} yet. */
  Connection writing() throws SQLException {
    SQLiteConfig config = config();
    config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
    return open(config);
  }

  /**
   * Sets one that writes. Some of these settings read the database, and so are not the driver's to
   * make: where one failed it would close the connection by itself.
   */
  static void set(Connection writing) throws SQLException {
    try (Statement statement = writing.createStatement()) {
      statement.execute("PRAGMA synchronous = NORMAL");
      statement.execute("PRAGMA wal_autocheckpoint = " + WAL_AUTOCHECKPOINT_PAGES);
      statement.execute("PRAGMA cache_size = " + -CACHE_KIB);
    }
    keepLog(writing, LOG_BYTES_KEPT);
  }

  /**
   * Says how much of the log's file stays when the log begins anew. To write over it costs half of
   * what it costs to make it longer: the file system has its blocks, and need not clear them.
   */
  static void keepLog(Connection writing, long bytes) throws SQLException {
    try (Statement statement = writing.createStatement()) {
      statement.execute("PRAGMA journal_size_limit = " + bytes);
    }
  }

  /** Has one read for the first time: from then on it has the log, if there is one. */
  static void readSchema(Connection opened) throws SQLException {
    try (Statement statement = opened.createStatement()) {
      statement.executeQuery("SELECT 1 FROM sqlite_schema").close();
    }
  }

  /** Opens one for a look. */
  Connection readOnly() throws SQLException {
    SQLiteConfig config = config();
    config.setReadOnly(true);
    return open(config);
  }

  private SQLiteConfig config() {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout((int) patience.toMillis());
    return config;
  }

  private Connection open(SQLiteConfig config) throws SQLException {
    return NativeLibrary.connect(url(file), config.toProperties());
  }

  /** Returns the address of a file, whose name may have signs with a meaning in an address. */
  static String url(Path file) {
    return "jdbc:sqlite:file:" + file.toAbsolutePath().toUri().getRawPath();
  }

  /** Jdbi would quote in its exceptions what was bound, and so names and addresses in the log. */
  static Handle handleOf(Connection connection) {
    Handle handle = Jdbi.open(connection);
    handle.getConfig(StatementExceptions.class).setMessageRendering(MessageRendering.NONE);
    return handle;
  }
}
