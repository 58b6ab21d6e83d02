package calendlyinbox.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** The diagnoses of one walk, by the names of the checks, in their order. */
final class Diagnoses {
  private final Map<String, Diagnosis> all = new LinkedHashMap<>();

  private Diagnoses() {}

  /**
   * Walks through the checks. One that is hindered is not made: it says so, or that it is not
   * configured either.
   *
   * @param each is told every diagnosis as soon as there is one
   */
  static Diagnoses of(List<Check> checks, BiConsumer<String, Diagnosis> each) {
    Diagnoses diagnoses = new Diagnoses();
    for (Check check : checks) {
      Diagnosis diagnosis = diagnoses.made(check);
      diagnoses.all.put(check.name(), diagnosis);
      each.accept(check.name(), diagnosis);
    }
    return diagnoses;
  }

  private Diagnosis made(Check check) {
    Optional<String> hindrance = check.hinderedBy(this);
    if (hindrance.isEmpty()) {
      return check.look();
    }
    Diagnosis cause = all.get(hindrance.get());
    return cause.state() == Diagnosis.State.NOT_CONFIGURED
        ? Diagnosis.notConfigured(cause.text())
        : Diagnosis.skippedAfter(hindrance.get());
  }

  /** Returns the first of these that is not well. */
  Optional<String> firstNotWell(String... checks) {
    return Arrays.stream(checks).filter(name -> !all.get(name).isWell()).findFirst();
  }

  boolean is(String check, Diagnosis.State state) {
    return all.get(check).state() == state;
  }

  /** A doctor who could not look has not found that all is well. */
  int exitCode() {
    return any(Diagnosis.State.NOT_WELL) || any(Diagnosis.State.OUT_OF_REACH)
        ? Failure.NOT_WELL
        : Failure.DONE;
  }

  private boolean any(Diagnosis.State state) {
    return all.values().stream().anyMatch(diagnosis -> diagnosis.state() == state);
  }
}
