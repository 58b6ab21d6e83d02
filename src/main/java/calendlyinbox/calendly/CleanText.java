package calendlyinbox.calendly;

/**
 * Text from outside, made fit for a log line or a terminal: one line, no control characters, not
 * endless.
 */
public final class CleanText {
  private static final int LONGEST = 500;

  private CleanText() {}

  /** Returns the text's beginning, in one line. */
  public static String of(String text) {
    String start = text.substring(0, Math.min(text.length(), 4 * LONGEST));
    String oneLine = start.replaceAll("[\\p{Cntrl}\\p{Zl}\\p{Zp}\\p{Cf}\\s]+", " ").strip();
    return oneLine.length() <= LONGEST ? oneLine : oneLine.substring(0, LONGEST) + "...";
  }
}
