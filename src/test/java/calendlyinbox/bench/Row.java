package calendlyinbox.bench;

import java.util.Locale;

/**
 * A line of the table.
 *
 * @param margin the measured figure as a part of its bar: met from 1 on
 * @param kind what the figure hangs on, which decides where it can be judged
 */
record Row(String what, String bar, String measured, double margin, Kind kind) {
  /** On other work beside it; only on what is measured in turn with it; on neither. */
  enum Kind {
    CLOCK,
    RATIO,
    MEMORY
  }

  private static final double BUSY_MACHINE = 0.5;

  static Row ratio(String what, double bar, double measured, String details) {
    return new Row(
        what,
        "at least " + bar,
        String.format(Locale.ROOT, "%.2f (%s)", measured, details),
        measured / bar,
        Kind.RATIO);
  }

  static Row rate(String what, double bar, double measured, String details) {
    return new Row(
        what,
        String.format(Locale.ROOT, "at least %,.0f/s", bar),
        String.format(Locale.ROOT, "%,.0f/s%s", measured, details),
        measured / bar,
        Kind.CLOCK);
  }

  static Row millis(String what, double bar, double measured, String details) {
    return new Row(
        what,
        String.format(Locale.ROOT, "under %,.0f ms", bar),
        String.format(Locale.ROOT, measured < 10 ? "%.1f ms%s" : "%,.0f ms%s", measured, details),
        bar / measured,
        Kind.CLOCK);
  }

  static Row mebibytes(String what, double bar, double measured, String details) {
    return new Row(
        what,
        String.format(Locale.ROOT, "at most %.0f MB", bar),
        String.format(Locale.ROOT, "%.0f MB%s", measured, details),
        bar / measured,
        Kind.MEMORY);
  }

  boolean met() {
    return margin >= 1;
  }

  /**
   * @param judgeClock false on a machine with other work
   */
  boolean passes(boolean judgeClock) {
    if (judgeClock) {
      return met();
    }
    return switch (kind) {
      case CLOCK -> true;
      case RATIO -> margin >= BUSY_MACHINE;
      case MEMORY -> met();
    };
  }

  String markdown() {
    return "| " + what + " | " + bar + " | " + measured + " | " + (met() ? "yes" : "**no**") + " |";
  }
}
