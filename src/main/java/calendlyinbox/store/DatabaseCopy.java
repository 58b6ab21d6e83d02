package calendlyinbox.store;

import calendlyinbox.store.DatabaseUnavailableException.Trouble;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.core.DB;

/**
 * A copy of a database into one file, page by page, while others read it: everything that was
 * committed before the copying began, and nothing of what came after.
 */
public final class DatabaseCopy {
  private static final int PATIENCE_MILLIS = 5_000;

  /** In one step: each page is read once, whatever the size. */
  private static final int ALL_PAGES = -1;

  private static final int PAUSES = 50;
  private static final int PAUSE_MILLIS = 100;

  /** Behind the name of a copy that is being made. */
  static final String UNFINISHED = ".unfinished";

  private DatabaseCopy() {}

  /**
   * Makes the copy, and lets nobody write while it is copied, though while it is checked and
   * synced. Otherwise as {@link #make}.
   *
   * @throws DatabaseUnavailableException also if somebody else does not let go of the write lock
   */
  public static void makeWithoutWriters(Path from, Path to)
      throws DatabaseUnavailableException, IOException {
    make(from, to, DatabaseCopy::copyWithoutWriters, DatabaseCopy::check, new LongWork(from));
  }

  /**
   * Makes the copy under a name beside its own, checks it, syncs it, and only then gives it its
   * name. When it returns, the copy is whole and on disk, and only its owner can read it; when it
   * throws, nothing stands under its name that did not before.
   *
   * @param to is replaced where it exists
   * @throws DatabaseUnavailableException if {@code from} is no sound database of ours
   * @throws IOException if the copy cannot be written there
   */
  public static void make(Path from, Path to) throws DatabaseUnavailableException, IOException {
    make(from, to, DatabaseCopy::copy, DatabaseCopy::check, new LongWork(from));
  }

  /**
   * The same, by a connection that is open: another one by the name alone might be one to another
   * file. Others can break it off while the copy is checked: that takes longest.
   */
  static void make(Connection open, Path from, Path to, LongWork longWork)
      throws DatabaseUnavailableException, IOException {
    make(
        from, to, (file, copy) -> copy(open, file, copy), file -> checkPages(open, file), longWork);
  }

  private interface Copying {
    void copy(Path from, Path to) throws NotCopied, DatabaseUnavailableException, IOException;
  }

  private interface Check {
    void of(Path file) throws SQLException, DatabaseUnavailableException;
  }

  /** SQLite did not copy it, and does not say which of the two files it was. */
  private static final class NotCopied extends Exception {
    private final SQLException said;

    NotCopied(SQLException said) {
      super(said);
      this.said = said;
    }
  }

