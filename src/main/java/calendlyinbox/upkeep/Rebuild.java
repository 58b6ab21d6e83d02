package calendlyinbox.upkeep;

import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import calendlyinbox.store.FolderLock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

/**
 * Derives meetings, invitees and routing form submissions anew from the events and sightings that
 * are stored, and puts right what is not as they make it: after a rule of merging was mended, or a
 * row altered by hand. Beside a running server: only the last part holds the write lock, and it
 * takes in whatever was committed meanwhile.
 */
public final class Rebuild {
  private static final int ATTEMPTS = 5;

  /** Of whoever works on the tables as a whole: one at a time. */
  static final String LOCK = "upkeep.lock";

  private final Database database;
  private final Path folder;

  /**
   * @param database whose connection nobody else uses: temporary tables hide the real ones on it
   */
  public Rebuild(Database database, Path folder) {
    this.database = database;
    this.folder = folder;
  }

  /** What it may do to rows that are there. */
  public enum Reach {
    /** Add to them, by the rules of merging: none goes, and canceled is final. */
    MISSING,
    /** Make them what is stored, unless any would go. */
    ALL,
    /** Make them what is stored; those of which nothing is stored go. */
    ALL_AND_REMOVE
  }

  /** What came of it. */
  public sealed interface Outcome {
    /**
     * @param counts of rows that differ, by kind
     */
    record Done(Map<Difference.Kind, Integer> counts) implements Outcome {}

    /**
     * Nothing is stored of rows that are there; nothing was done.
     *
     * @param counts of rows that differ, by kind
     */
    record WouldRemove(Map<Difference.Kind, Integer> counts) implements Outcome {}

    /** Somebody else rebuilds or forgets; nothing was done. */
    record Busy(String holder) implements Outcome {}

    /** Events kept going away while they were read; nothing was done. */
    record Unsettled() implements Outcome {}
  }

  /**
   * When it returns {@code Done}, the tables are as the stored events make them, or with {@link
   * Reach#MISSING} lack nothing that those tell, in one committed transaction; on a dry run, they
   * are as they were.
   *
   * @param found is told each difference, while the write lock is held: it must wait for nobody
   * @throws IOException if the lock in the data folder cannot be taken
   */
  public Outcome run(Reach reach, boolean dryRun, Consumer<Difference> found)
      throws DatabaseUnavailableException, IOException {
    String who = "pid=" + ProcessHandle.current().pid() + " command=rebuild";
    FolderLock.Attempt attempt = FolderLock.take(folder, LOCK, who);
    if (attempt.lock().isEmpty()) {
      return new Outcome.Busy(attempt.holder());
    }
    try (FolderLock held = attempt.lock().get()) {
      for (int i = 0; i < ATTEMPTS; i++) {
        Optional<Outcome> outcome = attempt(reach, dryRun, found);
        if (outcome.isPresent()) {
          return outcome.get();
        }
      }
      return new Outcome.Unsettled();
    }
  }

  /** Returns empty where it has to begin anew, since something was purged meanwhile. */
  private Optional<Outcome> attempt(Reach reach, boolean dryRun, Consumer<Difference> found)
      throws DatabaseUnavailableException {
    Derived derived = new Derived();
    database.write(
        handle -> {
          Derived.create(handle);
          if (reach == Reach.MISSING) {
            derived.beginWithWhatIsThere(handle);
          }
          return null;
        });
    while (database.write(derived::more)) {
      // A turn each; others have theirs in between.
    }
    return database.write(
        handle -> {
          derived.rest(handle);
          if (derived.isStale(handle)) {
            return Optional.empty();
          }
          if (reach == Reach.MISSING) {
            derived.keepDerivedStatus(handle);
          }
          return Optional.of(settle(handle, reach, dryRun, found));
        });
  }

  private static Outcome settle(
      Handle handle, Reach reach, boolean dryRun, Consumer<Difference> found) {
    try (Comparison comparison = new Comparison(handle, found)) {
      Derived.TABLES.forEach(comparison::look);
      boolean removes = comparison.counts().containsKey(Difference.Kind.REMOVED);
      if (!dryRun && removes && reach != Reach.ALL_AND_REMOVE) {
        return new Outcome.WouldRemove(comparison.counts());
      }
      if (!dryRun) {
        Derived.TABLES.forEach(comparison::put);
      }
      return new Outcome.Done(comparison.counts());
    }
  }
}
