package calendlyinbox.calendly;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Shares out Calendly's rate limit (500 requests a minute and user on paid plans, 50 on the free
 * one) between calls somebody waits for and a background scan, by what the {@code X-RateLimit-*}
 * headers of each answer tell. It never sleeps: it says how long to wait, and counts the call when
 * the wait is zero. Safe for concurrent use; a waiting background call holds nobody up.
 */
final class Throttle {
  /**
   * Calendly's window is a minute; a header that promises much more is not believed for longer than
   * this.
   */
  static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

  private static final Duration WINDOW = Duration.ofMinutes(1);

  /** Until an answer tells the limit, that of the free plan. */
  private static final long ASSUMED_LIMIT = 50;

  /** After a pause the foreground starts first. */
  private static final Duration BACKGROUND_STARTS_LATER = Duration.ofSeconds(1);

  private final Clock clock;
  private long limit = ASSUMED_LIMIT;
  private Optional<Long> remaining = Optional.empty();
  private Instant windowEnds = Instant.MIN;
  private Instant pausedUntil = Instant.MIN;
  private Instant nextForeground = Instant.MIN;
  private Instant lastForeground = Instant.MIN;
  private Instant lastBackground = Instant.MIN;

  Throttle(Clock clock) {
    this.clock = clock;
  }

  /** Zero: go now, the call is counted. Otherwise ask again after that time. */
  synchronized Duration waitFor(Priority priority) {
    Instant now = clock.instant();
    if (until(windowEnds, now).isZero()) {
      remaining = Optional.empty();
    }
    Duration wait = priority == Priority.FOREGROUND ? foregroundWait(now) : backgroundWait(now);
    if (wait.isZero()) {
      remaining = remaining.map(left -> left - 1);
    }
    return wait;
  }

  /** Takes over what the answer says of the limit, if it says anything. */
  synchronized void learn(Answer answer) {
    answer.number("X-RateLimit-Limit").filter(n -> n > 0).ifPresent(n -> limit = n);
    answer
        .number("X-RateLimit-Remaining")
        .ifPresent(
            left -> {
              remaining = Optional.of(left);
              Duration reset =
                  answer.number("X-RateLimit-Reset").map(Duration::ofSeconds).orElse(WINDOW);
              windowEnds = clock.instant().plus(atMost(reset, LONGEST_PAUSE));
            });
  }

  /** Calendly answered 429: nobody sends anything before the wait is over. */
  synchronized void pause(Duration wait) {
    Instant end = clock.instant().plus(atMost(wait, LONGEST_PAUSE));
    pausedUntil = end.isAfter(pausedUntil) ? end : pausedUntil;
    remaining = Optional.empty();
  }

  /**
   * The last tenth of the limit is spread over what is left of the window, so that the limit itself
   * is not run into.
   */
  private Duration foregroundWait(Instant now) {
    lastForeground = now;
    Duration paused = until(pausedUntil, now);
    if (!paused.isZero() || remaining.isEmpty()) {
      return paused;
    }
    long left = remaining.get();
    Duration window = until(windowEnds, now);
    if (left <= 0) {
      return window;
    }
    if (left >= limit / 10) {
      return Duration.ZERO;
    }
    Duration spread = until(nextForeground, now);
    if (spread.isZero()) {
      nextForeground = now.plus(window.dividedBy(left + 1));
    }
    return atMost(spread, window);
  }

  /**
   * A tenth of the limit in even steps while there were foreground calls within the last minute,
   * else half of it; and nothing of the last fifth, which is kept for the foreground.
   */
  private Duration backgroundWait(Instant now) {
    Duration paused = until(pausedUntil, now);
    if (!paused.isZero()) {
      return paused.plus(BACKGROUND_STARTS_LATER);
    }
    if (remaining.isPresent() && remaining.get() <= limit / 5) {
      return until(windowEnds, now).plus(BACKGROUND_STARTS_LATER);
    }
    boolean foregroundBusy = lastForeground.isAfter(now.minus(WINDOW));
    Duration step = WINDOW.dividedBy(Math.max(1, foregroundBusy ? limit / 10 : limit / 2));
    Duration wait =
        lastBackground.isAfter(now.minus(step))
            ? atMost(until(lastBackground.plus(step), now), step)
            : Duration.ZERO;
    if (wait.isZero()) {
      lastBackground = now;
    }
    return wait;
  }

  /** Time until then; none if it is past, or so far off that the clock must have been set back. */
  private static Duration until(Instant then, Instant now) {
    if (!then.isAfter(now)) {
      return Duration.ZERO;
    }
    Duration left = Duration.between(now, then);
    return left.compareTo(LONGEST_PAUSE) > 0 ? Duration.ZERO : left;
  }

  private static Duration atMost(Duration wanted, Duration most) {
    return wanted.compareTo(most) > 0 ? most : wanted;
  }
}
