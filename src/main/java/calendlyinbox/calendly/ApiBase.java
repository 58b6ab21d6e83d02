package calendlyinbox.calendly;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Where the API is, and the only place that makes addresses to send the token to. Calendly's ids
 * are URIs on {@code https://api.calendly.com}; with another base configured they are followed
 * there by their path. A URI on any third host is never followed. Immutable.
 */
final class ApiBase {
  static final URI CALENDLY = URI.create("https://api.calendly.com");

  private final URI origin;
  private final String prefix;

  /**
   * @throws IllegalArgumentException if the base is not an http or https address without query or
   *     user name
   */
  ApiBase(URI base) {
    boolean web =
        "https".equalsIgnoreCase(base.getScheme()) || "http".equalsIgnoreCase(base.getScheme());
    if (!web
        || base.getHost() == null
        || base.getRawUserInfo() != null
        || base.getRawQuery() != null
        || base.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "The API's address must be http(s)://host[:port][/path], without user name, query or fragment");
    }
    this.origin = base;
    this.prefix = base.getRawPath() == null ? "" : base.getRawPath().replaceAll("/+$", "");
  }

  /** Address of a path of the API with its query. */
  URI address(String path, Map<String, String> query) {
    String parameters =
        query.entrySet().stream()
            .map(e -> encoded(e.getKey()) + "=" + encoded(e.getValue()))
            .collect(Collectors.joining("&"));
    String authority = origin.getHost() + (origin.getPort() < 0 ? "" : ":" + origin.getPort());
    return URI.create(
        origin.getScheme()
            + "://"
            + authority
            + prefix
            + path
            + (parameters.isEmpty() ? "" : "?" + parameters));
  }

  /**
   * Path, on this base, of a resource Calendly named by its URI; empty when the URI is not to be
   * followed.
   */
  Optional<String> pathOf(String uri, Resource kind) {
    URI parsed;
    try {
      parsed = new URI(uri);
    } catch (URISyntaxException notAnAddress) {
      return Optional.empty();
    }
    String path = parsed.getRawPath();
    if (path == null
        || parsed.getRawUserInfo() != null
        || parsed.getRawQuery() != null
        || parsed.getRawFragment() != null) {
      return Optional.empty();
    }
    if (sameOrigin(parsed, origin)
        && path.startsWith(prefix)
        && kind.matches(path.substring(prefix.length()))) {
      return Optional.of(path.substring(prefix.length()));
    }
    return sameOrigin(parsed, CALENDLY) && kind.matches(path)
        ? Optional.of(path)
        : Optional.empty();
  }

  /** The problem to report for a URI that {@link #pathOf} does not follow. */
  static ApiProblem foreign(String uri, Resource kind) {
    return new ApiProblem.ForeignUri(CleanText.of(uri), CALENDLY + kind.template());
  }

  private static boolean sameOrigin(URI one, URI other) {
    return one.getHost() != null
        && other.getScheme().equalsIgnoreCase(one.getScheme())
        && one.getHost().equalsIgnoreCase(other.getHost())
        && port(one) == port(other);
  }

  private static int port(URI uri) {
    if (uri.getPort() >= 0) {
      return uri.getPort();
    }
    return "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
