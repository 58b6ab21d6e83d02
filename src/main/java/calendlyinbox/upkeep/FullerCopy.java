package calendlyinbox.upkeep;

import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseCopy;
import calendlyinbox.store.DatabaseUnavailableException;
import calendlyinbox.store.SetAside;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A copy that is to be replaced, and has far more in it than the database that is copied: most
 * likely that was lost and made anew, and the copy is all that is left. A nightly backup must not
 * be what takes it.
 */
final class FullerCopy {
  private static final Logger log = LoggerFactory.getLogger(FullerCopy.class);

  private static final int TIMES = 2;

  private FullerCopy() {}

  /**
   * Puts such a copy aside, under a name by its own age.
   *
   * @return under which name it is kept; empty if there is none that is fuller
   */
  static Optional<Path> keep(Path copy, Database database)
      throws DatabaseUnavailableException, IOException {
    if (!Files.isRegularFile(copy)) {
      return Optional.empty();
    }
    Held then = held(copy);
    Held now = database.look(FullerCopy::held);
    // What was purged or forgotten since the copy was made is not lost: of each event a hash stays.
    long forgotten = Math.max(0, now.forgotten() - then.forgotten());
    if (then.events() <= TIMES * now.events() + forgotten) {
      return Optional.empty();
    }
    Path kept = SetAside.beside(copy, "fuller", Files.getLastModifiedTime(copy).toInstant());
    // Not a second name: many a disk that copies are made on has none for a file.
    Files.move(copy, kept, StandardCopyOption.ATOMIC_MOVE);
    return Optional.of(kept);
  }

  /** To be called when all is done: where no copy was made, the former one is the copy again. */
  static void putBackWithoutAnother(Path kept, Path copy) throws IOException {
    if (Files.notExists(copy)) {
      Files.move(kept, copy, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** What is no database has none. */
  private static Held held(Path copy) {
    try {
      return DatabaseCopy.look(copy, FullerCopy::held);
    } catch (DatabaseUnavailableException other) {
      log.debug("What is replaced is no database: reason={}", other.word());
      return new Held(0, 0);
    }
  }

  private record Held(long events, long forgotten) {}

  private static Held held(Handle handle) {
    boolean hasForgotten =
        count(handle, "sqlite_schema WHERE type = 'table' AND name = 'forgotten_events'") > 0;
    return new Held(
        count(handle, "calendly_webhook_events"),
        hasForgotten ? count(handle, "forgotten_events") : 0);
  }

  private static long count(Handle handle, String rows) {
    return handle.createQuery("SELECT count(*) FROM " + rows).mapTo(Long.class).one();
  }
}
