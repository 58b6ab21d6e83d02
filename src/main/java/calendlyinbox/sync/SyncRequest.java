package calendlyinbox.sync;

import java.util.Optional;

/**
 * What a sync is to do.
 *
 * @param reason why it runs, in a few words for log and table
 * @param range only these meetings; empty for the default, around the moment it begins
 * @param resumes whether it goes on with one that was broken off, if there is one of this range
 * @param dryRun whether it only tells what it would change
 */
public record SyncRequest(
    String reason, Optional<SyncRange> range, boolean resumes, boolean dryRun) {

  static final String COMMAND = "command";

  /** What is there to be gone on with, if anything is. */
  static final SyncRequest BROKEN_OFF =
      new SyncRequest("broken off", Optional.empty(), true, false);

  /** From the beginning: what was looked at before may have changed since. */
  static SyncRequest anew(String reason) {
    return new SyncRequest(reason, Optional.empty(), false, false);
  }

  /** What a person asks for. */
  public static SyncRequest command(Optional<SyncRange> range, boolean dryRun) {
    return new SyncRequest(COMMAND, range, true, dryRun);
  }

  boolean isCommand() {
    return reason.equals(COMMAND);
  }

  SyncRequest resumed() {
    return new SyncRequest(reason, range, true, dryRun);
  }
}
