package calendlyinbox.store;

import calendlyinbox.store.Database.Work;
import calendlyinbox.store.DatabaseUnavailableException.Trouble;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to the file that stands under the database's name, and all that goes with it: the
 * file as it is seen from outside, and whoever moves pages from the log into it. Opened when it is
 * needed and, once closed at a trouble, again. Guarded by {@link Database}'s turn, but for {@link
 * #look}.
 */
final class DatabaseConnection implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(DatabaseConnection.class);

  private final Path file;
  private final ConnectionSettings settings;
  private final Clock clock;
  private final int manyFrames;
  private final LongWork longWork;
  private final OpenedFile opened;

  private Handle handle;
  private Connection connection;
  private LogMover mover;

  // Whether there was one before.
  private boolean stood;

  // The file that was made because that one is gone; null where another one was found there since.
  private volatile DatabaseFile inPlaceOfLost;

  // Written by whoever has the turn, read by anybody.
  private volatile boolean broughtForward;

  /** See {@link Database#stoodBefore}. */
  void stoodBefore() {
    stood = true;
  }

  /** Opens nothing yet. */
  DatabaseConnection(Path file, Duration patience, Clock clock, int manyFrames, LongWork longWork) {
    this.file = file;
    this.settings = new ConnectionSettings(file, patience);
    this.clock = clock;
    this.manyFrames = manyFrames;
    this.longWork = longWork;
    this.opened = new OpenedFile(file, settings);
  }

  /**
   * Opens it where it is not, and checks that it is one to the database that people see.
   *
   * @throws DatabaseUnavailableException if that cannot be had
   */
  void open() throws DatabaseUnavailableException {
    if (handle == null) {
      openAnew();
    }
    check();
  }

  /** Returns the open connection. To be asked for while it is open. */
  Handle handle() {
    return handle;
  }

  /** Checks that what was opened is still the database that people see. */
  void check() throws DatabaseUnavailableException {
    opened.file().check();
  }

  boolean isOpen() {
    return handle != null;
  }

  /** Returns whether a database of an earlier version stands there, and is not open. */
  boolean isToBeBroughtForward() throws DatabaseUnavailableException {
    if (isOpen() || !Files.exists(file)) {
      return false;
    }
    return opened.open().isOfEarlierVersion();
  }

  /** Returns whether that is under way, which may take minutes. Safe for concurrent use. */
  boolean isBeingBroughtForward() {
    return broughtForward;
  }

  /**
   * Runs work in one transaction, opening the connection where it is not open.
   *
   * @param moveRest see {@link LogMover#moveBeside}
   * @throws DatabaseUnavailableException if the database, not the work, is at fault
   */
  <T> T transaction(Work<T> work, Runnable moveRest) throws DatabaseUnavailableException {
    open();
    T result;
    try {
      begin(moveRest);
      result = work.on(handle);
      handle.commit();
    } catch (RuntimeException e) {
      rollback();
      throw Faults.ofDatabase(file, e);
    } catch (Error e) {
      rollback();
      throw e;
    }
    // A file that was swapped while we wrote: what we committed is not in the database that people
    // see.
    check();
    return result;
  }

  /**
   * Takes the write lock for a moment, through a connection that has nothing in memory yet.
   *
   * @throws DatabaseUnavailableException if another file came to stand under the name meanwhile
   */
  void tryToWrite() throws SQLException, DatabaseUnavailableException {
    Connection anew = writing();
    try {
      anew.createStatement().execute("BEGIN IMMEDIATE");
      anew.createStatement().execute("ROLLBACK");
    } finally {
      closeDoubtful(anew);
    }
    check();
  }

  /** See {@link LogMover#moveAll}. */
  boolean moveAll() throws DatabaseUnavailableException, SQLException {
    return mover.moveAll();
  }

  /** See {@link OpenedFile#look}. Safe for concurrent use. */
  <T> T look(Work<T> work) throws SQLException, DatabaseUnavailableException {
    return opened.look(work);
  }

  private Connection writing() throws SQLException, DatabaseUnavailableException {
    Connection anew = settings.writing();
    try {
      opened.checkBeforeFirstRead();
      ConnectionSettings.set(anew);
      return anew;
    } catch (SQLException | DatabaseUnavailableException e) {
      closeDoubtful(anew);
      throw e;
    }
  }

  private void closeDoubtful(Connection anew) {
    takeLogFromAnother();
    close(anew);
  }

  /**
   * To be called before a connection is closed of which it is not sure which file it opened. The
   * last to close a file writes the log into it; where another file came to stand under the name
   * while it was opened, that may be this one, and the log is not its own. Nor may it stay there
   * for whoever opens that one next: not even where it was made by a connection that failed before
   * it could be noted, and that one comes later.
   */
  private void takeLogFromAnother() {
    opened.file().noteMadeLog();
    if (opened.file().isReplaced()) {
      if (handle != null) {
        checkpointMoved();
      }
      opened.file().cutLog();
    }
  }

  private void openAnew() throws DatabaseUnavailableException {
    try {
      createOwnerOnly();
      DatabaseFile written = opened.open();
      connection = writing();
      boolean made = prepare();
      written.noteLog();
      mover = new LogMover(file, written, connection, writing(), manyFrames, clock);
      // SQLite opened what stood under the name, a moment after it was looked at: only now is it
      // sure which file that is.
      check();
      handle = ConnectionSettings.handleOf(connection);
      if (made && stood) {
        inPlaceOfLost = written;
        tellMadeAnew();
      } else if (written != inPlaceOfLost) {
        inPlaceOfLost = null;
      }
      stood = true;
    } catch (SQLException e) {
      closeConnection();
      throw Faults.of(file, e);
    } catch (IOException e) {
      closeConnection();
      throw new DatabaseUnavailableException(
          Trouble.UNREADABLE, file + " cannot be created: " + e.getMessage(), e);
    } catch (DatabaseUnavailableException | RuntimeException e) {
      closeConnection();
      throw e;
    }
  }

  /** What else stands there soon is well, and tells nobody that all rows are gone. */
  private void tellMadeAnew() {
    log.warn(
        "Database is gone, and made anew: file={}; next: if there is the file or a backup, stop the server and ./run.sh"
            + " restore FILE, which keeps what came in since",
        file);
  }

  /** See {@link Database#isInPlaceOfLost}. */
  boolean isInPlaceOfLost() {
    return inPlaceOfLost != null;
  }

  private boolean prepare() throws SQLException, DatabaseUnavailableException {
    broughtForward = Schema.version(connection) < Schema.VERSION && !Schema.isEmpty(connection);
    try {
      return Schema.prepare(connection, opened::readOnly, file, clock, longWork);
    } finally {
      broughtForward = false;
    }
  }

  private void createOwnerOnly() throws IOException {
    if (Files.exists(file)) {
      return;
    }
    try {
      OwnerOnly.createFile(file);
      FolderOwner.give(file);
    } catch (FileAlreadyExistsException madeByAnotherProcess) {
      log.debug("Database file was made by another process at the same moment");
    }
  }

  private void begin(Runnable moveRest) throws DatabaseUnavailableException {
    handle.begin();
    if (!mover.mayWrite()) {
      handle.rollback();
      mover.mistrust();
      handle.begin();
    }
    mover.moveBeside(moveRest);
  }

  private void rollback() {
    try {
      handle.rollback();
    } catch (RuntimeException e) {
      log.debug("Rollback failed; the connection is closed", e);
      closeConnection();
    }
  }

  /**
   * SQLite first: see {@link DatabaseFile}. The file itself stays open while it stands under its
   * name, so that one which takes its place while nothing works is told from it by its number.
   */
  void closeConnection() {
    if (handle == null && connection != null) {
      // Broken off while it was opened.
      takeLogFromAnother();
    }
    boolean replaced = handle != null && opened.file().isReplaced();
    if (handle != null && !replaced) {
      moveLogBeforeClose();
    }
    close(mover);
    mover = null;
    if (replaced) {
      // Now, since SQLite does not while pages are moved beside.
      checkpointMoved();
    }
    close(handle);
    handle = null;
    close(connection);
    connection = null;
    opened.afterClose();
  }

  /** Closes the file as well; it may be opened again. */
  @Override
  public void close() {
    closeConnection();
    opened.close();
  }

  /**
   * Makes a file that was moved away whole by itself, for whoever wants to use it again: SQLite
   * leaves the log of such a file as it is.
   */
  private void checkpointMoved() {
    try {
      handle.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (RuntimeException e) {
      log.debug("The moved database could not take in its write-ahead log", e);
    }
  }

  /**
   * The last to close the file moves what is left in the log, and deletes it, by what the index
   * says: so it is moved here, and compared. The index of a sound log is left alone, or nobody
   * could read while another program holds the write lock.
   */
  private void moveLogBeforeClose() {
    try {
      mover.moveAll();
    } catch (DatabaseUnavailableException | SQLException e) {
      log.debug("The log was not moved before the database was closed", e);
    }
  }

  private static void close(AutoCloseable part) {
    if (part != null) {
      try {
        part.close();
      } catch (Exception e) {
        log.debug("A part of the database connection did not close", e);
      }
    }
  }
}
