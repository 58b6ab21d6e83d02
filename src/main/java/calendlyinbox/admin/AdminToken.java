package calendlyinbox.admin;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What opens everything that is not Calendly's; hidden wherever it is printed. Two lesser secrets
 * are derived from it, so that nothing more has to be kept: who has one of them has not the token.
 *
 * @param value ASCII without blanks
 */
public record AdminToken(String value) {
  /** How the detail of the answer begins that everybody gets who comes without it. */
  public static final String WANTED = "this needs the admin token";

  private static final String HMAC = "HmacSHA256";

  /** Compares in constant time. */
  boolean is(byte[] given) {
    return MessageDigest.isEqual(given, value.getBytes(StandardCharsets.US_ASCII));
  }

  /** Returns what opens the calendar feed and nothing else. The same as long as the token is. */
  String forCalendar() {
    return derived("calendar feed");
  }

  /**
   * Returns what a page of ours sends along with an action, and a page of others cannot know.
   *
   * @param start tells one run of the server from the next
   */
  String againstForgery(String start) {
    return derived("csrf" + start);
  }

  private String derived(String purpose) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(value.getBytes(StandardCharsets.US_ASCII), HMAC));
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(mac.doFinal(purpose.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + HMAC, e);
    }
  }

  @Override
  public String toString() {
    return "AdminToken[hidden]";
  }
}
