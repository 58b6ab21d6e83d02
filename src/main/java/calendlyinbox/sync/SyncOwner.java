package calendlyinbox.sync;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Whose meetings the unfinished rows of {@code sync_runs} are of, in a small file of its own: what
 * was looked at for one user says nothing of the whole organization, or of another account. Where
 * it is not there, nobody knows, and a sync begins from the beginning.
 */
final class SyncOwner {
  private final Path file;

  SyncOwner(Path folder) {
    this.file = folder.resolve("sync-owner");
  }

  boolean is(String owner) {
    try {
      return Files.readString(file).strip().equals(owner);
    } catch (IOException unknown) {
      return false;
    }
  }

  /** When it returns, it is on disk. */
  void write(String owner) throws IOException {
    // Deleted first: it may be the file of another user, who has run a command.
    Files.deleteIfExists(file);
    Files.writeString(
        file,
        owner + "\n",
        StandardOpenOption.CREATE_NEW,
        StandardOpenOption.WRITE,
        StandardOpenOption.SYNC);
  }
}
