package calendlyinbox.cli;

import calendlyinbox.calendly.WebhookSubscription;
import calendlyinbox.delivery.KeyFingerprint;
import calendlyinbox.delivery.SigningKey;
import calendlyinbox.subscriptions.SubscriptionFile;
import calendlyinbox.subscriptions.SubscriptionRecord;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What Calendly does not tell of our subscription, and {@code subscription.json} does: which key it
 * was made with, and that none is wanted.
 */
final class SubscriptionKeys {
  private final Site site;

  enum Key {
    NEWEST,
    OLDER,
    NOT_HELD,
    NOT_RECORDED
  }

  SubscriptionKeys(Site site) {
    this.site = site;
  }

  /** A person wants no subscription: the server makes none. */
  boolean disconnected() throws IOException {
    return SubscriptionFile.in(site.dataFolder()).read().disconnected();
  }

  Key of(WebhookSubscription subscription) throws IOException {
    SubscriptionRecord record = SubscriptionFile.in(site.dataFolder()).read();
    Optional<KeyFingerprint> made =
        Stream.of(record.current(), record.intent())
            .flatMap(Optional::stream)
            .filter(
                one ->
                    one.uri().equals(subscription.uri())
                        || one.uri().isEmpty()
                            && one.callbackUrl().equals(subscription.callbackUrl()))
            .map(one -> one.key())
            .findFirst();
    return made.isEmpty() ? Key.NOT_RECORDED : among(site.keys(), made.get());
  }

  private static Key among(List<SigningKey> keys, KeyFingerprint made) {
    if (keys.stream().limit(1).anyMatch(made::matches)) {
      return Key.NEWEST;
    }
    return keys.stream().anyMatch(made::matches) ? Key.OLDER : Key.NOT_HELD;
  }
}
