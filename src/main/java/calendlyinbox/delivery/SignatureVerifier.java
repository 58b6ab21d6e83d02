package calendlyinbox.delivery;

import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Tells Calendly's deliveries from anybody else's. The signature is looked at before the time, so
 * that a genuine delivery with a wrong clock is told apart from a forged one. Throws for no header
 * and no body. Safe for concurrent use.
 */
public final class SignatureVerifier {
  private final Supplier<List<SigningKey>> keys;
  private final Duration tolerance;

  /**
   * @param keys those in force at the moment, newest first and never none, at no cost; each is
   *     tried
   * @param tolerance how far the time of signing may lie from now, in the past and in the future
   */
  public SignatureVerifier(Supplier<List<SigningKey>> keys, Duration tolerance) {
    this.keys = keys;
    this.tolerance = tolerance;
  }

  /**
   * @param keys newest first; each is tried
   * @param tolerance how far the time of signing may lie from now, in the past and in the future
   * @throws IllegalArgumentException if there is no key: nothing could be told from a forgery
   */
  public SignatureVerifier(List<SigningKey> keys, Duration tolerance) {
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("no signing key");
    }
    List<SigningKey> fixed = List.copyOf(keys);
    this.keys = () -> fixed;
    this.tolerance = tolerance;
  }

  /**
   * @param header of {@value SignatureHeader#NAME}, if there was one
   * @param body the bytes as they came, before anything reads them
   */
  public Verification verify(Optional<String> header, byte[] body, Instant now) {
    if (header.isEmpty() || header.get().isBlank()) {
      return Verification.MISSING;
    }
    Optional<SignatureHeader> read = SignatureHeader.parse(header.get());
    if (read.isEmpty()) {
      return Verification.MALFORMED;
    }
    if (!matches(read.get(), body)) {
      return Verification.MISMATCH;
    }
    long age = Math.abs(now.getEpochSecond() - read.get().seconds());
    return age > tolerance.toSeconds() ? Verification.STALE : Verification.GENUINE;
  }

  private boolean matches(SignatureHeader header, byte[] body) {
    for (SigningKey key : keys.get()) {
      byte[] expected = key.sign(header.t(), body);
      for (byte[] given : header.signatures()) {
        if (MessageDigest.isEqual(expected, given)) {
          return true;
        }
      }
    }
    return false;
  }
}
