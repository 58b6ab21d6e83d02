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

  /** Those that the running server takes at the moment. */
  public static HeldKeys ofServer(LiveKeys live) {
    return new HeldKeys(live::get, live.file());
  }

  public static HeldKeys ofEnvironment(List<SigningKey> keys) {
    return new HeldKeys(() -> keys, Optional.empty());
  }

  public static HeldKeys inFile(Path file) {
    return new HeldKeys(() -> SigningKeyFile.read(file), Optional.of(file));
  }
}
