package calendlyinbox.cli;

import java.util.Optional;

/** One thing {@code doctor} looks at. It changes nothing that lasts. */
interface Check {
  /** As it stands before the diagnosis, in text and JSON. */
  String name();

  /** Returns the earlier check whose diagnosis leaves this one nothing to find out, if any. */
  default Optional<String> hinderedBy(Diagnoses before) {
    return Optional.empty();
  }

  Diagnosis look();
}
