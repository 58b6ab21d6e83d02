package calendlyinbox.subscriptions;

import calendlyinbox.subscriptions.Finding.State;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long until the next look. A tenth more or less by chance, so that many servers spread. */
final class Pace {
  static final Duration AN_HOUR = Duration.ofHours(1);
  private static final Duration SOON = Duration.ofSeconds(15);
  private static final int DOUBLINGS = 10;
  private static final int PARTS = 1000;

  private final Duration check;
  private final RandomGenerator random;
  private int outages;

  /**
   * @param check between two looks when there is nothing special
   */
  Pace(Duration check, RandomGenerator random) {
    this.check = check;
    this.random = random;
  }

  Duration after(Finding finding) {
    outages = finding.saysNothing() ? outages + 1 : 0;
    return spread(length(finding));
  }

  private Duration length(Finding finding) {
    if (finding.saysNothing()) {
      // Nothing is known: sooner than usual, and then less and less so.
      Duration soon = SOON.multipliedBy(1L << Math.min(outages - 1, DOUBLINGS));
      return soon.compareTo(check) < 0 ? soon : check;
    }
    boolean forAPerson = finding.state() == State.PLAN || finding.state() == State.PERMISSION;
    return forAPerson && check.compareTo(AN_HOUR) < 0 ? AN_HOUR : check;
  }

  private Duration spread(Duration length) {
    return length.multipliedBy(PARTS * 9 / 10 + random.nextInt(PARTS / 5)).dividedBy(PARTS);
  }
}
