package calendlyinbox.subscriptions;

import calendlyinbox.calendly.CurrentUser;
import calendlyinbox.calendly.SubscriptionScope;
import calendlyinbox.calendly.WebhookSubscription;
import calendlyinbox.delivery.SigningKey;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Tells whether a subscription of ours is as it should be. */
final class Judge {
  private final SubscriptionScope scope;
  private final CurrentUser user;
  private final Set<String> events;
  private final List<SigningKey> keys;
  private final SubscriptionRecord record;

  /**
   * @param user whose token it is
   * @param keys those in force, newest first
   */
  Judge(
      SubscriptionScope scope,
      CurrentUser user,
      List<String> events,
      List<SigningKey> keys,
      SubscriptionRecord record) {
    this.scope = scope;
    this.user = user;
    this.events = new TreeSet<>(events);
    this.keys = keys;
    this.record = record;
  }

  /** Why it has to be replaced; empty if it is as it should be. */
  Optional<String> fault(WebhookSubscription one) {
    if (!one.active()) {
      String why = one.state().equals("disabled") ? "Calendly has disabled it" : "it is not active";
      return Optional.of(why + ", its state is " + one.state());
    }
    if (!one.has(scope)) {
      return Optional.of("its scope is " + one.scope() + ", wanted " + scope.text());
    }
    Optional<String> anothers = anothers(one);
    if (anothers.isPresent()) {
      return anothers;
    }
    Set<String> has = new TreeSet<>(one.events());
    if (!has.equals(events)) {
      return Optional.of(
          "its events are " + String.join(" ", has) + ", wanted " + String.join(" ", events));
    }
    Optional<Registration> registration = registration(one);
    if (registration.isEmpty()) {
      return Optional.of("it is not recorded which key it was made with");
    }
    if (registration.get().key().matches(keys.get(0))) {
      return Optional.empty();
    }
    return Optional.of(
        isHeld(registration.get())
            ? "there is a newer signing key"
            : "it was made with a key that we do not hold");
  }

  /**
   * Why it tells of other people's bookings than of the token's person or organization; empty: it
   * does not, as far as Calendly says whose it is.
   */
  Optional<String> anothers(WebhookSubscription one) {
    Optional<String> theirs = one.organization().filter(it -> !it.equals(user.organization()));
    if (theirs.isPresent()) {
      return Optional.of("its organization is " + theirs.get() + ", wanted " + user.organization());
    }
    return one.user()
        .filter(it -> one.has(SubscriptionScope.USER) && !it.equals(user.uri()))
        .map(it -> "its user is " + it + ", wanted " + user.uri());
  }

  /** Whether what it delivers now gets in at the door. */
  boolean delivers(WebhookSubscription one) {
    return one.active() && registration(one).filter(this::isHeld).isPresent();
  }

  /** What we wrote down of it: the random query tells one of ours from every other. */
  Optional<Registration> registration(WebhookSubscription one) {
    return Stream.of(record.current(), record.intent())
        .flatMap(Optional::stream)
        .filter(
            known ->
                known.uri().equals(one.uri())
                    || known.uri().isEmpty() && known.callbackUrl().equals(one.callbackUrl()))
        .findFirst();
  }

  private boolean isHeld(Registration registration) {
    return keys.stream().anyMatch(registration.key()::matches);
  }
}
