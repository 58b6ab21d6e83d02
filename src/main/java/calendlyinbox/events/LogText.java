package calendlyinbox.events;

import java.util.regex.Pattern;

/**
 * Text from a payload on its way into the log: ids and event names stay as they are, anything else
 * cannot forge a line.
 */
public final class LogText {
  private static final int LONGEST = 200;
  private static final int LONGEST_NAME = 60;

  /** As a time begins; a digit alone may be that of a domain. */
  private static final Pattern DAY = Pattern.compile("\\d{4}-\\d{2}-\\d{2}T");

  private LogText() {}

  /**
   * An event's name as Calendly forms them; anything else that stands in its place might be
   * anything.
   */
  static String name(String eventType) {
    boolean asCalendlys =
        eventType.length() <= LONGEST_NAME
            && eventType
                .chars()
                .allMatch(
                    c -> c >= 'a' && c <= 'z' || c == '_' || c == '.' || c == '(' || c == ')');
    return asCalendlys ? eventType : "(unusual)";
  }

  public static String of(String text) {
    String cut = text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    for (int at = 0; at < cut.length(); at++) {
      if (!isHarmless(cut, at)) {
        return clean(cut);
      }
    }
    return cut;
  }

  private static String clean(String text) {
    StringBuilder clean = new StringBuilder(text);
    for (int at = 0; at < clean.length(); at++) {
      if (!isHarmless(text, at)) {
        clean.setCharAt(at, '?');
      }
    }
    return clean.toString();
  }

  /** An {@code @} before anything but a time might be an e-mail address. */
  private static boolean isHarmless(String text, int at) {
    char c = text.charAt(at);
    if (c == '@') {
      return DAY.matcher(text).region(at + 1, text.length()).lookingAt();
    }
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || "_.:/()…-".indexOf(c) >= 0;
  }
}
