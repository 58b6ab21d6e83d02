package calendlyinbox.subscriptions;

import calendlyinbox.calendly.ApiProblem;
import calendlyinbox.calendly.CalendlyApi;
import calendlyinbox.calendly.WebhookSubscription;
import calendlyinbox.delivery.KeyFingerprint;
import calendlyinbox.delivery.SigningKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What is left of earlier subscriptions: the subscriptions themselves, and their keys. */
final class Cleaning {
  /** Calendly repeats a delivery for a day. */
  private static final Duration KEEP_KEY = Duration.ofHours(25);

  private final CalendlyApi api;
  private final Clock clock;
  private final Steps steps;

  Cleaning(CalendlyApi api, Clock clock, Steps steps) {
    this.api = api;
    this.clock = clock;
    this.steps = steps;
  }

  Instant now() {
    return clock.instant();
  }

  /**
   * Deletes subscriptions that have a successor.
   *
   * @return whether all are gone; what is not is tried at the next look that it is shown to
   */
  boolean delete(List<WebhookSubscription> others, Judge judge, WebhookSubscription good) {
    boolean all = true;
    for (WebhookSubscription one : others) {
      String reason = judge.fault(one).orElse("there is another one, " + good.uri());
      all &= delete(one, reason, judge);
    }
    return all;
  }

  /**
   * Calendly refuses a second subscription beside one of ours, whatever its query: then those that
   * deliver nothing anyway have to go first.
   *
   * @return those that are left
   */
  List<WebhookSubscription> makeRoom(Judge judge, List<WebhookSubscription> ours) {
    String reason = "it delivers nothing, and Calendly allows no second one beside it";
    return ours.stream().filter(one -> judge.delivers(one) || !delete(one, reason, judge)).toList();
  }

  private boolean delete(WebhookSubscription one, String reason, Judge judge) {
    Optional<ApiProblem> problem = remove(one, reason);
    // Lists leave out another person's, and the record has its successor: no look meets it again.
    String then =
        judge.anothers(one).isPresent()
            ? Reasons.WITH_THE_OTHER_TOKEN
            : "it is tried again by itself";
    problem.ifPresent(
        why ->
            steps.warning(
                "Subscription not deleted: uri="
                    + one.uri()
                    + " cause=\""
                    + why.sentence()
                    + "\"; "
                    + then));
    return problem.isEmpty();
  }

  /** Returns why it is still there; empty: it is gone. */
  Optional<ApiProblem> remove(WebhookSubscription one, String reason) {
    Optional<ApiProblem> problem = api.deleteSubscription(one.uri()).failure();
    if (problem.isEmpty()) {
      steps.done("Subscription deleted: uri=" + one.uri() + " reason=\"" + reason + "\"");
    }
    return problem;
  }

  /** The key of the subscription that gets a successor is to be dropped, if it was another key. */
  SubscriptionRecord retire(SubscriptionRecord record, List<SigningKey> keys) {
    return record
        .current()
        .filter(old -> !old.key().matches(keys.get(0)))
        .filter(old -> keys.stream().anyMatch(old.key()::matches))
        .map(old -> record.plusRetired(new RetiredKey(old.key(), end())))
        .orElse(record);
  }

  /** The key is to be dropped then, if it is not to be already. */
  static SubscriptionRecord retire(SubscriptionRecord record, SigningKey key, Instant until) {
    boolean known = record.retired().stream().anyMatch(one -> one.key().matches(key));
    return known ? record : record.plusRetired(new RetiredKey(KeyFingerprint.of(key), until));
  }

  /** The time counts from when the last one that used them was deleted. */
  SubscriptionRecord keepLonger(SubscriptionRecord record) {
    return record.withRetired(
        record.retired().stream().map(one -> new RetiredKey(one.key(), end())).toList());
  }

  private Instant end() {
    return end(api, clock);
  }

  /**
   * Of a key that is used no more from now on. By Calendly's clock, whether ours is behind or
   * ahead: it may be set right by then, and a key is dropped when both clocks say so.
   */
  static Instant end(CalendlyApi api, Clock clock) {
    return api.notAfter(api.notBefore(clock.instant())).plus(KEEP_KEY);
  }
}
