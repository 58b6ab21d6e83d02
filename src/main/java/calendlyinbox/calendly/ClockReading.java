package calendlyinbox.calendly;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * Calendly's clock beside ours.
 *
 * @param calendly what the {@code Date} header said, in whole seconds
 * @param asked our time when the request left
 * @param answered our time when the answer was there
 */
public record ClockReading(Instant calendly, Instant asked, Instant answered) {

  /** Every answer has a date, a refusal too. */
  static final Decoder<ClockReading> DECODER =
      new Decoder<>() {
        @Override
        public ClockReading decode(Answer answer) throws MalformedAnswerException {
          return of(answer);
        }

        @Override
        public boolean takes(Answer answer) {
          return true;
        }
      };

  /** Returns what an answer tells of the clocks; empty where it has no readable date. */
  static Optional<ClockReading> in(Answer answer) {
    try {
      return Optional.of(of(answer));
    } catch (MalformedAnswerException undated) {
      return Optional.empty();
    }
  }

  private static ClockReading of(Answer answer) throws MalformedAnswerException {
    String date =
        answer.header("Date").orElseThrow(() -> new MalformedAnswerException("no Date header"));
    try {
      Instant calendly =
          ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return new ClockReading(calendly, answer.asked(), answer.answered());
    } catch (DateTimeException e) {
      throw new MalformedAnswerException("an unreadable Date header", e);
    }
  }

  /**
   * How far our clock certainly is ahead of Calendly's (negative: behind). Zero when the difference
   * can be explained by the time the call took and by the header's whole seconds.
   */
  public Duration ourLead() {
    Duration lead = Duration.between(calendly.plusSeconds(1), asked);
    Duration lag = Duration.between(answered, calendly);
    if (!lead.isNegative()) {
      return lead;
    }
    return lag.isNegative() ? Duration.ZERO : lag.negated();
  }
}
