package calendlyinbox.calendly;

/**
 * Text from outside, made fit for a log line or a terminal: one line, no control characters, not
 * endless.
 */
public final class CleanText {
  private static final int LONGEST = 500;

  private CleanText() {}

  /**
   * Whether it is a mark, embedding, override or isolate of direction, or stands for nothing at
   * all: such could make a text read as another.
   */
  public static boolean turnsDirection(int c) {
    return c == 0x061c
        || c == 0x200e
        || c == 0x200f
        || c >= 0x202a && c <= 0x202e
        || c >= 0x2066 && c <= 0x2069
        || c == 0xfeff;
  }

  /** Returns the text's beginning, in one line. */
  public static String of(String text) {
    String start = text.substring(0, Math.min(text.length(), 4 * LONGEST));
    String oneLine = start.replaceAll("[\\p{Cntrl}\\p{Zl}\\p{Zp}\\p{Cf}\\s]+", " ").strip();
    return oneLine.length() <= LONGEST ? oneLine : oneLine.substring(0, LONGEST) + "...";
  }
}
