package calendlyinbox.torture;

/**
 * One way to make the server break its promise. It is the same code in the test suite, in the short
 * and in the long form; only the {@link Size} differs.
 */
interface Trial {
  /** In a word, for the table and {@code --only}. */
  String name();

  /** In a line, what is tried. */
  String what();

  /** Whether it judges how long something takes, and so must have the machine to itself. */
  default boolean isTimed() {
    return false;
  }

  /**
   * Tries it.
   *
   * @return the figures, in a line
   * @throws AssertionError if a promise did not hold; its message is the counter-example
   * @throws org.opentest4j.TestAbortedException if this machine does not let it be tried; its
   *     message says why
   */
  String run(Ground ground) throws Exception;
}
