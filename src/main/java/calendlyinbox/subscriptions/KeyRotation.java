package calendlyinbox.subscriptions;

import calendlyinbox.calendly.ApiResult;
import calendlyinbox.calendly.CalendlyApi;
import calendlyinbox.calendly.CurrentUser;
import calendlyinbox.calendly.SubscriptionScope;
import calendlyinbox.delivery.KeyInForce;
import calendlyinbox.delivery.SigningKey;
import calendlyinbox.delivery.SigningKeyFile;
import calendlyinbox.store.FolderLock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A new signing key, without a moment in which an honest delivery would be refused: the running
 * server takes the new key before Calendly hears of it, and the old one for a day after Calendly
 * has ceased to use it.
 */
public final class KeyRotation {
  private final Subscriptions subscriptions;
  private final CalendlyApi api;
  private final SubscriptionScope scope;
  private final Path keyFile;
  private final Duration serverTakesItWithin;
  private final Clock clock;

  public KeyRotation(
      Subscriptions subscriptions,
      CalendlyApi api,
      SubscriptionScope scope,
      Path keyFile,
      Duration serverTakesItWithin,
      Clock clock) {
    this.subscriptions = subscriptions;
    this.api = api;
    this.scope = scope;
    this.keyFile = keyFile;
    this.serverTakesItWithin = serverTakesItWithin;
    this.clock = clock;
  }

  /** How it ended. */
  public sealed interface Outcome {
    /** Calendly signs with the new key. */
    record Rotated(Finding finding) implements Outcome {}

    /**
     * Nothing was changed.
     *
     * @param outOfReach Calendly could not be asked, or another one holds the lock
     */
    record Unchanged(String reason, boolean outOfReach) implements Outcome {}

    /** The new key is in force beside the old one, and Calendly still signs with the old one. */
    record NotYet(Finding finding) implements Outcome {}
  }

  /**
   * Rotates.
   *
   * @throws IOException if a file cannot be read or written; the keys in force are then still the
   *     old ones, with or without the new one
   */
  public Outcome run(Steps steps) throws IOException, InterruptedException {
    Optional<SubscriptionLock> taken = subscriptions.lock(steps);
    if (taken.isEmpty()) {
      return unchanged(subscriptions.locked());
    }
    try (SubscriptionLock lock = taken.get()) {
      return runLocked(steps);
    }
  }

  private static Outcome unchanged(Finding why) {
    return new Outcome.Unchanged(why.sentence(), why.saysNothing());
  }

  private Outcome runLocked(Steps steps) throws IOException, InterruptedException {
    if (subscriptions.file().read().disconnected()) {
      return new Outcome.Unchanged(
          "There is no subscription that could get a new key, since somebody said ./run.sh disconnect; next: ./run.sh connect",
          false);
    }
    ApiResult<CurrentUser> user = api.currentUser();
    if (user.failure().isPresent()) {
      return unchanged(new Refusal(scope).ofCommand(user.failure().get()));
    }
    List<SigningKey> old = SigningKeyFile.read(keyFile);
    List<SigningKey> keys = new ArrayList<>(old);
    keys.add(0, SigningKeyFile.newKey());
    SigningKeyFile.replace(keyFile, keys);
    steps.done("Signing key made: file=" + keyFile + " keys=" + keys.size());
    if (!isTaken(keys.get(0), steps)) {
      SigningKeyFile.replace(keyFile, old);
      return new Outcome.Unchanged(
          "The running server did not take the new key within "
              + serverTakesItWithin.toSeconds()
              + " s, so "
              + keyFile
              + " is as it was; next: see in the server's log why, or whether it has its keys from"
              + " CALENDLY_WEBHOOK_SIGNING_KEY",
          false);
    }
    Finding finding = subscriptions.lookLocked(keys, true, steps);
    return told(keys, old, finding);
  }

  private boolean isTaken(SigningKey key, Steps steps) throws IOException, InterruptedException {
    Path folder = subscriptions.dataFolder();
    if (!FolderLock.isHeld(folder)) {
      steps.done("Signing key is taken by the next start: no server is running");
      return true;
    }
    boolean taken = KeyInForce.in(folder).await(key, serverTakesItWithin);
    if (taken) {
      steps.done("Signing key taken by the running server");
    }
    return taken;
  }

  private Outcome told(List<SigningKey> keys, List<SigningKey> old, Finding finding)
      throws IOException {
    SubscriptionRecord record = subscriptions.file().read();
    if (!record.isMadeWith(keys.get(0))) {
      return new Outcome.NotYet(finding);
    }
    if (!old.isEmpty()) {
      SubscriptionRecord retiring = Cleaning.retire(record, old.get(0), Cleaning.end(api, clock));
      subscriptions.file().write(retiring);
    }
    return new Outcome.Rotated(finding);
  }
}
