package calendlyinbox.subscriptions;

import calendlyinbox.delivery.SigningKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What we know of our subscription beyond what Calendly tells. Immutable.
 *
 * @param current the one that stands, as far as we know
 * @param intent one that was asked for, of which nobody knows yet whether it was made
 * @param retired keys of earlier subscriptions that are to be dropped
 * @param disconnected a person said {@code disconnect}: nothing is to be created
 * @param synced uri of the one since whose making, and since whose last trouble, a sync was asked
 *     for; with another {@code current} than that one a sync is owed
 */
public record SubscriptionRecord(
    Optional<Registration> current,
    Optional<Registration> intent,
    List<RetiredKey> retired,
    boolean disconnected,
    Optional<String> synced) {

  public static final SubscriptionRecord NOTHING =
      new SubscriptionRecord(
          Optional.empty(), Optional.empty(), List.of(), false, Optional.empty());

  public SubscriptionRecord {
    retired = List.copyOf(retired);
  }

  /** Whether the subscription that stands was made with this key. Takes some 10 ms. */
  public boolean isMadeWith(SigningKey key) {
    return current.filter(one -> one.key().matches(key)).isPresent();
  }

  /** Returns the retired keys whose time is over. */
  List<RetiredKey> retiredUntil(Instant now) {
    return retired.stream().filter(one -> !one.until().isAfter(now)).toList();
  }

  SubscriptionRecord withCurrent(Registration made) {
    return new SubscriptionRecord(
        Optional.of(made), Optional.empty(), retired, disconnected, synced);
  }

  SubscriptionRecord withIntent(Registration wanted) {
    return new SubscriptionRecord(current, Optional.of(wanted), retired, disconnected, synced);
  }

  SubscriptionRecord withoutIntent() {
    return new SubscriptionRecord(current, Optional.empty(), retired, disconnected, synced);
  }

  SubscriptionRecord withRetired(List<RetiredKey> keys) {
    return new SubscriptionRecord(current, intent, keys, disconnected, synced);
  }

  SubscriptionRecord plusRetired(RetiredKey key) {
    List<RetiredKey> more = new ArrayList<>(retired);
    more.removeIf(one -> one.key().equals(key.key()));
    more.add(key);
    return withRetired(more);
  }

  SubscriptionRecord disconnectedNow() {
    return new SubscriptionRecord(current, intent, retired, true, synced);
  }

  /** The keys stay retired: what they signed may still come. */
  SubscriptionRecord withoutAny() {
    return new SubscriptionRecord(
        Optional.empty(), Optional.empty(), retired, disconnected, synced);
  }

  SubscriptionRecord connected() {
    return new SubscriptionRecord(current, intent, retired, false, synced);
  }

  SubscriptionRecord withSynced(Optional<String> uri) {
    return new SubscriptionRecord(current, intent, retired, disconnected, uri);
  }
}
