package calendlyinbox.subscriptions;

import calendlyinbox.calendly.WebhookSubscription;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How often a subscription may be asked for. One that Calendly showed as it was asked for, after it
 * was made, counts for nothing: whoever deletes it gets a new one at the next look. But an API that
 * says "created" and then knows nothing of it, or shows it otherwise, must not be filled with
 * subscriptions, a new one at each look. For one thread at a time.
 */
final class Creations {
  /** Calendly's list may lag behind: the first that is not shown is asked for again at once. */
  private static final int FREE = 2;

  private static final Duration FIRST_WAIT = Duration.ofMinutes(10);
  private static final int DOUBLINGS = 5;

  private final Clock clock;
  private Optional<String> latest = Optional.empty();
  private Optional<String> otherwise = Optional.empty();
  private Instant latestAt = Instant.MIN;
  private int unseen;

  Creations(Clock clock) {
    this.clock = clock;
  }

  /** Calendly answered that it made one. */
  void made(WebhookSubscription one) {
    latest = Optional.of(one.uri());
    latestAt = clock.instant();
    otherwise = Optional.empty();
    unseen++;
  }

  /** Calendly showed the latest one otherwise than asked for, and it is gone. */
  void shownOtherwise(String fault) {
    otherwise = Optional.of(fault);
  }

  Optional<String> otherwise() {
    return otherwise;
  }

  /** Calendly shows this one, and it is as it should be. */
  void seen(WebhookSubscription good) {
    if (isLatest(good)) {
      unseen = 0;
    }
  }

  boolean isLatest(WebhookSubscription one) {
    return latest.equals(Optional.of(one.uri()));
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
