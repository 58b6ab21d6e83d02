package calendlyinbox.subscriptions;

import calendlyinbox.calendly.WebhookSubscription;
import calendlyinbox.subscriptions.Finding.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What is to be said of a subscription that stands. */
final class Standing {
  /** After that long without a success Calendly gives up. */
  static final Duration PATIENCE = Duration.ofHours(24);

  private Standing() {}

  /**
   * @param asked events that were asked for
   */
  static Finding of(
      WebhookSubscription one,
      WantedSubscription wanted,
      List<String> asked,
      boolean clean,
      Instant now) {
    Optional<Instant> failing =
        one.retryStartedAt().filter(since -> since.isAfter(now.minus(PATIENCE)));
    if (failing.isPresent()) {
      return new Finding(
          State.FAILING,
          "Calendly has been repeating deliveries since "
              + failing.get()
              + " and gives up, without a word, after 24 hours at "
              + failing.get().plus(PATIENCE)
              + "; next: ./run.sh doctor shows what Calendly meets at "
              + wanted.publicUrl(),
          failing);
    }
    List<String> without = asked.stream().filter(event -> !one.events().contains(event)).toList();
    if (!without.isEmpty()) {
      return Finding.trouble(
          State.REFUSED,
          "Calendly made the subscription without events that were asked for: "
              + String.join(" ", without)
              + "; it is asked for again by itself; next: look at ./run.sh subscriptions");
    }
    if (!WantedSubscription.tellsOfBookings(one.events())) {
      return new Finding(
          State.TOKEN_SCOPE,
          "The subscription tells of no bookings, the token lacks the scope scheduled_events:read; next: make a token with"
              + " that scope, set CALENDLY_API_TOKEN to it and restart",
          Optional.empty());
    }
    String also = clean ? "" : "; an older one is still to be deleted";
    return new Finding(State.OK, "Connected: " + one.uri() + also, Optional.empty());
  }
}
