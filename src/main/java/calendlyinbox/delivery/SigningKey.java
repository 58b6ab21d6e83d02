package calendlyinbox.delivery;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key that Calendly signs with. Its text is used as it is, as UTF-8: Calendly's sample looks like
 * base64url of 32 bytes, and is not decoded either. Immutable, safe for concurrent use; it prints
 * as hidden.
 */
public final class SigningKey {
  private static final String ALGORITHM = "HmacSHA256";

  private final String value;
  // Making a Mac looks up providers under a lock, and keying one costs as much as a short message.
  private final ThreadLocal<Mac> mac;

  /**
   * @throws IllegalArgumentException if the text is blank: an empty key would let anybody sign
   */
  public SigningKey(String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException("a signing key is empty");
    }
    this.value = value;
    SecretKeySpec key = new SecretKeySpec(value.getBytes(StandardCharsets.UTF_8), ALGORITHM);
    this.mac =
        ThreadLocal.withInitial(
            () -> {
              try {
                Mac made = Mac.getInstance(ALGORITHM);
                made.init(key);
                return made;
              } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
              }
            });
  }

  /** Returns the key's text, for its file and for Calendly; never for a log, a page or an error. */
  public String value() {
    return value;
  }

  /**
   * Signs as Calendly does: HMAC-SHA256 over the digits of {@code t}, a dot, and the raw body
   * (developer.calendly.com, "Webhook signatures").
   */
  public byte[] sign(String t, byte[] body) {
    Mac signing = mac.get();
    signing.update(t.getBytes(StandardCharsets.US_ASCII));
    signing.update((byte) '.');
    return signing.doFinal(body);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SigningKey key && value.equals(key.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return "SigningKey[hidden]";
  }
}
