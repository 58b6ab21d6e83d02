package calendlyinbox.calendly;

/** A request went out, or tried to, and no complete answer came back. */
final class NoAnswerException extends Exception {
  private static final long serialVersionUID = 1;

  private final boolean mayHaveArrived;
  private final boolean passesWithTime;

  NoAnswerException(
      String reason, boolean mayHaveArrived, boolean passesWithTime, Throwable cause) {
    super(reason, cause);
    this.mayHaveArrived = mayHaveArrived;
    this.passesWithTime = passesWithTime;
  }

  /** False only when it is certain that Calendly saw nothing of the request. */
  boolean mayHaveArrived() {
    return mayHaveArrived;
  }

  /** Whether one came that is longer than it may be. */
  boolean tooLarge() {
    return getCause() instanceof BoundedBody.TooLarge;
  }

  boolean passesWithTime() {
    return passesWithTime;
  }
}
