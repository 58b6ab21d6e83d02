package calendlyinbox.subscriptions;

import calendlyinbox.delivery.KeyFingerprint;
import java.time.Instant;

/**
 * A key whose subscription is gone. It stays in force for a while: what was signed with it may
 * still be on its way.
 *
 * @param until when it may be dropped from {@code signing.key}
 */
public record RetiredKey(KeyFingerprint key, Instant until) {}
