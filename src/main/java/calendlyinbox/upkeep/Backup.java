package calendlyinbox.upkeep;

import calendlyinbox.events.JournalProgress;
import calendlyinbox.journal.JournalLook;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseCopy;
import calendlyinbox.store.DatabaseUnavailableException;
import calendlyinbox.store.FolderLock;
import calendlyinbox.store.FolderOwner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A copy of the database while the server runs and writes. It waits first until everything that was
 * acknowledged before it was asked for has gone from the journal into the database; then nothing is
 * applied while it copies: what was committed before the copying ended is in it, and nothing else.
 * The door goes on meanwhile, and what it takes in waits in the journal.
 */
public final class Backup {
  /** Of whoever makes one: two that write one file would take it from each other. */
  private static final String LOCK = "backup.lock";

  private static final Duration LOOK_EVERY = Duration.ofMillis(20);

  private final Path folder;
  private final Path file;
  private final Database database;
  private final JournalLook journal;

  /**
   * @param file of the database, which is looked at through {@code database}
   */
  public Backup(Path folder, Path file, Database database, JournalLook journal) {
    this.folder = folder;
    this.file = file;
    this.database = database;
    this.journal = journal;
  }

  /** What a backup came to. */
  public sealed interface Outcome {
    /**
     * The copy is checked and on disk under its name, for its owner only.
     *
     * @param missing bytes of deliveries in the journal that are not in the copy: more than 0 only
     *     where the server does not run or is far behind
     * @param fuller where the copy that stood there is kept, if it has more than twice the events
     */
    record Done(long missing, Optional<Path> fuller) implements Outcome {}

    /** Nothing was done: another backup of this database is being made. */
    record Busy(String holder) implements Outcome {}
  }

  /**
   * Makes the copy.
   *
   * @param to is replaced where it exists
   * @param patience how long to wait for the server to apply what it has acknowledged
   * @throws DatabaseUnavailableException if there is no sound database to copy
   * @throws IOException if the journal cannot be read or the copy not be written
   */
  public Outcome make(Path to, Duration patience)
      throws DatabaseUnavailableException, IOException, InterruptedException {
    String who = "pid=" + ProcessHandle.current().pid() + " command=backup";
    FolderLock.Attempt attempt = FolderLock.take(folder, LOCK, who);
    if (attempt.lock().isEmpty()) {
      return new Outcome.Busy(attempt.holder());
    }
    try (FolderLock held = attempt.lock().get()) {
      return copy(to, patience);
    }
  }

  private Outcome copy(Path to, Duration patience)
      throws DatabaseUnavailableException, IOException, InterruptedException {
    Map<Path, Long> acknowledged = journal.files();
    long until = System.nanoTime() + patience.toNanos();
    long waiting = waiting(acknowledged);
    while (waiting > 0 && FolderLock.isHeld(folder) && System.nanoTime() < until) {
      Thread.sleep(LOOK_EVERY.toMillis());
      waiting = waiting(acknowledged);
    }
    Optional<Path> fuller = FullerCopy.keep(to, database);
    try {
      DatabaseCopy.makeWithoutWriters(file, to);
    } finally {
      if (fuller.isPresent()) {
        FullerCopy.putBackWithoutAnother(fuller.get(), to);
      }
    }
    if (to.toRealPath().startsWith(folder.toRealPath())) {
      // Or a forget of the server's, which looks into every file there, could not read it.
      FolderOwner.give(to);
    }
    return new Outcome.Done(waiting, fuller);
  }

  private long waiting(Map<Path, Long> acknowledged) throws DatabaseUnavailableException {
    Map<String, Long> applied = database.look(JournalProgress::read);
    long waiting = 0;
    for (Map.Entry<Path, Long> one : acknowledged.entrySet()) {
      long done = applied.getOrDefault(one.getKey().getFileName().toString(), 0L);
      if (done < one.getValue() && Files.exists(one.getKey())) {
        waiting += one.getValue() - done;
      }
    }
    return waiting;
  }
}
