package calendlyinbox.events;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * When a failed event is tried again: nine times over about a day, each wait a fifth shorter or
 * longer by chance, so that what failed together does not come back together. Safe for concurrent
 * use if the generator is.
 */
public final class RetrySchedule {
  private static final List<Duration> WAITS =
      List.of(
          Duration.ofSeconds(5),
          Duration.ofSeconds(15),
          Duration.ofMinutes(1),
          Duration.ofMinutes(5),
          Duration.ofMinutes(15),
          Duration.ofHours(1),
          Duration.ofHours(3),
          Duration.ofHours(6),
          Duration.ofHours(12));
  private static final double JITTER = 0.2;

  /**
   * No try is put off for longer: what waits for one that is farther off, a clock put off that was
   * ahead and was set back since.
   */
  public static final Duration LONGEST =
      Duration.ofMillis((long) (WAITS.get(WAITS.size() - 1).toMillis() * (1 + JITTER)));

  private final RandomGenerator random;

  public RetrySchedule(RandomGenerator random) {
    this.random = random;
  }

  /**
   * @param attempts how often the event was tried by now, at least once
   * @return empty when it was tried often enough: only a person can help
   */
  public Optional<Instant> next(int attempts, Instant now) {
    if (attempts > WAITS.size()) {
      return Optional.empty();
    }
    double factor = 1 - JITTER + 2 * JITTER * random.nextDouble();
    return Optional.of(now.plusMillis((long) (WAITS.get(attempts - 1).toMillis() * factor)));
  }
}
