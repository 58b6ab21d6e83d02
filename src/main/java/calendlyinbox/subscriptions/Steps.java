package calendlyinbox.subscriptions;

/** Who is told what is done at Calendly, a line each: the log of a server, or a terminal. */
public interface Steps {
  /** Something was done, as intended. */
  void done(String line);

  /** Something is not as it should be. */
  void warning(String line);
}
