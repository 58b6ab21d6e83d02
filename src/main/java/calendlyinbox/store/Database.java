package calendlyinbox.store;

import calendlyinbox.store.DatabaseUnavailableException.Trouble;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.core.statement.StatementExceptions.MessageRendering;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;

/**
 * The SQLite file, which may go away and come back at any moment: locked, deleted, overwritten, on
 * a full disk. It is opened when it is needed and again when it was lost, so nobody has to restart
 * anything. Write-ahead log, {@code synchronous=NORMAL}: a commit survives a crash of this process
 * at once, and a power loss from the next {@link #checkpoint()} on. Safe for concurrent use;
 * writing transactions of this process take turns.
 */
public final class Database implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(Database.class);

  /**
   * Pages of 4 KiB in the write-ahead log, from which on they are moved beside the transactions:
   * the more, the oftener pages that are written again and again reach the main file as one. Else
   * {@link #checkpoint()} is called long before.
   */
  private static final int MANY_FRAMES = 24_000;

  /** Where nobody moves them beside, as where a reader needs the log, each commit tries to. */
  private static final int WAL_AUTOCHECKPOINT_PAGES = 2 * MANY_FRAMES;

  /** Longer than the log becomes where nobody but this server reads or writes. */
  private static final long LONG_LOG_BYTES = 220 * 1024 * 1024;

  private static final int WAL_BYTES_KEPT = 32 * 1024 * 1024;
  private static final int CACHE_KIB = 8 * 1024;

  private final Path file;
  private final Duration patience;
  private final Clock clock;
  private final Outage outage;
  private final Soundness soundness;
  private final int manyFrames;
  private final ReentrantLock turn = new ReentrantLock(true);

  // Guarded by turn.
  private Handle handle;
  private DatabaseFile openFile;
  private Connection connection;
  private LogMover mover;

  /**
   * @param patience how long to wait for another process that holds the database before it counts
   *     as locked
   */
  public Database(Path file, Duration patience, Clock clock) {
    this(file, patience, clock, MANY_FRAMES);
  }

  Database(Path file, Duration patience, Clock clock, int manyFrames) {
    this.file = file;
    this.patience = patience;
    this.clock = clock;
    this.outage = new Outage(clock);
    this.soundness = new Soundness(this, file, LONG_LOG_BYTES);
    this.manyFrames = manyFrames;
  }

  /**
   * Says whether a newer version wrote the file: then nothing here may touch it. To be asked before
   * anything else.
   *
   * @return what to tell the person, or empty
   */
  public Optional<String> refusal() {
    try (DatabaseFile look = DatabaseFile.open(file)) {
      look.check();
      int version = look.version();
      return version > Schema.VERSION
          ? Optional.of(Schema.tooNew(file, version))
          : Optional.empty();
    } catch (IOException | DatabaseUnavailableException notThereOrNotOurs) {
      log.debug("No database of ours to ask for its version", notThereOrNotOurs);
      return Optional.empty();
    }
  }

  /** What is done in a transaction, or in a look. */
  public interface Work<T> {
    T on(Handle handle);
  }

  /**
   * Runs work in one transaction that holds SQLite's write lock from its start. When it returns the
   * work is committed to the file that stands under the database's name now. When it throws,
   * nothing of it was committed there.
   *
   * @throws DatabaseUnavailableException if the database, not the work, is at fault
   * @throws RuntimeException what the work threw, when the work is at fault
   */
  public <T> T write(Work<T> work) throws DatabaseUnavailableException {
    turn.lock();
    try {
      T result = inTransaction(work);
      outage.worked(handle);
      return result;
    } catch (DatabaseUnavailableException e) {
      // Closed at every trouble: a connection to a file that is no longer the database must not be
      // used again.
      closeHandle();
      outage.failed(e);
      throw e;
    } finally {
      turn.unlock();
    }
  }

  /**
   * Looks at the database through a connection of its own that has nothing in memory: it sees what
   * is in the files, not what an open connection remembers of them. Reads only.
   *
   * @throws DatabaseUnavailableException if there is no database of ours to look at
   */
  public <T> T look(Work<T> work) throws DatabaseUnavailableException {
    DatabaseFile.key(file);
    try (Connection connection = connect(true);
        Handle reading = handleOf(connection)) {
      return work.on(reading);
    } catch (SQLException | RuntimeException e) {
      throw Faults.ofDatabase(file, e);
    }
  }

  /** Returns what is known of the pages of the file. */
  public Soundness soundness() {
    return soundness;
  }

  /**
   * Moves what is committed from the write-ahead log into the main file, and syncs it. When it
   * returns true, the main file alone holds everything committed before the call, and stands on
   * disk under its name.
   *
   * @return false when a reader still needs the log; nothing is lost, ask again later
   */
  public boolean checkpoint() throws DatabaseUnavailableException {
    turn.lock();
    try {
      if (handle == null) {
        return false;
      }
      openFile.check();
      boolean complete = mover.moveAll();
      openFile.check();
      return complete;
    } catch (SQLException e) {
      closeHandle();
      throw Faults.of(file, e);
    } catch (DatabaseUnavailableException e) {
      closeHandle();
      throw e;
    } finally {
      turn.unlock();
    }
  }

  /**
   * Writes the whole file anew, so that nothing that was deleted or replaced is left on its pages;
   * nobody else can write meanwhile. It counts when {@link #emptyLog} was done after it.
   *
   * @return why it could not be done now: mostly that another program writes, or the disk is full
   */
  public Optional<DatabaseUnavailableException> rewrite() {
    return alone(
        () -> {
          handle.execute("VACUUM");
          return true;
        });
  }

  /**
   * Brings everything from the write-ahead log into the main file, and makes the log empty. When it
   * returns empty, that is on disk.
   *
   * @return why it could not be done now: mostly that another program reads what is in the log
   */
  public Optional<DatabaseUnavailableException> emptyLog() {
    return alone(
        () ->
            handle
                .createQuery("PRAGMA wal_checkpoint(TRUNCATE)")
                .map((row, context) -> row.getInt(1) == 0)
                .one());
  }

  /** Outside of any transaction, and of anybody else's turn. */
  private Optional<DatabaseUnavailableException> alone(BooleanSupplier work) {
    turn.lock();
    try {
      if (handle == null) {
        open();
      }
      openFile.check();
      mover.moveAll();
      boolean done = work.getAsBoolean();
      openFile.check();
      return done
          ? Optional.empty()
          : Optional.of(
              new DatabaseUnavailableException(
                  Trouble.LOCKED, file + " is used by another program", null));
    } catch (SQLException e) {
      closeHandle();
      return Optional.of(Faults.of(file, e));
    } catch (RuntimeException e) {
      closeHandle();
      return Optional.of(Faults.ofDatabase(file, e));
    } catch (DatabaseUnavailableException e) {
      closeHandle();
      return Optional.of(e);
    } finally {
      turn.unlock();
    }
  }

  /**
   * Returns what is wrong, by really asking: the file is opened anew and its write lock taken for a
   * moment.
   */
  public Optional<DatabaseUnavailableException> trouble() {
    turn.lock();
    try {
      if (handle == null) {
        // Stays open for whoever writes next.
        open();
      }
      openFile.check();
      try (Connection anew = connect(false)) {
        anew.createStatement().execute("BEGIN IMMEDIATE");
        anew.createStatement().execute("ROLLBACK");
      }
      return soundness.damage().or(() -> outage.lasting(handle));
    } catch (SQLException e) {
      closeHandle();
      return Optional.of(Faults.of(file, e));
    } catch (DatabaseUnavailableException e) {
      closeHandle();
      return Optional.of(e);
    } finally {
      turn.unlock();
    }
  }

  /**
   * Closes the connection; committed work stays committed. A write after it opens the database
   * again.
   */
  @Override
  public void close() {
    turn.lock();
    try {
      closeHandle();
      close(openFile);
      openFile = null;
    } finally {
      turn.unlock();
    }
  }

  private <T> T inTransaction(Work<T> work) throws DatabaseUnavailableException {
    if (handle == null) {
      open();
    }
    openFile.check();
    T result;
    try {
      begin();
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
    openFile.check();
    return result;
  }

  private void begin() throws DatabaseUnavailableException {
    handle.begin();
    if (!mover.mayWrite()) {
      handle.rollback();
      mover.mistrust();
      handle.begin();
    }
    mover.moveBeside(this::moveRest);
  }

  private void moveRest() {
    try {
      checkpoint();
    } catch (DatabaseUnavailableException e) {
      log.debug("The log does not begin anew; whoever writes next meets the same", e);
    }
  }

  private void open() throws DatabaseUnavailableException {
    try {
      createOwnerOnly();
      letGoIfReplaced();
      if (openFile == null) {
        openFile = DatabaseFile.open(file);
        openFile.noteLog();
      }
      connection = connect(false);
      Schema.prepare(connection, file, clock);
      openFile.noteLog();
      mover = new LogMover(file, openFile, connection, connect(false), manyFrames);
      handle = handleOf(connection);
    } catch (SQLException e) {
      closeHandle();
      throw Faults.of(file, e);
    } catch (IOException e) {
      closeHandle();
      throw new DatabaseUnavailableException(
          Trouble.UNREADABLE, file + " cannot be created: " + e.getMessage(), e);
    } catch (DatabaseUnavailableException | RuntimeException e) {
      closeHandle();
      throw e;
    }
  }

  /** Jdbi would quote in its exceptions what was bound, and so names and addresses in the log. */
  private static Handle handleOf(Connection connection) {
    Handle handle = Jdbi.open(connection);
    handle.getConfig(StatementExceptions.class).setMessageRendering(MessageRendering.NONE);
    return handle;
  }

  private Connection connect(boolean readOnly) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout((int) patience.toMillis());
    config.setReadOnly(readOnly);
    if (!readOnly) {
      config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
      config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
      config.setWalAutocheckpoint(WAL_AUTOCHECKPOINT_PAGES);
      config.setJournalSizeLimit(WAL_BYTES_KEPT);
      config.setCacheSize(-CACHE_KIB);
    }
    return DriverManager.getConnection("jdbc:sqlite:" + file, config.toProperties());
  }

  /**
   * The tables hold people's names: the file is made by us, so that its mode does not hang on the
   * umask.
   */
  private void createOwnerOnly() throws IOException {
    if (Files.exists(file)) {
      return;
    }
    try {
      if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
    } catch (FileAlreadyExistsException madeByAnotherProcess) {
      log.debug("Database file was made by another process at the same moment");
    }
  }

  private void rollback() {
    try {
      handle.rollback();
    } catch (RuntimeException e) {
      log.debug("Rollback failed; the connection is closed", e);
      closeHandle();
    }
  }

  /**
   * SQLite first: see {@link DatabaseFile}. The file itself stays open while it stands under its
   * name, so that one which takes its place while nothing works is told from it by its number.
   */
  private void closeHandle() {
    boolean replaced = handle != null && openFile.isReplaced();
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
    letGoIfReplaced();
  }

  private void letGoIfReplaced() {
    if (openFile != null && openFile.isReplaced()) {
      openFile.deleteLog();
      close(openFile);
      openFile = null;
    }
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
