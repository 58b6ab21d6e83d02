package calendlyinbox.sync;

import calendlyinbox.calendly.CalendlyApi;
import calendlyinbox.calendly.CalendlyTime;
import calendlyinbox.calendly.SubscriptionScope;
import calendlyinbox.events.AfterApply;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import calendlyinbox.store.FolderLock;
import calendlyinbox.sync.SyncRuns.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/**
 * Goes through Calendly's meetings and brings in what webhooks missed. One at a time per data
 * folder, whichever process runs it. Broken off anywhere, nothing is lost and nothing half done:
 * the next one goes on from the last finished meeting, and looking twice changes nothing. Its calls
 * are those of the background. Safe for concurrent use.
 *
 * <p>Routing form submissions, which Calendly lists form by form, are not asked for; no-show marks
 * that were taken off again it does not list. Those come by webhook or not at all.
 */
public final class Sync {
  private static final String LOCK = "sync.lock";

  private final CalendlyApi api;
  private final SubscriptionScope scope;
  private final Merge merge;
  private final SyncRuns runs;
  private final Path folder;
  private final Clock clock;

  /**
   * @param scope whose meetings: those of the token's user, or of the whole organization
   * @param afterApply what else is to be written down when something was brought in
   */
  public Sync(
      CalendlyApi api,
      SubscriptionScope scope,
      Database database,
      Path folder,
      AfterApply afterApply,
      Clock clock) {
    this.api = api.inBackground();
    this.scope = scope;
    this.merge = new Merge(database, afterApply);
    this.runs = new SyncRuns(database, folder, clock);
    this.folder = folder;
    this.clock = clock;
  }

  /**
   * Runs one sync to its end, which may take hours. Interrupted, it stops before the next meeting.
   *
   * @throws DatabaseUnavailableException if the database went away; the next one goes on
   * @throws IOException if the lock in the data folder cannot be taken or let go, or no file be
   *     written there
   */
  public SyncOutcome run(SyncRequest request, SyncWatcher watcher)
      throws DatabaseUnavailableException, IOException {
    String who =
        "pid=" + ProcessHandle.current().pid() + " since=" + CalendlyTime.text(clock.instant());
    FolderLock.Attempt attempt = FolderLock.take(folder, LOCK, who);
    if (attempt.lock().isEmpty()) {
      return new SyncOutcome.Busy(attempt.holder());
    }
    try (FolderLock held = attempt.lock().get()) {
      return request.dryRun() ? dryRun(request, watcher) : recordedRun(request, watcher);
    }
  }

  /** Returns whether the database tells of any sync, whatever came of it. */
  boolean any() throws DatabaseUnavailableException {
    return runs.any();
  }

  boolean anyUnfinished() throws DatabaseUnavailableException {
    return runs.anyUnfinished();
  }

  private SyncOutcome recordedRun(SyncRequest request, SyncWatcher watcher)
      throws DatabaseUnavailableException, IOException {
    Run run = runs.begin(request);
    watcher.recorded();
    SyncOutcome outcome = new Scan(api, scope, merge, Optional.of(runs), clock, watcher).go(run);
    if (outcome instanceof SyncOutcome.Stopped stopped) {
      runs.stopped(run, stopped.problem().sentence());
    } else {
      runs.finish(run);
    }
    return outcome;
  }

  private SyncOutcome dryRun(SyncRequest request, SyncWatcher watcher)
      throws DatabaseUnavailableException, IOException {
    Run unwritten = Run.begun(0, request, clock.instant());
    return new Scan(api, scope, merge, Optional.empty(), clock, watcher).go(unwritten);
  }
}
