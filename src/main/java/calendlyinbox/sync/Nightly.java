package calendlyinbox.sync;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.random.RandomGenerator;

/**
 * Once a night, at three o'clock where the server stands, and up to an hour later by chance: not
 * all the world's inboxes should call Calendly in the same second.
 */
final class Nightly {
  private static final LocalTime HOUR = LocalTime.of(3, 0);
  private static final Duration JITTER = Duration.ofHours(1);

  /** Until the next: a day, an hour more when clocks change, and what chance adds. */
  static final Duration LONGEST = Duration.ofHours(25).plus(JITTER);

  private final ZoneId zone;
  private final RandomGenerator random;

  Nightly(ZoneId zone, RandomGenerator random) {
    this.zone = zone;
    this.random = random;
  }

  /** Returns the time in the first night whose hour comes after that moment. */
  Instant next(Instant after) {
    ZonedDateTime hour = after.atZone(zone).with(HOUR);
    ZonedDateTime next = hour.toInstant().isAfter(after) ? hour : hour.plusDays(1);
    return next.toInstant().plusMillis(random.nextLong(JITTER.toMillis()));
  }

  /**
   * Returns the time for a server that starts now: should it be this very hour, it is not missed.
   */
  Instant first(Instant now) {
    return next(now.minus(JITTER));
  }
}
