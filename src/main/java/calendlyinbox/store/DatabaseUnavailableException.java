package calendlyinbox.store;

import java.util.Locale;

/**
 * The database cannot be used at this moment, or is not the one it should be. Nothing of the
 * transaction was kept, or nothing that counts: whoever has the data elsewhere (the journal) tries
 * again later.
 */
public final class DatabaseUnavailableException extends Exception {
  /** What is wrong, as one word for {@code /health} and the log. */
  public enum Trouble {
    LOCKED,
    READ_ONLY,
    DELETED,
    CORRUPT,
    FULL,
    NOT_OURS,
    NEWER_VERSION,
    UNREADABLE;

    /** Returns it as health and log spell it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Trouble trouble;

  DatabaseUnavailableException(Trouble trouble, String message, Throwable cause) {
    super(message, cause, false, false);
    this.trouble = trouble;
  }

  public Trouble trouble() {
    return trouble;
  }

  /** Returns the trouble as health and log spell it. */
  public String word() {
    return trouble.word();
  }
}
