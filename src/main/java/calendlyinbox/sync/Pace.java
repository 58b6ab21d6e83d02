package calendlyinbox.sync;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** How far a sync is, how fast, and how long it will take. For one thread. */
public final class Pace {
  private final Clock clock;
  private Instant start;
  private long already;
  private Optional<Long> total = Optional.empty();

  public Pace(Clock clock) {
    this.clock = clock;
    this.start = clock.instant();
  }

  /**
   * @param done meetings done by an earlier sync that this one goes on with
   * @param of meetings there are; empty where they could not be counted
   */
  public void begin(long done, Optional<Long> of) {
    start = clock.instant();
    already = done;
    total = of;
  }

  /**
   * {@code 120 of 900 meetings, 48 a minute, 16 min left}, or {@code 120 meetings, 48 a minute}.
   */
  public String sentence(long looked) {
    // Meetings may have been booked since they were counted.
    Optional<Long> all = total.map(counted -> Math.max(counted, looked));
    Duration taken = Duration.between(start, clock.instant());
    long done = looked - already;
    String progress = looked + all.map(of -> " of " + of).orElse("") + " meetings";
    if (done <= 0 || taken.toMillis() <= 0) {
      return progress;
    }
    double perMinute = done * 60_000.0 / taken.toMillis();
    String left =
        all.map(of -> Duration.ofSeconds(Math.round((of - looked) * 60 / perMinute)))
            .map(time -> ", " + text(time) + " left")
            .orElse("");
    return String.format(Locale.ROOT, "%s, %.0f a minute%s", progress, perMinute, left);
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
