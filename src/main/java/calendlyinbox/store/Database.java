package calendlyinbox.store;

import calendlyinbox.store.DatabaseUnavailableException.Trouble;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The SQLite file, which may go away and come back at any moment: locked, deleted, overwritten, on
 * a full disk. It is opened when it is needed and again when it was lost, so nobody has to restart
 * anything. Write-ahead log, {@code synchronous=NORMAL}: a commit survives a crash of this process
 * at once, and a power loss from the next {@link #checkpoint()} on. Safe for concurrent use;
 * writing transactions of this process take turns.
 */
public final class Database implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(Database.class);

  /** Longer than the log becomes where nobody but this server reads or writes. */
  private static final long LONG_LOG_BYTES = 280 * 1024 * 1024;

  private static final int LOOK_MILLIS = 50;

  private final Path file;
  private final Soundness soundness;
  private final LongWork longWork;
  private final ReentrantLock turn = new ReentrantLock(true);

  // Somebody of ours wants it, or has it, for himself, which may take minutes.
  private volatile boolean ours;

  // Guarded by turn.
  private final DatabaseConnection connection;
  private final Outage outage;

  /**
   * @param patience how long to wait for another process that holds the database before it counts
   *     as locked
   */
  public Database(Path file, Duration patience, Clock clock) {
    this(file, patience, clock, ConnectionSettings.MANY_FRAMES);
  }

  Database(Path file, Duration patience, Clock clock, int manyFrames) {
    this.file = file;
    this.soundness = new Soundness(this, file, LONG_LOG_BYTES);
    this.longWork = new LongWork(file);
    this.connection = new DatabaseConnection(file, patience, clock, manyFrames, longWork);
    this.outage = new Outage(clock);
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

  /**
   * Says that there was one before: if it is made anew, the log tells so. To be called before
   * anything is done with it.
   */
  public void stoodBefore() {
    turn.lock();
    try {
      connection.stoodBefore();
    } finally {
      turn.unlock();
    }
  }

  /**
   * Returns whether the database is a new one that this process made because the one before was
   * gone: its rows are not there, though all is well. False again once another file was found under
   * the name. Waits for nothing.
   */
  public boolean isInPlaceOfLost() {
    return connection.isInPlaceOfLost();
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
      T result = inTurn(() -> connection.transaction(work, this::moveRest));
      outage.worked(connection.handle());
      return result;
    } catch (DatabaseUnavailableException e) {
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
    try {
      return connection.look(work);
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
    return inTurn(
        () -> {
          if (!connection.isOpen()) {
            return false;
          }
          connection.check();
          boolean complete = connection.moveAll();
          connection.check();
          return complete;
        });
  }

  /**
   * Writes the whole file anew, so that nothing that was deleted or replaced is left on its pages;
   * nobody else can write meanwhile. It counts when {@link #emptyLog} was done after it.
   *
   * @return why it could not be done now: mostly that another program writes, or the disk is full
   */
  public Optional<DatabaseUnavailableException> rewrite() {
    return alone(
        handle -> {
          checkRoom(handle);
          longWork.run(handle.getConnection(), () -> handle.execute("VACUUM"));
          return true;
        });
  }

  private void checkRoom(Handle handle) throws DatabaseUnavailableException {
    long bytes =
        handle
            .createQuery(
                """
                SELECT (page_count - freelist_count) * page_size
                FROM pragma_page_count, pragma_freelist_count, pragma_page_size
                """)
            .mapTo(Long.class)
            .one();
    try {
      Room.checkForTwo(file.toAbsolutePath().getParent(), bytes);
    } catch (IOException e) {
      throw new DatabaseUnavailableException(
          Trouble.FULL, file + " cannot be written anew: " + e.getMessage(), e);
    }
  }

  /**
   * Brings everything from the write-ahead log into the main file, and makes the log empty. When it
   * returns empty, that is on disk.
   *
   * @return why it could not be done now: mostly that another program reads what is in the log
   */
  public Optional<DatabaseUnavailableException> emptyLog() {
    return alone(
        handle ->
            handle
                .createQuery("PRAGMA wal_checkpoint(TRUNCATE)")
                .map((row, context) -> row.getInt(1) == 0)
                .one());
  }

  private interface LoneWork {
    boolean on(Handle handle) throws SQLException, DatabaseUnavailableException;
  }

  /** Outside of any transaction, and of anybody else's turn. */
  private Optional<DatabaseUnavailableException> alone(LoneWork work) {
    // Before it waits for its turn: who looked after that would wait behind it.
    ours = true;
    try {
      return inTurnAlone(work);
    } finally {
      ours = false;
    }
  }

  private Optional<DatabaseUnavailableException> inTurnAlone(LoneWork work) {
    return troubleOf(
        () -> {
          try {
            connection.open();
            connection.moveAll();
            boolean done = work.on(connection.handle());
            connection.check();
            return done
                ? Optional.empty()
                : Optional.of(
                    new DatabaseUnavailableException(
                        Trouble.LOCKED, file + " is used by another program", null));
          } catch (RuntimeException e) {
            connection.closeConnection();
            throw Faults.ofDatabase(file, e);
          }
        });
  }

  /**
   * Returns what is wrong, by really asking: the file is opened anew and its write lock taken for a
   * moment. While this server itself writes the whole file anew, or brings it forward from an
   * earlier version, it is what failed last, if anything did: whoever looks is not kept waiting for
   * that, and not told that the disk hangs or another program holds the file. So it is while others
   * try once more what failed last, each of whom may wait for another program.
   */
  public Optional<DatabaseUnavailableException> trouble() {
    try {
      while (!turn.tryLock(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        Optional<DatabaseUnavailableException> last = outage.last();
        if (ours || connection.isBeingBroughtForward() || last.isPresent()) {
          return last;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return outage.last();
    }
    try {
      return troubleOf(this::ask);
    } finally {
      turn.unlock();
    }
  }

  private Optional<DatabaseUnavailableException> ask()
      throws DatabaseUnavailableException, SQLException {
    if (connection.isToBeBroughtForward()) {
      // By whoever writes next, who has the time.
      return outage.last();
    }
    // Stays open for whoever writes next.
    connection.open();
    connection.tryToWrite();
    return soundness.damage().or(() -> outage.lasting(connection.handle()));
  }

  /**
   * For a stop: what may take minutes, as writing the file anew or bringing it forward from an
   * earlier version, is rolled back, and none is begun any more. Returns at once. What others write
   * goes on.
   */
  public void breakOffLongWork() {
    longWork.breakOff();
  }

  /**
   * Closes the connection; committed work stays committed. A write after it opens the database
   * again.
   */
  @Override
  public void close() {
    turn.lock();
    try {
      connection.close();
    } finally {
      turn.unlock();
    }
  }

  private interface Step<T> {
    T take() throws DatabaseUnavailableException, SQLException;
  }

  private Optional<DatabaseUnavailableException> troubleOf(
      Step<Optional<DatabaseUnavailableException>> step) {
    try {
      return inTurn(step);
    } catch (DatabaseUnavailableException e) {
      return Optional.of(e);
    }
  }

  /**
   * The connection is closed at every trouble: one to a file that is no longer the database must
   * not be used again.
   */
  private <T> T inTurn(Step<T> step) throws DatabaseUnavailableException {
    turn.lock();
    try {
      return step.take();
    } catch (SQLException e) {
      connection.closeConnection();
      throw Faults.of(file, e);
    } catch (DatabaseUnavailableException e) {
      connection.closeConnection();
      throw e;
    } finally {
      turn.unlock();
    }
  }

  private void moveRest() {
    try {
      checkpoint();
    } catch (DatabaseUnavailableException e) {
      log.debug("The log does not begin anew; whoever writes next meets the same", e);
    }
  }
}
