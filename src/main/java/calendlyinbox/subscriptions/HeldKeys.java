package calendlyinbox.subscriptions;

import calendlyinbox.delivery.LiveKeys;
import calendlyinbox.delivery.SigningKey;
import calendlyinbox.delivery.SigningKeyFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The signing keys, as a server or a command knows them.
 *
 * @param file where they come from; empty if from the environment
 */
public record HeldKeys(Read read, Optional<Path> file) {

  /** Returns them newest first. */
  @FunctionalInterface
  public interface Read {
    List<SigningKey> keys() throws IOException;
  }

  /**
   * Those that the running server takes at the moment and is going to take further on: a key that a
   * rotation has just taken back out of the file is not to be given to Calendly.
   */
  public static HeldKeys ofServer(LiveKeys live) {
    return new HeldKeys(() -> lasting(live), live.file());
  }

  private static List<SigningKey> lasting(LiveKeys live) {
    List<SigningKey> taken = live.get();
    if (live.file().isEmpty()) {
      return taken;
    }
    try {
      List<SigningKey> written = SigningKeyFile.read(live.file().get());
      List<SigningKey> both = taken.stream().filter(written::contains).toList();
      return both.isEmpty() ? taken : both;
    } catch (IOException unreadable) {
      return taken; // as LiveKeys does, which says so in the log
    }
  }

  public static HeldKeys ofEnvironment(List<SigningKey> keys) {
    return new HeldKeys(() -> keys, Optional.empty());
  }

  public static HeldKeys inFile(Path file) {
    return new HeldKeys(() -> SigningKeyFile.read(file), Optional.of(file));
  }
}
