package calendlyinbox.calendly;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Calendly's limit: so many requests in a minute, told in the headers of every answer. */
public final class FakeRateLimit {
  private static final Duration WINDOW = Duration.ofSeconds(60);

  private final Clock clock;
  private int limit = 500;
  private int used;
  private int refused;
  private Instant windowStart = Instant.MIN;

  FakeRateLimit(Clock clock) {
    this.clock = clock;
  }

  /** 500 on paid plans, 50 on the free one. */
  public synchronized void perMinute(int requests) {
    limit = requests;
  }

  /** Requests somebody else has made with this user's tokens. */
  public synchronized void usedByOthers(int requests) {
    window();
    used += requests;
  }

  /** How many were answered 429. */
  public synchronized int refused() {
    return refused;
  }

  synchronized boolean admits() {
    window();
    used++;
    if (used > limit) {
      refused++;
    }
    return used <= limit;
  }

  synchronized FakeAnswer headers(FakeAnswer answer) {
    long left = Duration.between(clock.instant(), windowStart.plus(WINDOW)).toMillis();
    return answer
        .with("X-RateLimit-Limit", String.valueOf(limit))
        .with("X-RateLimit-Remaining", String.valueOf(Math.max(0, limit - used)))
        .with("X-RateLimit-Reset", String.valueOf((left + 999) / 1000));
  }

  private void window() {
    Instant now = clock.instant();
    if (!now.isBefore(windowStart.plus(WINDOW))) {
      windowStart = now;
      used = 0;
    }
  }
}
