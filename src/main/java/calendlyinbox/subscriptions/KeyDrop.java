package calendlyinbox.subscriptions;

import calendlyinbox.delivery.SigningKey;
import calendlyinbox.delivery.SigningKeyFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * Takes retired keys out of {@code signing.key} when their time is over. The newest key, the key of
 * the subscription that stands, and keys that nobody retired always stay.
 */
final class KeyDrop {
  private KeyDrop() {}

  /**
   * @return the record without the keys that were dropped; the file comes first, so that a crash
   *     between the two repeats the dropping and loses nothing
   */
  static SubscriptionRecord run(Path keyFile, SubscriptionRecord record, Instant now, Steps steps)
      throws IOException {
    List<RetiredKey> due = record.retiredUntil(now);
    if (due.isEmpty()) {
      return record;
    }
    List<SigningKey> held = SigningKeyFile.read(keyFile);
    List<SigningKey> stay =
        held.stream()
            .filter(
                key ->
                    key.equals(held.get(0))
                        || record.isMadeWith(key)
                        || due.stream().noneMatch(one -> one.key().matches(key)))
            .toList();
    if (!stay.equals(held)) {
      SigningKeyFile.replace(keyFile, stay);
      steps.done(
          "Signing keys dropped: file=" + keyFile + " dropped=" + (held.size() - stay.size()));
    }
    return record.withRetired(record.retired().stream().filter(one -> !due.contains(one)).toList());
  }
}
