package calendlyinbox.cli;

import calendlyinbox.calendly.ClockReading;
import java.time.Duration;
import java.util.Optional;

/** This machine's clock against Calendly's: deliveries are refused when they differ too far. */
final class ClockCheck implements Check {
  static final String NAME = "clock";

  /** A clock that is kept by NTP is never as far off. */
  private static final Duration FAR = Duration.ofSeconds(30);

  private final Optional<Account> account;
  private final Duration tolerance;

  ClockCheck(Optional<Account> account, Duration tolerance) {
    this.account = account;
    this.tolerance = tolerance;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Diagnosis look() {
    return account
        .map(asked -> asked.api().calendlyTime().fold(this::compared, asked::diagnosis))
        .orElseGet(() -> Diagnosis.notConfigured(TokenCheck.NOT_SET));
  }

  private Diagnosis compared(ClockReading reading) {
    Duration lead = reading.ourLead();
    Duration half = tolerance.dividedBy(2);
    Duration allowed = half.compareTo(FAR) < 0 ? half : FAR;
    String fact =
        lead.isZero()
            ? "as Calendly's"
            : lead.abs().toSeconds()
                + " s "
                + (lead.isNegative() ? "behind" : "ahead of")
                + " Calendly's";
    return lead.abs().compareTo(allowed) <= 0
        ? Diagnosis.well(fact)
        : Diagnosis.notWell(
            fact + ", and SIGNATURE_TOLERANCE is " + tolerance.toSeconds() + " s",
            "let the network set it: sudo timedatectl set-ntp true");
  }
}
