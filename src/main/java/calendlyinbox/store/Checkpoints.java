package calendlyinbox.store;

/**
 * How often the write-ahead log was brought into the main file of a database.
 *
 * @param openings how often the database was opened; another file may stand under its name each
 *     time
 * @param complete checkpoints since then after which the main file held everything
 */
public record Checkpoints(long openings, long complete) {
  /** Before the database was opened. */
  public static final Checkpoints NONE = new Checkpoints(0, 0);

  /**
   * Returns whether the main file holds, synced, everything that was committed before the others
   * were asked for.
   */
  public boolean isPast(Checkpoints others) {
    return openings == others.openings && complete > others.complete;
  }

  Checkpoints oneMore() {
    return new Checkpoints(openings, complete + 1);
  }

  Checkpoints opened() {
    return new Checkpoints(openings + 1, 0);
  }
}
