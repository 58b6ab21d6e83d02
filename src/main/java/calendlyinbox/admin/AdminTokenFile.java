package calendlyinbox.admin;

import calendlyinbox.delivery.PrivateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code admin.token}: the token where the environment names none. */
public final class AdminTokenFile {
  private static final Logger log = LoggerFactory.getLogger(AdminTokenFile.class);
  private static final int RANDOM_BYTES = 32;

  private AdminTokenFile() {}

  /**
   * Returns the token in the file. One that is not there is made of 32 random bytes, for its owner
   * only; it is on disk when this returns.
   *
   * @return empty if the file holds no token: nothing, or more than a word
   * @throws IOException if it cannot be read or made
   */
  public static Optional<AdminToken> readOrMake(Path file) throws IOException {
    if (Files.notExists(file)) {
      AdminToken made = new AdminToken(random());
      PrivateFile.create(file, made.value() + "\n");
      log.info("Admin token made: file={}", file);
      return Optional.of(made);
    }
    String content = Files.readString(file).strip();
    boolean oneWord = !content.isEmpty() && content.chars().allMatch(c -> c > ' ' && c < 127);
    return oneWord ? Optional.of(new AdminToken(content)) : Optional.empty();
  }

  private static String random() {
    byte[] bytes = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
