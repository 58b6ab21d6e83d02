package calendlyinbox.sync;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** When a conference link that is still being made is looked at: four times within an hour. */
final class LinkLooks {
  private static final List<Duration> AFTER =
      List.of(
          Duration.ofSeconds(30),
          Duration.ofMinutes(2),
          Duration.ofMinutes(10),
          Duration.ofHours(1));

  /** The next look is never farther off. */
  static final Duration LONGEST = AFTER.get(AFTER.size() - 1);

  private LinkLooks() {}

  static Instant first(Instant since) {
    return since.plus(AFTER.get(0));
  }

  /**
   * @param looks how often it was looked at
   * @return empty when that was often enough
   */
  static Optional<Instant> next(Instant since, int looks, Instant now) {
    if (looks >= AFTER.size()) {
      return Optional.empty();
    }
    // By a clock that was set back since, it was wanted only later than now.
    Instant wanted = since.isAfter(now) ? now : since;
    Instant planned = wanted.plus(AFTER.get(looks));
    // After an outage several are overdue: one look makes up for them.
    Instant soonest = now.plus(AFTER.get(0));
    return Optional.of(planned.isBefore(now) ? soonest : planned);
  }
}
