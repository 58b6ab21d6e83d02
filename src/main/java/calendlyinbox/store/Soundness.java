package calendlyinbox.store;

import calendlyinbox.store.DatabaseUnavailableException.Trouble;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.ProgressHandler;

/**
 * What is known of the pages of the database's file. SQLite sees damage only where it reads, and
 * what it works on it has in memory. Safe for concurrent use.
 */
public final class Soundness {
  private static final Logger log = LoggerFactory.getLogger(Soundness.class);

  /** Of SQLite's, between two rests: some tenths of a millisecond. */
  private static final int STEPS = 100;

  private static final int REST = 9;

  /**
   * Longer than any usual step makes it rest. A process that was stopped in a step (Ctrl-Z, a
   * paused container) would else rest for nine times as long, and while it reads the log grows.
   */
  private static final long LONGEST_REST_NANOS = Duration.ofSeconds(1).toNanos();

  private final Database database;
  private final Path file;
  private final Path writeAheadLog;
  private final long longLogBytes;

  // Guarded by this.
  private boolean awaitsInspection;
  private boolean hurried;
  private Optional<Damage> known = Optional.empty();

  /**
   * @param fileKey by which another file in the place of the damaged one is told from it
   */
  private record Damage(Object fileKey, DatabaseUnavailableException what) {}

  /**
   * @param longLogBytes an inspection, behind whose back the write-ahead log has become longer,
   *     goes on without rests: it is a reader, and while it reads, the log cannot begin anew
   */
  Soundness(Database database, Path file, long longLogBytes) {
    this.database = database;
    this.file = file;
    this.writeAheadLog = WriteAheadLog.beside(file);
    this.longLogBytes = longLogBytes;
  }

  /** From now on the file does not count as sound before it was inspected. */
  public synchronized void awaitInspection() {
    awaitsInspection = true;
  }

  /**
   * Somebody waits for the inspection that is awaited, as a stop does: it goes on without rests,
   * also when it has begun. Where none is awaited nothing changes.
   */
  public synchronized void hurry() {
    hurried = awaitsInspection;
  }

  private synchronized boolean isHurried() {
    return hurried;
  }

  /**
   * Reads every page, through a connection of its own; work goes on meanwhile. Damage that it finds
   * is {@link Database#trouble()} until it is called again and finds none, or another file stands
   * under the name.
   *
   * @throws DatabaseUnavailableException if it could not be read to its end: nothing new is known
   */
  public void inspect() throws DatabaseUnavailableException {
    inspect(this::withRests);
  }

  /**
   * The same at full speed, ten times as fast: where no door would feel it.
   *
   * @throws DatabaseUnavailableException as {@link #inspect()} does
   */
  public void inspectAtOnce() throws DatabaseUnavailableException {
    inspect(Soundness::quickCheck);
  }

  private void inspect(Database.Work<String> check) throws DatabaseUnavailableException {
    Object key = DatabaseFile.keyOrNull(file);
    Optional<Damage> found =
        key == null ? Optional.empty() : readAll(check).map(what -> new Damage(key, what));
    synchronized (this) {
      if (found.isPresent() && known.isEmpty()) {
        log.error(
            "Database damaged: detail=\"{}\"; the journal keeps what it has; next: README, A damaged database",
            found.get().what().getMessage());
      } else if (found.isEmpty() && known.isPresent()) {
        log.info("Database sound again");
      }
      known = found;
      awaitsInspection = false;
      hurried = false;
    }
  }

  private Optional<DatabaseUnavailableException> readAll(Database.Work<String> check)
      throws DatabaseUnavailableException {
    try {
      String verdict = database.look(check);
      return verdict.equals("ok")
          ? Optional.empty()
          : Optional.of(
              new DatabaseUnavailableException(
                  Trouble.CORRUPT, file + ": " + verdict.replace('\n', ' '), null));
    } catch (DatabaseUnavailableException e) {
      if (e.trouble() == Trouble.CORRUPT) {
        return Optional.of(e);
      }
      throw e;
    }
  }

  private String withRests(Handle handle) {
    try {
      ProgressHandler.setHandler(handle.getConnection(), STEPS, new Rests());
    } catch (SQLException e) {
      log.debug("The inspection goes on without rests", e);
    }
    return quickCheck(handle);
  }

  private static String quickCheck(Handle handle) {
    return handle.createQuery("PRAGMA quick_check(1)").mapTo(String.class).one();
  }

  /**
   * Works a tenth of the time: on two processors an inspection at full speed is felt at the door.
   * But at thousands of deliveries a second one that takes its time leaves gigabytes of log behind.
   */
  private final class Rests extends ProgressHandler {
    private long since = System.nanoTime();

    @Override
    protected int progress() {
      if (!isHurried() && writeAheadLog.toFile().length() <= longLogBytes) {
        LockSupport.parkNanos(restAfter(System.nanoTime() - since));
      }
      since = System.nanoTime();
      return 0;
    }
  }

  static long restAfter(long stepNanos) {
    return Math.min(stepNanos * REST, LONGEST_REST_NANOS);
  }

  /**
   * Returns whether the file may be relied on: false while damage is known, and before the first
   * inspection where one is awaited.
   */
  public synchronized boolean isGiven() {
    return !awaitsInspection && damage().isEmpty();
  }

  /** Returns what an inspection found in the file that stands there now. */
  public synchronized Optional<DatabaseUnavailableException> damage() {
    return known
        .filter(one -> one.fileKey().equals(DatabaseFile.keyOrNull(file)))
        .map(Damage::what);
  }
}
