package calendlyinbox.events;

import calendlyinbox.calendly.CalendlyTime;
import calendlyinbox.calendly.Parsed;
import calendlyinbox.events.EventRows.Outcome;
import calendlyinbox.events.EventRows.Status;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** What a try to apply an event comes to, as its row will say. Safe for concurrent use. */
final class Attempts {
  private final RetrySchedule schedule;
  private final Clock clock;

  Attempts(RetrySchedule schedule, Clock clock) {
    this.schedule = schedule;
    this.clock = clock;
  }

  private String now() {
    return CalendlyTime.text(clock.instant());
  }

  /**
   * By what reading it came to, provided that applying it does not throw.
   *
   * @param attempt which try this is, from 1
   */
  Outcome read(Parsed parsed, int attempt) {
    if (parsed instanceof Parsed.Unreadable unreadable) {
      // Trying again would read the same; a later version may read it, by replay.
      return new Outcome(
          Status.FAILED,
          attempt,
          Optional.empty(),
          Optional.empty(),
          Optional.of(unreadable.reason()));
    }
    Status status = parsed instanceof Parsed.Understood ? Status.PROCESSED : Status.IGNORED;
    return new Outcome(status, attempt, Optional.of(now()), Optional.empty(), Optional.empty());
  }

  /**
   * After applying it threw: pending until the next try, or failed after the last.
   *
   * @param appliedBefore when it was applied, if it ever was: what it said then is in the tables
   */
  Outcome failed(int attempt, Throwable cause, Optional<String> appliedBefore) {
    Instant now = clock.instant();
    Optional<String> next = schedule.next(attempt, now).map(CalendlyTime::text);
    Status status = next.isPresent() ? Status.PENDING : Status.FAILED;
    return new Outcome(status, attempt, appliedBefore, next, Optional.of(Cause.of(cause)));
  }
}
