package calendlyinbox.calendly;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses between tries: doubling, never above a bound, the upper half of each by chance so that
 * callers spread.
 */
final class Backoff {
  private final Duration first;
  private final Duration longest;
  private final RandomGenerator random;

  Backoff(Duration first, Duration longest, RandomGenerator random) {
    this.first = first;
    this.longest = longest;
    this.random = random;
  }

  /**
   * @param tries how many were made, 1 or more
   */
  Duration after(int tries) {
    Duration full = first.multipliedBy(1L << Math.min(tries - 1, 20));
    long most = (full.compareTo(longest) > 0 ? longest : full).toMillis();
    synchronized (random) {
      return Duration.ofMillis(most / 2 + random.nextLong(most / 2 + 1));
    }
  }
}
