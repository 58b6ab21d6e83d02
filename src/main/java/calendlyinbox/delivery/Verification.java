package calendlyinbox.delivery;

/** The verdict on a delivery's signature. */
public enum Verification {
  GENUINE("genuine"),
  /** No header at all. */
  MISSING("signature_missing"),
  /** A header that cannot be read. */
  MALFORMED("signature_malformed"),
  /** Signed with a key of ours, but too long ago or too far in the future. */
  STALE("signature_stale"),
  /** No signature matches any key of ours. */
  MISMATCH("signature_mismatch");

  private final String word;

  Verification(String word) {
    this.word = word;
  }

  /** Returns the verdict as answers and the log spell it. */
  public String word() {
    return word;
  }
}
