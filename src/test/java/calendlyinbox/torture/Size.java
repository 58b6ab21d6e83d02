package calendlyinbox.torture;

/** How much is tried. */
enum Size {
  /** A few seconds a trial, in the test suite. */
  SUITE,
  /** A few minutes in all. */
  SHORT,
  /** Hundreds of cycles. */
  LONG;

  int times(int inTheSuite, int inShort, int inLong) {
    return switch (this) {
      case SUITE -> inTheSuite;
      case SHORT -> inShort;
      case LONG -> inLong;
    };
  }
}
