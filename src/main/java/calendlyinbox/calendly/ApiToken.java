package calendlyinbox.calendly;

/**
 * A Calendly personal access token. It leaves this type only as the {@code Authorization} header of
 * a request to the API; {@link #toString} hides it, and every text that comes back from outside is
 * passed through {@link #hiddenIn} before it may stand in a message. Immutable.
 */
public final class ApiToken {
  private static final String HIDDEN = "[hidden]";

  /** Shorter values are words of their own: hiding them would garble honest messages. */
  private static final int SHORTEST_HIDDEN = 8;

  private final String value;

  /**
   * @throws IllegalArgumentException if the value is empty or cannot stand in an HTTP header; the
   *     message names the position, never the value
   */
  public ApiToken(String value) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("The API token is empty");
    }
    for (int i = 0; i < value.length(); i++) {
      if (value.charAt(i) <= ' ' || value.charAt(i) > '~') {
        throw new IllegalArgumentException(
            "The API token has a character at position "
                + (i + 1)
                + " of "
                + value.length()
                + " that no token has; wanted: letters, digits and signs of ASCII, no blanks");
      }
    }
    this.value = value;
  }

  String authorization() {
    return "Bearer " + value;
  }

  /** The text with every occurrence of the token replaced. */
  String hiddenIn(String text) {
    return hide(value, text);
  }

  static String hide(String secret, String text) {
    return secret.length() < SHORTEST_HIDDEN ? text : text.replace(secret, HIDDEN);
  }

  @Override
  public String toString() {
    return "ApiToken" + HIDDEN;
  }
}
