package calendlyinbox.subscriptions;

import calendlyinbox.calendly.ApiProblem;
import calendlyinbox.calendly.ApiResult;
import calendlyinbox.calendly.CalendlyApi;
import calendlyinbox.calendly.ClockReading;
import calendlyinbox.calendly.CurrentUser;
import calendlyinbox.calendly.WebhookSubscription;
import calendlyinbox.delivery.SigningKey;
import calendlyinbox.subscriptions.Finding.State;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Our webhook subscription at Calendly: connected, disconnected, looked after. Each call blocks
 * until Calendly has answered, and until no other thread or process is at it. Calendly's refusals
 * and outages are findings, not exceptions.
 */
public final class Subscriptions {
  private static final Duration LOCK_WITHIN = Duration.ofMinutes(5);

  /** An ordinary look of the server is over by then. */
  private static final Duration WITHOUT_A_WORD = Duration.ofSeconds(2);

  private final Path dataFolder;
  private final WantedSubscription wanted;
  private final Supplier<CalendlyApi> api;
  private final HeldKeys keys;
  private final SubscriptionFile file;
  private final Duration lockWithin;
  private final Clock clock;
  private final Creations creations;

  public Subscriptions(
      Path dataFolder,
      WantedSubscription wanted,
      Supplier<CalendlyApi> api,
      HeldKeys keys,
      Clock clock) {
    this(dataFolder, wanted, api, keys, LOCK_WITHIN, clock);
  }

  /**
   * @param lockWithin so long it is waited for another one that looks at the subscription
   */
  Subscriptions(
      Path dataFolder,
      WantedSubscription wanted,
      Supplier<CalendlyApi> api,
      HeldKeys keys,
      Duration lockWithin,
      Clock clock) {
    this.lockWithin = lockWithin;
    this.dataFolder = dataFolder;
    this.wanted = wanted;
    this.api = api;
    this.keys = keys;
    this.file = SubscriptionFile.in(dataFolder);
    this.clock = clock;
    this.creations = new Creations(clock);
  }

  /**
   * Makes what is equal to what is wanted, unless another one holds the lock for minutes.
   * Afterwards, if Calendly let it, there is one working subscription of ours, written down; unless
   * a person disconnected us.
   *
   * @param allEvents try for all events, also for those that Calendly refused the last time
   */
  public Finding look(boolean allEvents, Steps steps) throws InterruptedException {
    try {
      Optional<SubscriptionLock> taken = SubscriptionLock.take(dataFolder, lockWithin);
      if (taken.isEmpty()) {
        return locked();
      }
      try (SubscriptionLock lock = taken.get()) {
        return lookLocked(keys.read().keys(), allEvents, steps);
      }
    } catch (IOException e) {
      return unrecorded(e);
    }
  }

  /** As {@link #look}; what was disconnected is connected again. */
  public Finding connect(Steps steps) throws InterruptedException {
    try {
      Optional<SubscriptionLock> taken = lock(steps);
      if (taken.isEmpty()) {
        return locked();
      }
      try (SubscriptionLock lock = taken.get()) {
        SubscriptionRecord record = file.read();
        if (record.disconnected()) {
          file.write(record.connected());
        }
        return lookLocked(keys.read().keys(), true, steps);
      }
    } catch (IOException e) {
      return unrecorded(e);
    }
  }

  /**
   * Deletes all of ours, and remembers that no new one is wanted; nothing tries again what could
   * not be deleted. When Calendly cannot be asked, or another one holds the lock for minutes,
   * nothing is changed.
   */
  public Disconnection disconnect(Steps steps) throws InterruptedException {
    try {
      Optional<SubscriptionLock> taken = lock(steps);
      if (taken.isEmpty()) {
        return Disconnection.untried(locked());
      }
      try (SubscriptionLock lock = taken.get()) {
        return disconnectLocked(steps);
      }
    } catch (IOException e) {
      return Disconnection.untried(unrecorded(e));
    }
  }

  private Disconnection disconnectLocked(Steps steps) throws IOException {
    SubscriptionRecord record = file.read();
    ApiResult<Ours> ours =
        api.get().currentUser().then(user -> Ours.read(api.get(), user, wanted, record));
    if (ours.failure().isPresent()) {
      return Disconnection.untried(new Refusal(wanted.scope()).ofCommand(ours.failure().get()));
    }
    // What is known of it stays known until it is gone: a list may not show it the next time.
    file.write(record.disconnectedNow());
    Cleaning cleaning = new Cleaning(api.get(), clock, steps);
    int deleted = 0;
    List<ApiProblem> left = new ArrayList<>();
    for (WebhookSubscription one : ours.optional().orElseThrow().all()) {
      Optional<ApiProblem> problem = cleaning.remove(one, "disconnect");
      problem.ifPresent(left::add);
      deleted += problem.isEmpty() ? 1 : 0;
    }
    if (!left.isEmpty()) {
      return new Disconnection(deleted, left.size(), Optional.of(notDeleted(left)));
    }
    Optional<ApiProblem> hidden = ours.optional().orElseThrow().hidden();
    if (hidden.isPresent()) {
      return new Disconnection(
          deleted,
          1,
          Optional.of(
              Finding.trouble(
                  State.PERMISSION,
                  "A subscription of ours is left: " + Reasons.notShown(hidden.get()))));
    }
    file.write(record.disconnectedNow().withoutAny());
    return new Disconnection(deleted, 0, Optional.empty());
  }

