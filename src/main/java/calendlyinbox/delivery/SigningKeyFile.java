package calendlyinbox.delivery;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/**
 * {@code data/signing.key}: the keys when the environment names none; newest first, a line each,
 * readable by its owner only.
 */
public final class SigningKeyFile {
  /** As long as Calendly's own sample key. */
  private static final int KEY_BYTES = 32;

  private SigningKeyFile() {}

  /**
   * Reads the keys.
   *
   * @return empty if there is no such file, or nothing but blank lines in it
   */
  public static List<SigningKey> read(Path file) throws IOException {
    if (Files.notExists(file)) {
      return List.of();
    }
    return Files.readAllLines(file).stream()
        .map(String::trim)
        .filter(line -> !line.isBlank())
        .map(SigningKey::new)
        .toList();
  }

  /**
   * Makes the file with one new key: 32 random bytes as base64url. When it returns, file and name
   * are on disk: a key that Calendly knows must not be lost.
   *
   * @throws IOException if it cannot be written, or exists
   */
  public static List<SigningKey> create(Path file) throws IOException {
    SigningKey key = newKey();
    PrivateFile.create(file, text(List.of(key)));
    return List.of(key);
  }

  /**
   * Replaces the keys, newest first. When this returns they are on disk; a crash before leaves the
   * old ones. Only one at a time may do so.
   */
  public static void replace(Path file, List<SigningKey> keys) throws IOException {
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("no signing key to write");
    }
    PrivateFile.replace(file, text(keys));
  }

  /** 32 random bytes as base64url. */
  public static SigningKey newKey() {
    byte[] random = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(random);
    return new SigningKey(Base64.getUrlEncoder().withoutPadding().encodeToString(random));
  }

  private static String text(List<SigningKey> keys) {
    return keys.stream().map(key -> key.value() + "\n").collect(Collectors.joining());
  }
}
