package calendlyinbox.delivery;

import calendlyinbox.delivery.Answers.Refusal;
import java.util.Optional;

/** The verdict on a delivery's signature. */
public enum Verification {
  GENUINE(null),
  /** No header at all. */
  MISSING(Refusal.SIGNATURE_MISSING),
  /** A header that cannot be read. */
  MALFORMED(Refusal.SIGNATURE_MALFORMED),
  /** Signed with a key of ours, but too long ago or too far in the future. */
  STALE(Refusal.SIGNATURE_STALE),
  /** No signature matches any key of ours. */
  MISMATCH(Refusal.SIGNATURE_MISMATCH);

  private final Refusal refusal;

  Verification(Refusal refusal) {
    this.refusal = refusal;
  }

  /** Returns why a delivery with this verdict is refused; empty if it is not. */
  public Optional<Refusal> refusal() {
    return Optional.ofNullable(refusal);
  }

  /** Returns the verdict as answers and the log spell it. */
  public String word() {
    return refusal().map(Refusal::word).orElse("genuine");
  }
}
