package calendlyinbox.store;

import calendlyinbox.store.Database.Work;
import calendlyinbox.store.DatabaseUnavailableException.Trouble;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file that was found under the database's name, open from before SQLite opens it until another
 * one stands there; and what looks at it. A connection has the main file from when it is opened on,
 * its log and index from the first read on, each by its name: where the file was exchanged in
 * between, it would have the one with the log of the other. And it would make the index anew in its
 * place, since SQLite's locks do not hold off connections of one process: under the feet of those
 * that have it mapped, which ends the process. So each is checked between the two.
 *
 * <p>Guarded by {@link Database}'s turn, but for {@link #look}.
 */
final class OpenedFile implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(OpenedFile.class);

  private final Path path;
  private final ConnectionSettings settings;

  /**
   * Held by a look from before it opens the file until it has read from it, and while a file that
   * was exchanged is let go of: a look that was checked would else read what came after that.
   */
  private final ReentrantLock exchange = new ReentrantLock();

  // Written by whoever has the turn, read by anybody.
  private volatile DatabaseFile file;

  OpenedFile(Path path, ConnectionSettings settings) {
    this.path = path;
    this.settings = settings;
  }

  /** Opens what stands under the name now, where it is not the one that is open. */
  DatabaseFile open() throws DatabaseUnavailableException {
    letGoIfReplaced();
    if (file == null) {
      file = DatabaseFile.open(path);
      file.noteLog();
    }
    return file;
  }

  /** Returns the one that is open. To be asked for while it is. */
  DatabaseFile file() {
    return file;
  }

  /**
   * To be called when a connection was opened, before it reads.
   *
   * @throws DatabaseUnavailableException if it may be one to another file than this
   */
  void checkBeforeFirstRead() throws DatabaseUnavailableException {
    check(file);
  }

  private void check(DatabaseFile written) throws DatabaseUnavailableException {
    if (written != null && written.isReplaced()) {
      throw new DatabaseUnavailableException(
          Trouble.DELETED, path + " is another file than the one that was opened", null);
    }
  }

  /**
   * Runs a look through a connection of its own. Safe for concurrent use.
   *
   * @throws DatabaseUnavailableException if another file stands under the name than the one that is
   *     written, or none
   */
  <T> T look(Work<T> work) throws SQLException, DatabaseUnavailableException {
    try (Connection own = readOnly();
        Handle reading = ConnectionSettings.handleOf(own)) {
      return work.on(reading);
    } finally {
      DatabaseFile written = file;
      if (written != null) {
        written.forgetDeletedLog();
      }
    }
  }

  /** Opens a connection for a look, which is the caller's to close. Safe for concurrent use. */
  Connection readOnly() throws SQLException, DatabaseUnavailableException {
    exchange.lock();
    try {
      Connection own = settings.readOnly();
      try {
        readFirst(own, file);
        return own;
      } catch (SQLException | DatabaseUnavailableException e) {
        own.close();
        throw e;
      }
    } finally {
      exchange.unlock();
    }
  }

  private void readFirst(Connection own, DatabaseFile written)
      throws SQLException, DatabaseUnavailableException {
    check(written);
    try {
      ConnectionSettings.readSchema(own);
    } finally {
      if (written != null) {
        written.noteMadeLog();
      }
    }
  }

  /** To be called when SQLite has closed the connection that writes. */
  void afterClose() {
    letGoIfReplaced();
    DatabaseFile stays = file;
    if (stays != null) {
      close(stays::letGoOfDeletedLog);
    }
  }

  private void letGoIfReplaced() {
    exchange.lock();
    try {
      if (file != null && file.isReplaced()) {
        file.deleteLog();
        close();
      }
    } finally {
      exchange.unlock();
    }
  }

  /** It may be opened again. */
  @Override
  public void close() {
    if (file != null) {
      close(file);
      file = null;
    }
  }

  private static void close(Closeable part) {
    try {
      part.close();
    } catch (IOException e) {
      log.debug("A part of the database's file did not close", e);
    }
  }
}
