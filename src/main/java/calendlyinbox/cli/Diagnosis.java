package calendlyinbox.cli;

import java.util.Locale;
import java.util.Optional;

/**
 * What {@code doctor} found at one place.
 *
 * @param text what is so
 * @param fix what to do about it; only where something is not well
 */
record Diagnosis(State state, String text, Optional<String> fix) {

  enum State {
    WELL("✓"),
    NOT_WELL("✗"),
    /** The data or Calendly cannot be had: nothing can be said of them. */
    OUT_OF_REACH("✗"),
    /** Not wanted, which is no fault. */
    NOT_CONFIGURED("–"),
    /** An earlier diagnosis leaves nothing to find out here. */
    SKIPPED("–");

    private final String mark;

    State(String mark) {
      this.mark = mark;
    }

    String mark() {
      return mark;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Diagnosis well(String text) {
    return new Diagnosis(State.WELL, text, Optional.empty());
  }

  static Diagnosis notWell(String text, String fix) {
    return new Diagnosis(State.NOT_WELL, text, Optional.of(fix));
  }

  static Diagnosis outOfReach(String text, String fix) {
    return new Diagnosis(State.OUT_OF_REACH, text, Optional.of(fix));
  }

  static Diagnosis notConfigured(String text) {
    return new Diagnosis(State.NOT_CONFIGURED, text, Optional.empty());
  }

  static Diagnosis skippedAfter(String check) {
    return new Diagnosis(State.SKIPPED, "skipped: first mend " + check, Optional.empty());
  }

  /** A failure's line ends in what to do next, after its last semicolon. */
  static Diagnosis of(Failure failure) {
    String line = failure.getMessage();
    int next = line.lastIndexOf("; ");
    String text = next < 0 ? line : line.substring(0, next);
    String fix = next < 0 ? "run it again with --verbose" : line.substring(next + 2);
    return failure.exitCode() == Failure.OUT_OF_REACH ? outOfReach(text, fix) : notWell(text, fix);
  }

  boolean isWell() {
    return state == State.WELL;
  }
}