  /**
   * @param ofAllPages what tells whether it was the database where it was not copied
   */
  private static void make(Path from, Path to, Copying copying, Check ofAllPages, LongWork longWork)
      throws DatabaseUnavailableException, IOException {
    Path unfinished = to.resolveSibling(to.getFileName() + UNFINISHED);
    try {
      delete(unfinished);
      OwnerOnly.createFile(unfinished);
      copying.copy(from, unfinished);
      checkCopy(unfinished, longWork);
      sync(unfinished);
      Files.move(
          unfinished, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      sync(to.toAbsolutePath().getParent());
    } catch (NotCopied e) {
      // First: what there is of it may fill the disk, and to look takes as long as to copy.
      delete(unfinished);
      throw why(from, unfinished, e, ofAllPages);
    } finally {
      delete(unfinished);
    }
  }

  /** Where all of the database can be read, it was the copy. Nobody is kept from writing by now. */
  private static IOException why(Path from, Path to, NotCopied e, Check ofAllPages)
      throws DatabaseUnavailableException {
    DatabaseUnavailableException fault = Faults.of(from, e.said);
    if (fault.trouble() == Trouble.LOCKED) {
      throw fault;
    }
    // To read one needs no room.
    if (fault.trouble() != Trouble.FULL) {
      try {
        ofAllPages.of(from);
      } catch (SQLException ofDatabase) {
        throw Faults.of(from, ofDatabase);
      }
    }
    return ofTheCopy(Faults.of(to, e.said));
  }

  private static void checkCopy(Path copy, LongWork longWork) throws IOException {
    try {
      check(copy, longWork);
    } catch (DatabaseUnavailableException e) {
      throw ofTheCopy(e);
    }
  }

  private static IOException ofTheCopy(DatabaseUnavailableException e) {
    return new IOException(e.trouble() == Trouble.FULL ? DiskTrouble.FULL : e.getMessage(), e);
  }

  /**
   * With what SQLite had beside it: on a full disk, or with its process, it ends without tidying.
   */
  private static void delete(Path unfinished) throws IOException {
    for (String suffix : List.of("", "-journal", "-wal", "-shm")) {
      Files.deleteIfExists(unfinished.resolveSibling(unfinished.getFileName() + suffix));
    }
  }

  /**
   * Sees whether a file is a sound database of ours, of a version that is known here: every page
   * and index of it is read.
   *
   * @throws DatabaseUnavailableException saying why it is not
   */
  public static void check(Path file) throws DatabaseUnavailableException {
    check(file, new LongWork(file));
  }

  private static void check(Path file, LongWork longWork) throws DatabaseUnavailableException {
    DatabaseFile.key(file);
    try (Connection connection = open(file)) {
      refuse(connection, file);
      longWork.run(connection, () -> checkPages(connection, file));
    } catch (SQLException e) {
      throw Faults.of(file, e);
    }
  }

  private static void checkPages(Connection connection, Path file)
      throws SQLException, DatabaseUnavailableException {
    String verdict = text(connection, "PRAGMA integrity_check(1)");
    if (!verdict.equals("ok")) {
      throw new DatabaseUnavailableException(Trouble.CORRUPT, file + ": " + verdict, null);
    }
  }

  /** Returns whether a file begins as a database of ours does; what else is in it is not read. */
  public static boolean isOurs(Path file) {
    try (DatabaseFile look = DatabaseFile.open(file)) {
      look.check();
      return true;
    } catch (IOException | DatabaseUnavailableException other) {
      return false;
    }
  }

  /**
   * Looks at a copy beside which no write-ahead log stands, and so nobody writes to. Nothing is
   * made beside it, as SQLite would else for a file that was copied from one with such a log.
   *
   * @throws DatabaseUnavailableException if it is no database, or a damaged one
   */
  public static <T> T look(Path copy, Database.Work<T> work) throws DatabaseUnavailableException {
    String url = ConnectionSettings.url(copy) + "?immutable=1";
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    try (Connection connection = NativeLibrary.connect(url, config.toProperties());
        Handle handle = ConnectionSettings.handleOf(connection)) {
      return work.on(handle);
    } catch (SQLException | RuntimeException e) {
      throw Faults.ofDatabase(copy, e);
    }
  }

  /** When this returns, the file's content, or the folder's entries, are on disk. */
  public static void sync(Path path) throws IOException {
    boolean folder = Files.isDirectory(path);
    try (FileChannel channel =
        FileChannel.open(path, folder ? StandardOpenOption.READ : StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /** The write lock is held by a connection of its own, which writes nothing. */
  private static void copyWithoutWriters(Path from, Path to)
      throws NotCopied, DatabaseUnavailableException, IOException {
    DatabaseFile.key(from);
    try (Connection holding = open(from, false);
        Statement statement = holding.createStatement()) {
      refuse(holding, from);
      statement.execute("BEGIN IMMEDIATE");
      copy(from, to);
      statement.execute("ROLLBACK");
    } catch (SQLException e) {
      throw Faults.of(from, e);
    }
  }

  private static void copy(Path from, Path to)
      throws NotCopied, DatabaseUnavailableException, IOException {
    DatabaseFile.key(from);
    try (Connection connection = open(from)) {
      copy(connection, from, to);
    } catch (SQLException e) {
      throw Faults.of(from, e);
    }
  }

  private static void copy(Connection open, Path from, Path to)
      throws NotCopied, DatabaseUnavailableException, IOException {
    try {
      refuse(open, from);
      checkRoom(open, from, to);
      DB database = open.unwrap(SQLiteConnection.class).getDatabase();
      int code = database.backup("main", to.toString(), null, PAUSE_MILLIS, PAUSES, ALL_PAGES);
      if (code != SQLiteErrorCode.SQLITE_OK.code) {
        throw new NotCopied(DB.newSQLException(code, "not copied"));
      }
    } catch (SQLException e) {
      throw Faults.of(from, e);
    }
    try {
      makeOneFile(to);
    } catch (SQLException e) {
      throw ofTheCopy(Faults.of(to, e));
    }
  }

  /**
   * Seen beforehand: a copy that ends for want of it has filled the disk first, and where that is
   * the journal's, deliveries were refused meanwhile. The log is as long as it ever was, whatever
   * part of it is in the database by now: so it is asked for pages, which are of both.
   */
  private static void checkRoom(Connection open, Path from, Path to)
      throws SQLException, IOException {
    String pages = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
    long bytes = Math.max(Files.size(from), Long.parseLong(text(open, pages)));
    Room.check(to.toAbsolutePath().getParent(), bytes);
  }

  /** Copied was also that the database has a write-ahead log: a copy has none beside it. */
  private static void makeOneFile(Path copy) throws SQLException {
    try (Connection connection = open(copy, false);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = DELETE");
    }
  }

  /** Also an empty one, or one that lost a table: it would stand in the way of every delivery. */
  private static void refuse(Connection connection, Path file)
      throws SQLException, DatabaseUnavailableException {
    if (Schema.isEmpty(connection)) {
      throw new DatabaseUnavailableException(Trouble.NOT_OURS, file + " is empty", null);
    }
    Schema.refuse(connection, file);
    Optional<String> lacking = Schema.lacking(connection);
    if (lacking.isPresent()) {
      throw new DatabaseUnavailableException(
          Trouble.CORRUPT, file + " lacks the " + lacking.get(), null);
    }
  }

  private static Connection open(Path file) throws SQLException {
    return open(file, true);
  }

  private static Connection open(Path file, boolean readOnly) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(PATIENCE_MILLIS);
    config.setReadOnly(readOnly);
    return NativeLibrary.connect(ConnectionSettings.url(file), config.toProperties());
  }

  private static String text(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getString(1);
    }
  }
}
