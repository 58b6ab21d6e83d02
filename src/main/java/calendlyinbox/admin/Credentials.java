package calendlyinbox.admin;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a request shows at the gate. */
final class Credentials {
  private final Scheme scheme;
  private final byte[] secret;

  private Credentials(Scheme scheme, byte[] secret) {
    this.scheme = scheme;
    this.secret = secret;
  }

  private enum Scheme {
    BASIC,
    BEARER
  }

  /**
   * Reads {@code Authorization} (RFC 7617, RFC 6750): of Basic the password, whatever the user's
   * name is.
   *
   * @param fields each field of that name; two would leave open which one counts, and are none
   */
  static Optional<Credentials> of(List<String> fields) {
    if (fields.size() != 1) {
      return Optional.empty();
    }
    String[] words = fields.get(0).strip().split(" +");
    if (words.length != 2) {
      return Optional.empty();
    }
    return switch (words[0].toLowerCase(Locale.ROOT)) {
      case "basic" -> password(words[1]).map(password -> new Credentials(Scheme.BASIC, password));
      case "bearer" ->
          Optional.of(
              new Credentials(Scheme.BEARER, words[1].getBytes(StandardCharsets.ISO_8859_1)));
      default -> Optional.empty();
    };
  }

  byte[] secret() {
    return secret;
  }

  /** Returns whether a browser sends them by itself, also when another site asked it to. */
  boolean areSentByBrowsers() {
    return scheme == Scheme.BASIC;
  }

  private static Optional<byte[]> password(String base64) {
    try {
      byte[] pair = Base64.getDecoder().decode(base64);
      for (int at = 0; at < pair.length; at++) {
        if (pair[at] == ':') {
          return Optional.of(Arrays.copyOfRange(pair, at + 1, pair.length));
        }
      }
      return Optional.empty();
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }
}
