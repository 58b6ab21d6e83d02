package calendlyinbox.journal;

/**
 * The journal cannot keep a delivery at this moment: the disk is full, gone, read-only or failing.
 * The delivery must not be acknowledged; the next one is tried afresh.
 */
public final class JournalUnavailableException extends Exception {
  /**
   * @param reason a sentence for the log and for {@code /health}, without anything from a body
   */
  public JournalUnavailableException(String reason, Throwable cause) {
    // No stack trace: on a full disk there is one of these a delivery.
    super(reason, cause, false, false);
  }
}
