package calendlyinbox.sync;

import calendlyinbox.calendly.CleanText;
import calendlyinbox.store.FolderOwner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * That a sync from the beginning is wanted, and why, in a small file of its own for as long as no
 * row of {@code sync_runs} says so: a restart must not forget it, also when the database is away.
 * Whatever goes wrong with it errs to one sync too many, but for a power loss just when the row is
 * there, which the next night mends.
 */
final class SyncWanted {
  private static final Logger log = LoggerFactory.getLogger(SyncWanted.class);
  private static final String NO_WORDS = "asked for before the restart";

  private final Path file;

  SyncWanted(Path folder) {
    this.file = folder.resolve("sync-wanted");
  }

  /** Returns the reason; empty if none is wanted. */
  Optional<String> read() {
    try {
      String reason = CleanText.of(Files.readString(file));
      return Optional.of(reason.isEmpty() ? NO_WORDS : reason);
    } catch (NoSuchFileException notWanted) {
      return Optional.empty();
    } catch (IOException e) {
      log.warn(
          "What sync is wanted cannot be read, so one is made: file={} cause=\"{}\"",
          file,
          e.toString());
      return Optional.of(NO_WORDS);
    }
  }

  /** When it returns, the reason is on disk, or the log says why not. */
  void write(String reason) {
    try {
      Files.writeString(
          file,
          reason + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.TRUNCATE_EXISTING,
          StandardOpenOption.WRITE,
          StandardOpenOption.SYNC);
      FolderOwner.give(file);
    } catch (IOException e) {
      log.warn(
          "A restart would forget that a sync is wanted: file={} cause=\"{}\"", file, e.toString());
    }
  }

  void delete() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      log.warn(
          "The next start syncs once more than it need: file={} cause=\"{}\"", file, e.toString());
    }
  }
}
