package calendlyinbox.sync;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** How far a sync is, how fast, and how long it will take. For one thread. */
public final class Pace {
  private final Clock clock;
  private Instant start;
  private long already;
  private long total;

  public Pace(Clock clock) {
    this.clock = clock;
    this.start = clock.instant();
  }

  /**
   * @param done meetings done by an earlier sync that this one goes on with
   */
  public void begin(long done, long of) {
    start = clock.instant();
    already = done;
    total = of;
  }

  /** {@code 120 of 900 meetings, 48 a minute, 16 min left} */
  public String sentence(long looked) {
    // Meetings may have been booked since they were counted.
    long all = Math.max(total, looked);
    Duration taken = Duration.between(start, clock.instant());
    long done = looked - already;
    String progress = looked + " of " + all + " meetings";
    if (done <= 0 || taken.toMillis() <= 0) {
      return progress;
    }
    double perMinute = done * 60_000.0 / taken.toMillis();
    Duration left = Duration.ofSeconds(Math.round((all - looked) * 60 / perMinute));
    return String.format(
        Locale.ROOT, "%s, %.0f a minute, %s left", progress, perMinute, text(left));
  }

  private static String text(Duration left) {
    if (left.toMinutes() < 1) {
      return left.toSeconds() + " s";
    }
    return left.toHours() < 1
        ? left.toMinutes() + " min"
        : left.toHours() + " h " + left.toMinutesPart() + " min";
  }
}
