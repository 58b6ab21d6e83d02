package calendlyinbox.delivery;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Set;

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
        .filter(line -> !line.isEmpty())
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
    byte[] random = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(random);
    String key = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    Set<StandardOpenOption> options =
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel out = FileChannel.open(file, options, ownerOnly(file))) {
      ByteBuffer line = ByteBuffer.wrap((key + "\n").getBytes(StandardCharsets.UTF_8));
      while (line.hasRemaining()) {
        out.write(line);
      }
      out.force(true);
    }
    try (FileChannel folder = FileChannel.open(file.toAbsolutePath().getParent())) {
      folder.force(true);
    }
    return List.of(new SigningKey(key));
  }

  private static FileAttribute<?>[] ownerOnly(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }
}
