package calendlyinbox.delivery;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * Tells whether a key is the one that was used earlier, without keeping the key: PBKDF2 with a salt
 * of its own. Two fingerprints of one key differ, and trying out guesses at a weak key costs as
 * much as it does for a password. Immutable; its text may be stored, and says nothing to a reader.
 *
 * <p>A comparison takes some 10 ms of a processor: not for the way of a delivery.
 */
public final class KeyFingerprint {
  private static final String NAME = "pbkdf2-sha256";
  private static final int ITERATIONS = 20_000;
  private static final int MOST_ITERATIONS = 10_000_000;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BITS = 256;

  private final int iterations;
  private final byte[] salt;
  private final byte[] hash;

  private KeyFingerprint(int iterations, byte[] salt, byte[] hash) {
    this.iterations = iterations;
    this.salt = salt;
    this.hash = hash;
  }

  public static KeyFingerprint of(SigningKey key) {
    byte[] salt = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(salt);
    return new KeyFingerprint(ITERATIONS, salt, hash(key, salt, ITERATIONS));
  }

  /** Reads what {@link #text} wrote; empty for anything else. */
  public static Optional<KeyFingerprint> parse(String text) {
    String[] parts = text.split("\\$", -1);
    if (parts.length != 4 || !parts[0].equals(NAME) || !parts[1].matches("[1-9]\\d{0,7}")) {
      return Optional.empty();
    }
    try {
      int iterations = Integer.parseInt(parts[1]);
      byte[] salt = Base64.getUrlDecoder().decode(parts[2]);
      byte[] hash = Base64.getUrlDecoder().decode(parts[3]);
      boolean usable =
          iterations <= MOST_ITERATIONS && salt.length > 0 && hash.length == HASH_BITS / 8;
      return usable ? Optional.of(new KeyFingerprint(iterations, salt, hash)) : Optional.empty();
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }

  public boolean matches(SigningKey key) {
    return MessageDigest.isEqual(hash, hash(key, salt, iterations));
  }

  /** For a file; {@link #parse} reads it. */
  public String text() {
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    return NAME
        + "$"
        + iterations
        + "$"
        + base64.encodeToString(salt)
        + "$"
        + base64.encodeToString(hash);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyFingerprint one && text().equals(one.text());
  }

  @Override
  public int hashCode() {
    return text().hashCode();
  }

  @Override
  public String toString() {
    return "KeyFingerprint[hidden]";
  }

  private static byte[] hash(SigningKey key, byte[] salt, int iterations) {
    PBEKeySpec spec = new PBEKeySpec(key.value().toCharArray(), salt, iterations, HASH_BITS);
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has PBKDF2WithHmacSHA256", e);
    } finally {
      spec.clearPassword();
    }
  }
}
