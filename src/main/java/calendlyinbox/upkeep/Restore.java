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
 * Puts a copy in the place of the database, while no server runs. The journal is left as it is: the
 * copy says itself how far it had come, and the next start applies what it lacks of what is there.
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
     * @param replaced where the database that was there before is kept; empty if there was none
     */
    record Done(Optional<Path> replaced) implements Outcome {}

    /** A server runs on the folder, or a command in the place of one; nothing was done. */
    record Busy(String holder) implements Outcome {}
  }

  /**
   * When it returns {@code Done}, a sound copy of the file stands on disk in the place of the
   * database; the file itself was only read. When it throws, the database is the one that was
   * there.
   *
   * @param copy not under the name of one that comes in
   * @throws DatabaseUnavailableException if the file is no sound database of ours
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
        return new Outcome.Done(SetAside.replace(file, incoming, clock.instant()));
      } finally {
        Files.deleteIfExists(incoming);
      }
    }
  }
}
