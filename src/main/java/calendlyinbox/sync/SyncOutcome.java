package calendlyinbox.sync;

import calendlyinbox.calendly.ApiProblem;

/** How a sync ended. */
public sealed interface SyncOutcome {
  /** All meetings of the range were looked at. */
  record Done(Tally tally) implements SyncOutcome {}

  /**
   * Another one is under way on this data folder; nothing was done.
   *
   * @param holder who runs it
   */
  record Busy(String holder) implements SyncOutcome {}

  /** Calendly did not go along. What was done stays done, and the next one can go on from there. */
  record Stopped(ApiProblem problem, Tally tally) implements SyncOutcome {}
}
