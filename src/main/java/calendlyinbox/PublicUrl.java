package calendlyinbox;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/**
 * {@code PUBLIC_URL} in the one form in which it is given to Calendly and found again there: scheme
 * and name in small letters, without the port that goes without saying.
 */
final class PublicUrl {
  private static final String RULE =
      "an absolute http(s) URL without path or trailing slash, as https://hooks.example.com";
  private static final int HIGHEST_PORT = 65_535;

  private PublicUrl() {}

  /** What it must be, for whoever wrote this value. */
  static String rule(String value) {
    boolean ascii = value.chars().allMatch(c -> c < 128);
    return ascii ? RULE : RULE + ", and a name with other letters than a to z in its xn-- form";
  }

  /** Or none, which stands for the scheme's own. */
  static boolean hasPossiblePort(URI url) {
    return url.getPort() != 0 && url.getPort() <= HIGHEST_PORT;
  }

  /** The webhook's path is added to it, so it has none of its own. */
  static Optional<URI> parse(String value) {
    try {
      URI url = new URI(value);
      String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
      boolean bare =
          url.getHost() != null
              && url.getUserInfo() == null
              && url.getRawPath().isEmpty()
              && url.getRawQuery() == null
              && url.getRawFragment() == null;
      boolean http = scheme.equals("http") || scheme.equals("https");
      if (!http || !bare || !hasPossiblePort(url)) {
        return Optional.empty();
      }
      int usual = scheme.equals("https") ? 443 : 80;
      int port = url.getPort() == usual ? -1 : url.getPort();
      String host = url.getHost().toLowerCase(Locale.ROOT);
      return Optional.of(new URI(scheme, null, host, port, null, null, null));
    } catch (URISyntaxException notAnAddress) {
      return Optional.empty();
    }
  }
}
