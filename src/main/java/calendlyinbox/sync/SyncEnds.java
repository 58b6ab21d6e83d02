package calendlyinbox.sync;

/** Is told how the server's own syncs end, each go of them, by the thread that syncs. */
public interface SyncEnds {
  /** Told also when a look finds that there is nothing to be synced: that is one that is done. */
  void ended(SyncOutcome outcome);

  /** A fault of ours broke it off. */
  void failed();
}
