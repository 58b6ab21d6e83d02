package calendlyinbox;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;

/**
 * The time as it stands before each line of the log: {@code 2026-11-23T10:00:00.000+01:00}. Of what
 * is the same for a minute nothing is made anew, and nothing asks for a locale, which would take a
 * twentieth of the whole start. Not for concurrent use.
 */
final class LogTime {
  private static final int SECONDS_END = 3;
  private static final int POINT = 3;
  private static final int MILLIS_END = 7;

  private final Clock clock;
  private final ZoneId zone;
  private Instant minute = Instant.MIN;
  private Instant nextMinute = Instant.MIN;
  private String upToMinute = "";
  private String offset = "";
  // ":ss.SSS"
  private final char[] rest = ":00.000".toCharArray();

  LogTime(Clock clock, ZoneId zone) {
    this.clock = clock;
    this.zone = zone;
  }

  String now() {
    Instant now = clock.instant();
    if (now.isBefore(minute) || !now.isBefore(nextMinute)) {
      begin(now);
    }
    long millis = Duration.between(minute, now).toMillis();
    digits((int) (millis / 1000), SECONDS_END);
    digits((int) (millis % 1000), MILLIS_END);
    return upToMinute + String.valueOf(rest) + offset;
  }

  private void begin(Instant now) {
    ZonedDateTime local = now.atZone(zone).truncatedTo(ChronoUnit.MINUTES);
    minute = local.toInstant();
    nextMinute = minute.plus(1, ChronoUnit.MINUTES);
    // To the minute a LocalDateTime prints as ISO 8601 has it, without seconds.
    upToMinute = local.toLocalDateTime().toString();
    offset = local.getOffset().getId();
  }

  /** Right-aligned, so far as there are zeros or digits of a time before. */
  private void digits(int number, int end) {
    int left = number;
    for (int at = end - 1; at > 0 && at != POINT; at--) {
      rest[at] = (char) ('0' + left % 10);
      left /= 10;
    }
  }
}
