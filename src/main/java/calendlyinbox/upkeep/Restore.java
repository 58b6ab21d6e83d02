package calendlyinbox.upkeep;

import calendlyinbox.store.DatabaseCopy;
import calendlyinbox.store.DatabaseUnavailableException;
import calendlyinbox.store.FolderLock;
import calendlyinbox.store.FolderOwner;
import calendlyinbox.store.OwnerOnly;
import calendlyinbox.store.SetAside;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/**
 * Puts a copy in the place of the database, while no server runs. The copy says itself how far it
 * had come in the journal, and the next start applies what it lacks of what is there; deliveries
 * that only the replaced database has by now are put there for it.
 */
public final class Restore {
  /**
   * Behind the database's name: the copy that comes in, and with more behind it while it is made.
   * Whatever else stands there is overwritten.
   */
  public static final String INCOMING = ".restored";

  private final Path folder;
  private final Path file;
  private final Clock clock;

  /**
   * @param file of the database in the folder
   */
  public Restore(Path folder, Path file, Clock clock) {
    this.folder = folder;
    this.file = file;
    this.clock = clock;
  }

  /** What came of it. */
  public sealed interface Outcome {
    /**
     * @param replaced the database that was there before; empty if there was none
     */
    record Done(Optional<Replaced> replaced) implements Outcome {}

    /** A server runs on the folder, or a command in the place of one; nothing was done. */
    record Busy(String holder) implements Outcome {}
  }

  /**
   * The database that was there before.
   *
   * @param kept where it is now
   * @param taken deliveries of it that the copy lacks, and the journal has now
   * @param whole whether it could be read to its end, so that these are all
   */
  public record Replaced(Path kept, long taken, boolean whole) {}

  /**
   * When it returns {@code Done}, a sound copy of the file stands on disk in the place of the
   * database; the file itself was only read. When it throws, the database is the one that was
   * there.
   *
   * @param copy not under the name of one that comes in
   * @throws DatabaseUnavailableException if the file is no sound database of ours, or another
   *     program holds the one that is there
   * @throws IOException if the data folder cannot be written
   */
  public Outcome from(Path copy) throws DatabaseUnavailableException, IOException {
    OwnerOnly.makeFolder(folder);
    String who = "pid=" + ProcessHandle.current().pid() + " command=restore";
    FolderLock.Attempt attempt = FolderLock.take(folder, who);
    if (attempt.lock().isEmpty()) {
      return new Outcome.Busy(attempt.holder());
    }
    try (FolderLock held = attempt.lock().get()) {
      Path incoming = file.resolveSibling(file.getFileName() + INCOMING);
      try {
        DatabaseCopy.make(copy, incoming);
        FolderOwner.give(incoming);
        return new Outcome.Done(replaceBy(incoming));
      } finally {
        Files.deleteIfExists(incoming);
      }
    }
  }

  private Optional<Replaced> replaceBy(Path incoming)
      throws IOException, DatabaseUnavailableException {
    TakeOver takeOver = new TakeOver(folder.resolve("journal"), clock);
    // Before: broken off in between, nothing is lost, and done again it changes nothing.
    boolean whole = !Files.exists(file) || takeOver.run(file, incoming);
    return SetAside.replace(file, incoming, clock.instant())
        .map(kept -> new Replaced(kept, takeOver.taken(), whole));
  }
}
