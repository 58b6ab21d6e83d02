package calendlyinbox.sync;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When the server was last seen running, in a small file of its own: it must be readable when the
 * database is not. Not synced; after a power loss it says an earlier time, which is the safe side.
 */
final class LastAlive {
  private static final Logger log = LoggerFactory.getLogger(LastAlive.class);

  private final Path file;

  LastAlive(Path folder) {
    this.file = folder.resolve("last-alive");
  }

  /** Returns empty where nobody knows: at the first start, or after damage. */
  Optional<Instant> read() {
    try {
      return Optional.of(Instant.parse(Files.readString(file).trim()));
    } catch (IOException | DateTimeException unknown) {
      return Optional.empty();
    }
  }

  void write(Instant now) {
    try {
      Files.writeString(file, now + "\n");
    } catch (IOException e) {
      log.debug("The time could not be noted in {}", file, e);
    }
  }
}
