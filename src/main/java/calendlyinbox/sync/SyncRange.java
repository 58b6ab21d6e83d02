package calendlyinbox.sync;

import java.time.Duration;
import java.time.Instant;

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

  /** 30 days back to 365 ahead. */
  public static SyncRange around(Instant now) {
    return new SyncRange(earliest(now), latest(now));
  }

  public static Instant earliest(Instant now) {
    return now.minus(BACK);
  }

  public static Instant latest(Instant now) {
    return now.plus(AHEAD);
  }
}
