package calendlyinbox.store;

import calendlyinbox.store.DatabaseUnavailableException.Trouble;
import calendlyinbox.store.WriteAheadLog.Place;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;

/**
 * Moves pages from the write-ahead log of an open database into its main file (a checkpoint), and
 * sees for itself that they are there. Most of them it moves while transactions go on, through a
 * connection of its own: a thousand scattered pages and their syncs take a tenth of a second and
 * more, in which nothing else could be written. Only when all of them are moved the log begins
 * anew, so the last few are moved in turn with the transactions.
 *
 * <ul>
 *   <li>Whether pages are moved is decided in turn alone. What is done beside says nothing, and
 *       fails without a word: the next one in turn meets the same.
 *   <li>Where there is much to move the log's file keeps its size, since it will be filled again;
 *       it is cut when there was not for a while.
 *   <li>The connection beside is closed before the one that writes: SQLite has the last one move
 *       what is left and delete the log, and that one has moved and compared before.
 * </ul>
 *
 * <p>{@link #moveBeside} and {@link #close} belong to the turn as all else does.
 */
final class LogMover implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(LogMover.class);

  /** Fewer are soon moved in turn. */
  private static final int FEW_FRAMES = 2_000;

  /** Of the log's file, where there is much to move: about what it is filled with again. */
  private static final long BYTES_KEPT_OF_MUCH = 170 * 1024 * 1024;

  private static final Duration A_WHILE = Duration.ofMinutes(10);

  /** Each has less to move than the one before, which others wrote meanwhile. */
  private static final int PASSES = 3;

  /** So often pages are moved before it counts as the disk's fault that they are not there. */
  private static final int MOVES = 2;

  private final Path file;
  private final DatabaseFile openFile;
  private final Connection writing;
  private final Connection beside;
  private final int manyFrames;
  private final Clock clock;
  // Taken after the turn, never the turn after it.
  private final ReentrantLock moving = new ReentrantLock();
  private final AtomicBoolean isAtWork = new AtomicBoolean();

  // Guarded by moving.
  private boolean closed;
  // Of the turn.
  private long leftOnceAgain;
  // When there was much to move last, for as long as the log's file keeps its size for more.
  private Optional<Instant> lastMuch = Optional.empty();
  // Set when the disk refused something, reset in turn.
  private volatile boolean suspect;

  /**
   * @param writing the one that writes, already used on the database
   * @param beside another one; closed by {@link #close}
   * @param manyFrames from so many on that are not moved yet, they are moved beside
   */
  LogMover(
      Path file,
      DatabaseFile openFile,
      Connection writing,
      Connection beside,
      int manyFrames,
      Clock clock)
      throws SQLException {
    this.file = file;
    this.openFile = openFile;
    this.writing = writing;
    this.beside = beside;
    this.manyFrames = manyFrames;
    this.clock = clock;
    try {
      // One that has read nothing does not know yet that there is a log.
      ConnectionSettings.readSchema(beside);
    } catch (SQLException e) {
      close();
      throw e;
    }
  }

  /**
   * Moves all of it, and compares.
   *
   * @return false when a reader or another writer hinders it
   * @throws DatabaseUnavailableException if a page does not stand in the main file as it was
   *     written there, also when it was written again
   * @throws SQLException if SQLite cannot
   */
  boolean moveAll() throws DatabaseUnavailableException, SQLException {
    if (suspect) {
      mistrust();
    }
    for (int i = 0; i < MOVES; i++) {
      if (!move(writing)) {
        return false;
      }
      Place place = openFile.placeOfLog();
      if (place == Place.MAIN_FILE) {
        cutAfterAWhile();
      }
      if (place != Place.LOG_UNKNOWN_TO_SQLITE) {
        // In the log is what another program has written meanwhile.
        return place == Place.MAIN_FILE;
      }
      mistrust();
    }
    throw new DatabaseUnavailableException(
        Trouble.CORRUPT, file + " does not hold what was written to it", null);
  }

  /**
   * Says, when a transaction has begun, whether its commit may write the log anew: SQLite has
   * decided by then whether it will. Where it may not, the transaction is to be rolled back, and
   * begun again after {@link #mistrust}.
   */
  boolean mayWrite() throws DatabaseUnavailableException {
    return !suspect && openFile.placeOfLog() != Place.LOG_UNKNOWN_TO_SQLITE;
  }

  /** Has SQLite look again which pages are moved. Not within a transaction. */
  void mistrust() throws DatabaseUnavailableException {
    log.warn(
        "Database: pages that SQLite had counted as moved from {}-wal were not, or not surely, in the main file; it is made to look again",
        file.getFileName());
    // Not while a pass counts on: it would also say again what is forgotten here.
    moving.lock();
    try {
      openFile.distrustIndex();
      suspect = false;
    } finally {
      moving.unlock();
    }
  }

  /**
   * Begins to move beside where there is much; returns at once.
   *
   * @param rest what is to be done when most of it is moved: it takes its turn, and calls {@link
   *     #moveAll}
   */
  void moveBeside(Runnable rest) {
    long left = openFile.framesLeft();
    leftOnceAgain = Math.min(leftOnceAgain, left);
    if (left - leftOnceAgain >= manyFrames && isAtWork.compareAndSet(false, true)) {
      // Where a reader needs the log no more can be moved: not tried again before there is as much
      // on top.
      leftOnceAgain = left;
      keepSize();
      try {
        BackgroundThread.of(() -> run(rest), "checkpoint").start();
      } catch (Error noThread) {
        isAtWork.set(false);
        log.warn("Pages are not moved beside the transactions: no thread for it", noThread);
      }
    }
  }

  private void keepSize() {
    try {
      if (lastMuch.isEmpty()) {
        ConnectionSettings.keepLog(writing, BYTES_KEPT_OF_MUCH);
      }
      lastMuch = Optional.of(clock.instant());
    } catch (SQLException e) {
      log.debug("The log does not keep its size, which costs time alone", e);
    }
  }

  private void cutAfterAWhile() throws SQLException {
    Instant now = clock.instant();
    // Also by a clock that was set back since.
    if (lastMuch
        .filter(at -> Duration.between(at, now).abs().compareTo(A_WHILE) >= 0)
        .isPresent()) {
      ConnectionSettings.keepLog(writing, ConnectionSettings.LOG_BYTES_KEPT);
      lastMuch = Optional.empty();
    }
  }

  private void run(Runnable rest) {
    try {
      long left = Long.MAX_VALUE;
      for (int i = 0; i < PASSES && left > FEW_FRAMES; i++) {
        left = pass();
      }
      rest.run();
    } catch (DatabaseUnavailableException | SQLException e) {
      log.debug("Pages were not moved beside the transactions", e);
    } finally {
      isAtWork.set(false);
    }
  }

  /** Returns how many frames are left. */
  private long pass() throws DatabaseUnavailableException, SQLException {
    moving.lock();
    try {
      if (closed) {
        return 0;
      }
      openFile.check();
      move(beside);
      sync();
      return openFile.compareAhead();
    } finally {
      moving.unlock();
    }
  }

  /**
   * SQLite syncs the main file only where nothing was written meanwhile, but counts the pages as
   * moved. What the disk refuses here it would not be asked to write again.
   */
  private void sync() {
    try {
      openFile.sync();
    } catch (IOException e) {
      suspect = true;
      log.warn("Database: {} could not be synced; its pages are written again", file, e);
    }
  }

  /** Returns whether SQLite says that all pages are moved. */
  private boolean move(Connection connection) throws SQLException {
    moving.lock();
    try (Statement statement = connection.createStatement();
        ResultSet said = statement.executeQuery("PRAGMA wal_checkpoint(PASSIVE)")) {
      return said.getInt(1) == 0
          // Where the index is wrong, these may be any 32 bits.
          && Integer.compareUnsigned(said.getInt(3), said.getInt(2)) >= 0;
    } catch (SQLException e) {
      // Of pages that were counted as moved before, too, the disk may have refused some.
      suspect |= (e.getErrorCode() & 0xff) == SQLiteErrorCode.SQLITE_IOERR.code;
      throw e;
    } finally {
      moving.unlock();
    }
  }

  /** Ends when what is being moved beside is moved. */
  @Override
  public void close() {
    moving.lock();
    try {
      closed = true;
      beside.close();
    } catch (SQLException e) {
      log.debug("The connection beside did not close", e);
    } finally {
      moving.unlock();
    }
  }
}
