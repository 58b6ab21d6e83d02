package calendlyinbox.cli;

/**
 * Why a command cannot do what it was asked: one line for the person, and the exit code for the
 * script.
 */
final class Failure extends Exception {
  static final int DONE = 0;
  static final int NOT_WELL = 1;
  static final int WRONG_USE = 2;
  static final int OUT_OF_REACH = 3;

  private final int exitCode;

  private Failure(int exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** The command was called in a way, or in a place, in which it cannot work. */
  static Failure wrongUse(String message) {
    return new Failure(WRONG_USE, message, null);
  }

  /** It was understood, and the answer is no: it was refused, or did not go well. */
  static Failure notWell(String message) {
    return new Failure(NOT_WELL, message, null);
  }

  /** The server, Calendly or the data cannot be had. */
  static Failure outOfReach(String message, Throwable cause) {
    return new Failure(OUT_OF_REACH, message, cause);
  }

  int exitCode() {
    return exitCode;
  }
}
