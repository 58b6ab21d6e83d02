package calendlyinbox.calendly;

import java.time.Duration;

/** What is left of the time that one call may take. For one thread. */
final class Allowance {
  private Duration tries;
  private Duration waits;

  Allowance(ApiSettings settings) {
    this.tries = settings.callTimeout();
    this.waits = settings.longestWait();
  }

  /** For a try, with its answer, or a pause before it; zero when the call is to end. */
  Duration left() {
    return tries;
  }

  /** A clock that was set back meanwhile gives nothing back. */
  void spend(Duration taken) {
    Duration spent = taken.isNegative() ? Duration.ZERO : taken;
    tries = spent.compareTo(tries) > 0 ? Duration.ZERO : tries.minus(spent);
  }

  /** Takes a wait for the rate limit into account; false if that is more than the call may wait. */
  boolean letsWait(Duration wait) {
    if (wait.compareTo(waits) > 0) {
      return false;
    }
    waits = waits.minus(wait);
    return true;
  }
}
