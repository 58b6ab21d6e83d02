package calendlyinbox.events;

/** Why something threw, for the row of what it was about. */
public final class Cause {
  private Cause() {}

  /**
   * The innermost message: it is SQLite's or our own. Jdbi's around it would quote what was bound.
   */
  public static String of(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getClass().getSimpleName() + ": " + root.getMessage();
  }
}
