package calendlyinbox.admin;

import calendlyinbox.calendly.ApiCalls;
import calendlyinbox.calendly.ClockReading;
import calendlyinbox.delivery.Answers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Is our clock right? Calendly's API says what time it is in every answer. And genuine deliveries
 * whose time of signing is out of tolerance, one after the other, say that it is not, until one in
 * time or the API says otherwise: Calendly repeats a refused one ever more rarely, so that silence
 * says nothing. Safe for concurrent use.
 */
public final class ClockWatch implements Answers, ApiCalls {
  private static final Duration FAR = Duration.ofSeconds(30);
  private static final Duration LATELY = Duration.ofMinutes(10);
  private static final Duration A_DAY = Duration.ofDays(1);
  private static final int MANY = 3;

  private final Duration allowed;
  private final Clock clock;
  private volatile Duration lead = Duration.ZERO;
  private volatile boolean heard;
  private volatile boolean anyStale;
  private volatile boolean doubtful;
  private volatile Optional<Agreement> agreement = Optional.empty();

  // Guarded by itself.
  private final Deque<Instant> stale = new ArrayDeque<>();

  /**
   * @param tolerance of signatures; half of it is too far off already
   */
  public ClockWatch(Duration tolerance, Clock clock) {
    Duration half = tolerance.dividedBy(2);
    this.allowed = half.compareTo(FAR) < 0 ? half : FAR;
    this.clock = clock;
  }

  /** Adds how the clock is; nothing while nobody has said anything of it since the start. */
  void addTo(Sight sight) {
    Optional<String> trouble = trouble();
    if (trouble.isPresent()) {
      sight.trouble(Concern.CLOCK, trouble.get());
    } else if (heard) {
      sight.well(Concern.CLOCK);
    }
  }

  /** Returns what makes us think that the clock is wrong, in a few words. */
  Optional<String> trouble() {
    if (isFarOff()) {
      return Optional.of(
          "is "
              + lead.abs().toSeconds()
              + " s "
              + (lead.isNegative() ? "behind" : "ahead of")
              + " Calendly's");
    }
    if (doubtful) {
      return Optional.of("may be wrong: genuine deliveries are refused as signature_stale");
    }
    return Optional.empty();
  }

  /**
   * Returns whether another clock has said since the start that it is this day, more or less:
   * Calendly's API's, or that of whoever signed a delivery which was in time. Else ours may be
   * years off.
   */
  public boolean isOfToday() {
    Optional<Agreement> last = agreement;
    if (last.isPresent() && last.get().drift(clock.instant()).compareTo(A_DAY) > 0) {
      // It was moved since then, and nobody has agreed with that yet.
      agreement = Optional.empty();
      return false;
    }
    return last.isPresent() && lead.abs().compareTo(A_DAY) <= 0 && !doubtful;
  }

  /**
   * When another clock said the same as ours.
   *
   * @param nanos on a clock that nobody sets
   */
  private record Agreement(Instant at, long nanos) {
    Duration drift(Instant now) {
      return Duration.between(at.plusNanos(System.nanoTime() - nanos), now).abs();
    }
  }

  private void agrees() {
    agreement = Optional.of(new Agreement(clock.instant(), System.nanoTime()));
  }

  private boolean isFarOff() {
    return lead.abs().compareTo(allowed) > 0;
  }

  @Override
  public void answered(int status, Optional<ClockReading> reading) {
    if (reading.isPresent()) {
      lead = reading.get().ourLead();
      heard = true;
      agrees();
      if (!isFarOff()) {
        forgetStale();
      }
    }
  }

  @Override
  public void unanswered() {}

  /** No clock agrees or disagrees with itself. */
  @Override
  public Answers ofOwnClock() {
    return Answers.NOBODY;
  }

  /** One that is in time: those that were not are no matter of the clock. */
  @Override
  public void received(long tookNanos) {
    if (agreement.isEmpty()) {
      agrees();
    }
    if (!heard) {
      heard = true;
    }
    forgetStale();
  }

  @Override
  public void refused(Refusal reason, String address) {
    if (reason == Refusal.SIGNATURE_STALE) {
      synchronized (stale) {
        Instant now = clock.instant();
        stale.addLast(now);
        anyStale = true;
        if (stale.size() > MANY) {
          stale.removeFirst();
        }
        if (stale.size() == MANY && stale.getFirst().isAfter(now.minus(LATELY))) {
          doubtful = true;
        }
      }
    }
  }

  private void forgetStale() {
    if (anyStale) {
      synchronized (stale) {
        stale.clear();
        doubtful = false;
        anyStale = false;
      }
    }
  }
}
