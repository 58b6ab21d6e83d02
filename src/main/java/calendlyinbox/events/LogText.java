package calendlyinbox.events;

/**
 * Text from a payload on its way into the log: ids and event names stay as they are, anything else
 * cannot forge a line.
 */
final class LogText {
  private static final int LONGEST = 200;

  private LogText() {}

  static String of(String text) {
    String cut = text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    return cut.replaceAll("[^\\p{Alnum}_.:/@()…-]", "?");
  }
}
