package calendlyinbox.subscriptions;

import calendlyinbox.calendly.WebhookSubscription;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How often a subscription may be asked for. One that Calendly showed after it was made counts for
 * nothing: whoever deletes it gets a new one at the next look. But an API that says "created" and
 * then knows nothing of it must not be filled with subscriptions, a new one at each look. For one
 * thread at a time.
 */
final class Creations {
  /** Calendly's list may lag behind: the first that is not shown is asked for again at once. */
  private static final int FREE = 2;

  private static final Duration FIRST_WAIT = Duration.ofMinutes(10);
  private static final int DOUBLINGS = 5;

  private final Clock clock;
  private Optional<String> latest = Optional.empty();
  private Instant latestAt = Instant.MIN;
  private int unseen;

  Creations(Clock clock) {
    this.clock = clock;
  }

  /** Calendly answered that it made one. */
  void made(WebhookSubscription one) {
    latest = Optional.of(one.uri());
    latestAt = clock.instant();
    unseen++;
  }

  /** What Calendly shows of ours. */
  void seen(List<WebhookSubscription> ours) {
    if (ours.stream().anyMatch(one -> latest.equals(Optional.of(one.uri())))) {
      unseen = 0;
    }
  }

  /** Returns when one may be asked for; empty: now. */
  Optional<Instant> notBefore() {
    if (unseen < FREE) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    if (latestAt.isAfter(now)) {
      // The clock was ahead then, and was set back since.
      return Optional.empty();
    }
    Duration wait = FIRST_WAIT.multipliedBy(1L << Math.min(unseen - FREE, DOUBLINGS));
    return Optional.of(latestAt.plus(wait)).filter(now::isBefore);
  }
}
