package calendlyinbox.admin;

import calendlyinbox.calendly.ApiProblem;
import calendlyinbox.sync.SyncEnds;
import calendlyinbox.sync.SyncOutcome;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Do syncs come to their end? One that does not leaves what webhooks missed unfetched, and that is
 * seen nowhere else: the subscription may be well all the while. Safe for concurrent use.
 */
public final class SyncWatch implements SyncEnds {
  /** There is one each night: so the second in a row failed, with all its tries. */
  static final Duration LONG = Duration.ofHours(50);

  private static final String WHY = "; sync_runs.last_error says why";

  private final Clock clock;
  private boolean known;
  private Optional<String> trouble = Optional.empty();
  private Instant lastDone;

  /**
   * @param configured without a token nothing is synced, and nothing can be wrong with it
   */
  public SyncWatch(boolean configured, Clock clock) {
    this.clock = clock;
    this.known = !configured;
    this.lastDone = clock.instant();
  }

  /** Adds how syncs are; nothing while none of this process has ended. */
  synchronized void addTo(Sight sight) {
    if (trouble.isPresent()) {
      sight.trouble(Concern.SYNC, trouble.get());
    } else if (known) {
      sight.well(Concern.SYNC);
    }
  }

  @Override
  public synchronized void ended(SyncOutcome outcome) {
    if (outcome instanceof SyncOutcome.Done) {
      known = true;
      trouble = Optional.empty();
      lastDone = clock.instant();
      return;
    }
    if (outcome instanceof SyncOutcome.Stopped stopped) {
      trouble = lasting(stopped.problem()).or(() -> trouble);
    }
    if (trouble.isEmpty() && isLate()) {
      trouble = Optional.of("was not done for two days" + WHY);
    }
  }

  @Override
  public synchronized void failed() {
    trouble = Optional.of("fails by a fault of calendly-inbox; the log has it");
  }

  /**
   * What time alone does not heal. Of a token that is refused as a whole {@link TokenWatch} tells.
   */
  private static Optional<String> lasting(ApiProblem problem) {
    if (problem.passesWithTime() || problem instanceof ApiProblem.Unauthorized) {
      return Optional.empty();
    }
    if (problem instanceof ApiProblem.Forbidden forbidden
        && !forbidden.requiredScopes().isEmpty()) {
      return Optional.of(
          "refused: the token lacks " + String.join(", ", forbidden.requiredScopes()));
    }
    return Optional.of(
        (problem instanceof ApiProblem.Forbidden ? "refused" : "stops at each try") + WHY);
  }

  private boolean isLate() {
    Instant now = clock.instant();
    if (lastDone.isAfter(now)) {
      // By a clock that was set back since.
      lastDone = now;
    }
    return Duration.between(lastDone, now).compareTo(LONG) >= 0;
  }
}
