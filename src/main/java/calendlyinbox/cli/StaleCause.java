package calendlyinbox.cli;

import java.time.Duration;

/** Which clock is to blame for a genuine signature outside the tolerance. */
final class StaleCause {
  /** Unix seconds have ten digits until the year 2286. */
  private static final long SURELY_MILLISECONDS = 100_000_000_000L;

  private StaleCause() {}

  static String of(long signed, long arrived, Duration tolerance, boolean atGiven) {
    if (signed >= SURELY_MILLISECONDS) {
      return "t counts milliseconds; it must be Unix seconds, as Calendly sends them";
    }
    long off = Math.abs(arrived - signed);
    String reference = atGiven ? "the time of --at" : "this machine's time";
    String fact =
        "signed %s %s %s, and SIGNATURE_TOLERANCE is %s; "
            .formatted(
                readable(off),
                signed < arrived ? "before" : "after",
                reference,
                readable(tolerance.toSeconds()));
    return fact + next(signed, arrived, atGiven);
  }

  private static String next(long signed, long arrived, boolean atGiven) {
    if (atGiven) {
      return "the delivery was held up or replayed, or --at is not when it arrived";
    }
    if (signed < arrived) {
      return "if it arrived just now, this machine's clock is ahead (timedatectl shows it); if it is an older recording,"
          + " give the time it arrived, as --at "
          + signed;
    }
    return "this machine's clock is behind (timedatectl shows it), or the sender's is ahead";
  }

  private static String readable(long seconds) {
    if (seconds < 120) {
      return seconds + " s";
    }
    Duration duration = Duration.ofSeconds(seconds);
    StringBuilder parts = new StringBuilder(seconds + " s (");
    if (duration.toDays() > 0) {
      parts.append(duration.toDays()).append(" d ");
    }
    if (duration.toHoursPart() > 0) {
      parts.append(duration.toHoursPart()).append(" h ");
    }
    parts.append(duration.toMinutesPart()).append(" min ");
    return parts.append(duration.toSecondsPart()).append(" s)").toString();
  }
}