  private Finding notDeleted(List<ApiProblem> left) {
    Finding last = new Refusal(wanted.scope()).ofCommand(left.get(left.size() - 1));
    return Finding.trouble(
        last.state(),
        left.size() + " of our subscriptions could not be deleted: " + last.sentence());
  }

  /** For a command: a person is told what is waited for. Empty: another one still has it. */
  Optional<SubscriptionLock> lock(Steps steps) throws IOException, InterruptedException {
    Optional<SubscriptionLock> lock = SubscriptionLock.take(dataFolder, WITHOUT_A_WORD);
    if (lock.isEmpty()) {
      steps.done(
          "Waiting for another program, at most "
              + lockWithin.toSeconds()
              + " s: file="
              + SubscriptionLock.file(dataFolder));
      lock = SubscriptionLock.take(dataFolder, lockWithin);
    }
    return lock;
  }

  /**
   * Writes down since which subscription a sync was asked for; empty: one is owed when all is well.
   * Costs one reading where it is written down already. Where another one holds the lock it is not
   * written down.
   *
   * @param known the time of the record as it was looked at
   * @return the time of the record as the caller knows it now: of what was written here, but never
   *     of what another one wrote since the look
   */
  FileTime synced(Optional<String> uri, FileTime known) throws IOException, InterruptedException {
    if (file.read().synced().equals(uri)) {
      return known;
    }
    Optional<SubscriptionLock> taken = SubscriptionLock.take(dataFolder, lockWithin);
    if (taken.isEmpty()) {
      return known;
    }
    try (SubscriptionLock lock = taken.get()) {
      boolean isAsLookedAt = file.changedAt().equals(known);
      file.write(file.read().withSynced(uri));
      return isAsLookedAt ? file.changedAt() : known;
    }
  }

  /** For whoever holds the {@link SubscriptionLock}. */
  Finding lookLocked(List<SigningKey> held, boolean allEvents, Steps steps) throws IOException {
    SubscriptionRecord record = file.read();
    if (record.disconnected()) {
      return Finding.trouble(
          State.DISCONNECTED,
          record.current().isPresent()
              ? "Somebody said ./run.sh disconnect, and a subscription is left that could not be deleted; next: ./run.sh"
                  + " disconnect deletes it, ./run.sh connect takes it up again"
              : "There is no subscription, since somebody said ./run.sh disconnect; next: ./run.sh connect makes one");
    }
    if (held.isEmpty()) {
      throw new IOException("there is no signing key");
    }
    ApiResult<CurrentUser> user = api.get().currentUser();
    if (user.failure().isPresent()) {
      return new Refusal(wanted.scope()).finding(user.failure().get());
    }
    Look look =
        new Look(
            api.get(),
            wanted,
            held,
            user.optional().orElseThrow(),
            file,
            record,
            allEvents,
            creations,
            clock,
            steps);
    Finding finding = look.run();
    if (finding.isWell() && keys.file().isPresent()) {
      dropKeys(keys.file().get(), steps);
    }
    return finding;
  }

  Path dataFolder() {
    return dataFolder;
  }

  SubscriptionFile file() {
    return file;
  }

  /**
   * Only when Calendly's clock says so too: with ours days ahead, what was signed with a key could
   * still be on its way.
   */
  private void dropKeys(Path keyFile, Steps steps) throws IOException {
    SubscriptionRecord record = file.read();
    Instant now = clock.instant();
    if (record.retiredUntil(now).isEmpty()) {
      return;
    }
    Optional<Instant> calendlys = api.get().calendlyTime().optional().map(ClockReading::calendly);
    if (calendlys.isEmpty()) {
      return;
    }
    Instant certain = calendlys.get().isBefore(now) ? calendlys.get() : now;
    SubscriptionRecord less = KeyDrop.run(keyFile, record, certain, steps);
    if (!less.equals(record)) {
      file.write(less);
    }
  }

  Finding locked() {
    Path lock = SubscriptionLock.file(dataFolder).toAbsolutePath();
    return Finding.trouble(
        State.LOCKED,
        "Another program holds "
            + lock
            + ", as a rotate-key, connect or disconnect would that was suspended (Ctrl-Z); next: fuser "
            + lock
            + " names it; let it go on (fg) or end it");
  }

  private static Finding unrecorded(IOException e) {
    return Finding.trouble(
        State.UNRECORDED,
        "The data folder does not let the subscription be written down ("
            + e
            + "), so nothing more is asked of Calendly; next: mend the folder, or run the command as the user that the server"
            + " runs as");
  }
}
