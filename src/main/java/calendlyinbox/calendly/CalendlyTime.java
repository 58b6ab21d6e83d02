package calendlyinbox.calendly;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * Times as Calendly writes them: UTC text with six fraction digits, {@code
 * 2026-11-23T10:00:00.000000Z}. In this one form times sort as text, which is what the merge rules
 * and every query rely on. Immutable, safe for concurrent use.
 */
public final class CalendlyTime {
  private static final DateTimeFormatter FORM =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
  private static final int LENGTH = 27;

  private CalendlyTime() {}

  /** Returns the instant as Calendly would write it, cut (not rounded) to microseconds. */
  public static String text(Instant instant) {
    return FORM.format(instant);
  }

  /**
   * Brings a time from a payload into the one form. Payloads of 2020 to 2023 leave out the
   * fraction, and an offset other than {@code Z} is allowed by ISO 8601; a text that is no time, or
   * of a year that would not sort as text, is no time here either.
   */
  public static Optional<String> normalise(String written) {
    if (isInForm(written)) {
      return Optional.of(written);
    }
    try {
      OffsetDateTime time = OffsetDateTime.parse(written).withOffsetSameInstant(ZoneOffset.UTC);
      boolean sorts = time.getYear() >= 0 && time.getYear() <= 9999;
      return sorts ? Optional.of(text(time.toInstant())) : Optional.empty();
    } catch (DateTimeException notATime) {
      return Optional.empty();
    }
  }

  /**
   * The common case, decided without parsing: digits where digits belong, and in their calendar
   * ranges.
   */
  private static boolean isInForm(String text) {
    if (text.length() != LENGTH || text.charAt(26) != 'Z') {
      return false;
    }
    for (int i = 0; i < LENGTH - 1; i++) {
      char c = text.charAt(i);
      boolean good =
          switch (i) {
            case 4, 7 -> c == '-';
            case 10 -> c == 'T';
            case 13, 16 -> c == ':';
            case 19 -> c == '.';
            default -> c >= '0' && c <= '9';
          };
      if (!good) {
        return false;
      }
    }
    // Days past the 28th are left to the parser, which knows the months.
    return inRange(text, 5, 1, 12)
        && inRange(text, 8, 1, 28)
        && inRange(text, 11, 0, 23)
        && inRange(text, 14, 0, 59)
        && inRange(text, 17, 0, 59);
  }

  private static boolean inRange(String text, int at, int low, int high) {
    int number = (text.charAt(at) - '0') * 10 + text.charAt(at + 1) - '0';
    return number >= low && number <= high;
  }
}
