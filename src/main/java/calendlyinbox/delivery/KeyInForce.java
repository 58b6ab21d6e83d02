package calendlyinbox.delivery;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code data/signing.key.in-force}: a fingerprint of the newest key that the running server takes.
 * Before Calendly is told to sign with a key, a command makes sure here that the server knows it.
 */
public final class KeyInForce {
  private static final Logger log = LoggerFactory.getLogger(KeyInForce.class);
  private static final long LOOK_EVERY_MILLIS = 50;

  private final Path file;

  private KeyInForce(Path file) {
    this.file = file;
  }

  public static KeyInForce in(Path dataFolder) {
    return new KeyInForce(dataFolder.resolve("signing.key.in-force"));
  }

  /**
   * Waits for the server to take this key as its newest.
   *
   * @return whether it did within the time
   * @throws IOException if the file cannot be read
   */
  public boolean await(SigningKey key, Duration atMost) throws IOException, InterruptedException {
    long until = System.nanoTime() + atMost.toNanos();
    Optional<String> seen = Optional.empty();
    while (true) {
      Optional<String> now = read();
      if (!now.equals(seen)) {
        seen = now;
        if (now.flatMap(KeyFingerprint::parse).filter(one -> one.matches(key)).isPresent()) {
          return true;
        }
      }
      if (System.nanoTime() > until) {
        return false;
      }
      Thread.sleep(LOOK_EVERY_MILLIS);
    }
  }

  /** From now on a server takes this key. A failure costs a command its patience, nothing else. */
  void announce(SigningKey newest) {
    try {
      PrivateFile.replace(file, KeyFingerprint.of(newest).text() + "\n");
    } catch (IOException e) {
      log.warn("Key in force not announced: file={} cause=\"{}\"", file, e.toString());
    }
  }

  /** No server takes anything; what a killed one said counts no more. */
  void withdraw() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      log.warn("Key in force not withdrawn: file={} cause=\"{}\"", file, e.toString());
    }
  }

  private Optional<String> read() throws IOException {
    try {
      return Optional.of(Files.readString(file).trim());
    } catch (NoSuchFileException noServer) {
      return Optional.empty();
    }
  }
}
