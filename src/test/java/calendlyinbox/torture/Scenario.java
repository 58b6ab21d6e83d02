package calendlyinbox.torture;

/** One way to make the server break its promise. */
interface Scenario {
  /** In a word or two, for the table and {@code --only}. */
  String name();

  /**
   * Returns what was tried, with figures.
   *
   * @throws Broken if a promise did not hold
   * @throws LeftOut if this machine does not let it be tried
   */
  String run(Trial trial) throws Exception;

  /** Said loudly in the table, so that nobody takes it for tried. */
  final class LeftOut extends Exception {
    LeftOut(String reason) {
      super(reason);
    }
  }
}
