package calendlyinbox.cli;

import calendlyinbox.calendly.CleanText;

/**
 * Text that strangers wrote, on its way to a terminal. An escape sequence in an invitee's name
 * could hide or forge what stands on the screen, or worse; so could a character that turns the
 * direction of writing. Both become {@code U+FFFD}.
 */
final class TerminalText {
  private static final char REPLACEMENT = '\ufffd';

  private TerminalText() {}

  /** In one line, whatever it was. */
  static String line(String text) {
    return clean(text, false);
  }

  /** Keeps line ends and tabs. */
  static String lines(String text) {
    return clean(text.replace("\r\n", "\n"), true);
  }

  /**
   * Writes the same JSON in another way: such characters stand in texts only, where an escape means
   * the same. Jackson has escaped the ASCII ones.
   */
  static String json(String json) {
    StringBuilder safe = new StringBuilder(json.length());
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      boolean pair = Character.isHighSurrogate(c) && i + 1 < json.length();
      if (pair && Character.isLowSurrogate(json.charAt(i + 1))) {
        safe.append(c).append(json.charAt(++i));
      } else if (c != '\n' && isUnsafe(c)) {
        safe.append(String.format("\\u%04x", (int) c));
      } else {
        safe.append(c);
      }
    }
    return safe.toString();
  }

  private static String clean(String text, boolean linesStay) {
    StringBuilder safe = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (c == '\n' || c == '\t' || c == '\r') {
                safe.append(linesStay && c != '\r' ? (char) c : ' ');
              } else if (isUnsafe(c)) {
                safe.append(REPLACEMENT);
              } else {
                safe.appendCodePoint(c);
              }
            });
    return safe.toString();
  }

  private static boolean isUnsafe(int c) {
    return Character.isISOControl(c)
        || Character.getType(c) == Character.SURROGATE
        || c == 0x2028 // line and paragraph separator
        || c == 0x2029
        || CleanText.turnsDirection(c);
  }
}
