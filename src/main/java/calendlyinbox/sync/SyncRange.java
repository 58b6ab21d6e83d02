package calendlyinbox.sync;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/**
 * Which meetings a sync looks at, by their start.
 *
 * @param from earliest start
 * @param to latest start, not included
 */
public record SyncRange(Instant from, Instant to) {
  private static final Duration BACK = Duration.ofDays(30);
  private static final Duration AHEAD = Duration.ofDays(365);

  public SyncRange {
    if (!from.isBefore(to)) {
      throw new IllegalArgumentException(
          "a range from " + from + " to " + to + ", wanted a later end");
    }
  }

  /** 30 days back to 365 ahead, in microseconds as the tables have them. */
  public static SyncRange around(Instant now) {
    Instant known = now.truncatedTo(ChronoUnit.MICROS);
    return new SyncRange(known.minus(BACK), known.plus(AHEAD));
  }

  /** The day on which the default range begins: all day long the same, to be gone on with. */
  public static LocalDate earliestDay(Instant now) {
    return LocalDate.ofInstant(now.minus(BACK), ZoneOffset.UTC);
  }

  /** The last day of the default range. */
  public static LocalDate latestDay(Instant now) {
    return LocalDate.ofInstant(now.plus(AHEAD), ZoneOffset.UTC);
  }
}
