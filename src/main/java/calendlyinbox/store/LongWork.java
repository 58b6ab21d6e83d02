package calendlyinbox.store;

import calendlyinbox.store.DatabaseUnavailableException.Trouble;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.sqlite.ProgressHandler;

/**
 * What may take minutes in SQLite, and is rolled back by it where it is broken off for a stop. From
 * then on none is begun. Safe for concurrent use.
 */
final class LongWork {
  /** Steps of SQLite's machine between two questions whether to go on: about a millisecond. */
  private static final int STEPS = 100_000;

  private final Path file;
  private volatile boolean brokenOff;

  LongWork(Path file) {
    this.file = file;
  }

  interface Step {
    void take() throws SQLException, DatabaseUnavailableException;
  }

  /**
   * Does it, on a connection that nobody else uses meanwhile.
   *
   * @throws DatabaseUnavailableException if it was not begun
   * @throws SQLException with SQLITE_INTERRUPT if it was broken off
   */
  void run(Connection connection, Step step) throws SQLException, DatabaseUnavailableException {
    // Asked by SQLite, and not sqlite3_interrupt, which a statement just about to begin misses.
    ProgressHandler.setHandler(connection, STEPS, new Question());
    try {
      if (brokenOff) {
        throw new DatabaseUnavailableException(
            Trouble.UNREADABLE, file + " is left as it is by a server that stops", null);
      }
      step.take();
    } finally {
      ProgressHandler.clearHandler(connection);
    }
  }

  void breakOff() {
    brokenOff = true;
  }

  private final class Question extends ProgressHandler {
    @Override
    protected int progress() {
      return brokenOff ? 1 : 0;
    }
  }
}
