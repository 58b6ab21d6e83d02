package calendlyinbox;

import calendlyinbox.admin.AdminSide;
import calendlyinbox.calendly.CalendlyApi;
import calendlyinbox.delivery.Door;
import calendlyinbox.delivery.LiveKeys;
import calendlyinbox.delivery.SignatureVerifier;
import calendlyinbox.events.AfterApply;
import calendlyinbox.events.EventProcessor;
import calendlyinbox.events.EventQueue;
import calendlyinbox.events.Retries;
import calendlyinbox.events.RetrySchedule;
import calendlyinbox.journal.Journal;
import calendlyinbox.store.Database;
import calendlyinbox.store.DiskTrouble;
import calendlyinbox.store.FolderLock;
import calendlyinbox.store.LinkedDatabase;
import calendlyinbox.store.OwnerOnly;
import calendlyinbox.store.Soundness;
import calendlyinbox.subscriptions.SubscriptionWatch;
import calendlyinbox.sync.DetailFetcher;
import calendlyinbox.sync.DetailWishes;
import calendlyinbox.sync.FetchDetails;
import calendlyinbox.sync.Sync;
import calendlyinbox.sync.SyncService;
import calendlyinbox.upkeep.Retention;
import calendlyinbox.upkeep.Scrub;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running server: the one place where the parts meet. Opened innermost first, closed newest
 * first. The door opens as soon as the journal can be written; the database is brought up behind
 * it, whenever it is there.
 */
final class Receiver implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(Receiver.class);
  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(1);
  private static final Duration RETRIES_EVERY = Duration.ofSeconds(1);
  private static final Duration DRAIN_AT_MOST = Duration.ofSeconds(8);

  /** Counted from the beginning of a stop, in which the door may have waited for slow clients. */
  private static final Duration DRAINED_AT_LATEST = Duration.ofSeconds(11);

  private final Deque<Closeable> opened = new ArrayDeque<>();
  private Database database;
  private Door door;
  private long closingSince;

  private Receiver() {}

  /** The server cannot start, for a reason that a person can mend. */
  static final class CannotStart extends Exception {
    CannotStart(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Starts. When this returns, deliveries are taken in.
   *
   * @throws CannotStart if folder, lock, key, port or the database's version do not allow it;
   *     nothing is left open then
   */
  static Receiver open(Config config, Clock clock) throws CannotStart {
    Receiver receiver = new Receiver();
    try {
      receiver.start(config, clock);
      return receiver;
    } catch (CannotStart | RuntimeException | Error e) {
      receiver.close();
      throw e;
    }
  }

  /** Returns the port that is listened on. */
  int port() {
    return door.port();
  }

  private void start(Config config, Clock clock) throws CannotStart {
    boolean first = Files.notExists(config.journal());
    prepareFolder(config.dataFolder());
    prepareFolder(config.journal());
    lock(config);
    if (first) {
      opened.push(() -> leaveNoJournal(config.journal()));
    }
    refuse(LinkedDatabase.refusal(config.database().toAbsolutePath()));
    LiveKeys keys = SigningKeys.open(config);
    opened.push(keys);
    SignatureVerifier verifier = new SignatureVerifier(keys, config.signatureTolerance());
    database = new Database(config.database(), DATABASE_PATIENCE, clock);
    refuse(database.refusal());
    opened.push(database);
    if (!first) {
      database.stoodBefore();
    }
    Journal journal = journal(config, clock);
    opened.push(journal);

    RetrySchedule schedule = new RetrySchedule(new Random());
    AfterApply wishes =
        config.apiToken().isPresent()
            ? DetailWishes.of(config.fetchEventDetails(), clock)
            : AfterApply.NOTHING;
    EventProcessor processor = new EventProcessor(database, schedule, wishes, clock);
    EventQueue queue =
        new EventQueue(
            journal, database, processor, config.workers(), config.queueCapacity(), clock);
    journal.onDurable(queue::wake);
    Listeners listeners = new Listeners(config, clock);
    journal.onSync(listeners.counters()::synced);
    Optional<Supplier<CalendlyApi>> api = CalendlyParts.api(config, clock, listeners.calls());
    Optional<SubscriptionWatch> watch = CalendlyParts.watch(config, api, keys, clock);
    Retries retries = new Retries(processor);
    AdminSide admin =
        AdminParts.open(
            config,
            journal,
            database,
            queue,
            processor,
            retries,
            listeners,
            watch,
            clock,
            opened::push);
    Scrub scrub = new Scrub(database.soundness(), queue::wake);
    opened.push(scrub);
    opened.push(retries);
    opened.push(queue);
    opened.push(() -> drain(journal, database.soundness(), queue));
    door = door(config, verifier, journal, clock, admin, listeners);
    opened.push(door);

    scrub.start();
    queue.start();
    retries.start(RETRIES_EVERY);
    keys.start();
    log.info(
        "Ready: address={}:{} path={} data={} journal_bytes={}",
        config.host(),
        door.port(),
        Door.WEBHOOK_PATH,
        config.dataFolder().toAbsolutePath(),
        journal.bytes());
    AdminParts.alerts(config, admin, database, listeners, clock, opened::push);
    if (config.retentionDays() > 0) {
      Duration keep = Duration.ofDays(config.retentionDays());
      Retention retention =
          new Retention(
              database,
              queue::emptyJournal,
              keep,
              listeners.clockWatch()::isOfToday,
              new Random(),
              clock);
      opened.push(retention);
      retention.start();
    }
    api.ifPresent(one -> askCalendly(config, one.get(), watch, database, wishes, listeners, clock));
  }

  /** All that asks Calendly: begun when the door is open, and never in its way. */
  private void askCalendly(
      Config config,
      CalendlyApi api,
      Optional<SubscriptionWatch> watch,
      Database database,
      AfterApply wishes,
      Listeners listeners,
      Clock clock) {
    Path folder = config.dataFolder();
    Sync sync = new Sync(api, config.webhookScope(), database, folder, wishes, clock);
    SyncService service =
        new SyncService(
            sync, folder, ZoneId.systemDefault(), listeners.syncWatch(), new Random(), clock);
    opened.push(service);
    service.start();
    watch.ifPresent(
        one -> {
          one.onGap(() -> service.requestSync("subscription new or no longer failing"));
          opened.push(one);
          one.start();
        });
    if (config.fetchEventDetails() != FetchDetails.NEVER) {
      DetailFetcher details = new DetailFetcher(api, database, new Random(), clock);
      opened.push(details);
      details.start();
    }
  }

  /**
   * Stops: no new requests, open ones finished, the journal drained for a while, everything closed.
   * Never throws.
   */
  @Override
  public void close() {
    closingSince = System.nanoTime();
    if (database != null) {
      database.breakOffLongWork();
    }
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (IOException | RuntimeException e) {
        log.warn("A part did not close", e);
      }
    }
  }

  /**
   * After the door is closed: what is in the journal goes to the database, if that can be had now.
   * Where there was never a door nothing was taken in, and nothing is brought in yet either.
   */
  private void drain(Journal journal, Soundness soundness, EventQueue queue) {
    if (door == null) {
      return;
    }
    journal.seal();
    soundness.hurry();
    Duration left = DRAINED_AT_LATEST.minusNanos(System.nanoTime() - closingSince);
    try {
      queue.drain(left.compareTo(DRAIN_AT_MOST) < 0 ? left : DRAIN_AT_MOST);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    log.info("Stopped: left_in_journal_bytes={}", queue.backlog().bytes());
  }

  /**
   * By the journal's folder a start tells that a server ran here before, and had a database; so one
   * that did not come that far leaves none. Under the lock, since without it another start may have
   * the folder by now.
   */
  private void leaveNoJournal(Path folder) throws IOException {
    if (door == null) {
      Files.deleteIfExists(folder);
    }
  }

  private static void refuse(Optional<String> reason) throws CannotStart {
    if (reason.isPresent()) {
      throw new CannotStart(reason.get(), null);
    }
  }

  private void lock(Config config) throws CannotStart {
    String who =
        "pid=" + ProcessHandle.current().pid() + " address=" + config.host() + ":" + config.port();
    FolderLock.Attempt attempt;
    try {
      attempt = FolderLock.take(config.dataFolder(), who);
    } catch (IOException e) {
      throw unwritable(config.dataFolder(), e);
    }
    if (attempt.lock().isEmpty()) {
      throw new CannotStart(
          "DATA_DIR "
              + config.dataFolder()
              + " is in use by another calendly-inbox ("
              + attempt.holder()
              + "); stop that one, or set DATA_DIR to another folder",
          null);
    }
    opened.push(attempt.lock().get());
  }

  private static Journal journal(Config config, Clock clock) throws CannotStart {
    try {
      return Journal.open(config.journal(), clock);
    } catch (IOException e) {
      throw unwritable(config.journal(), e);
    }
  }

  private static Door door(
      Config config,
      SignatureVerifier verifier,
      Journal journal,
      Clock clock,
      AdminSide admin,
      Listeners listeners)
      throws CannotStart {
    Door.Settings settings = new Door.Settings(config.host(), config.port(), config.maxBodyBytes());
    try {
      return Door.open(
          settings, verifier, journal, clock, listeners.answers(admin.answers()), admin::addTo);
    } catch (IOException e) {
      throw new CannotStart(e.getMessage(), e);
    }
  }

  /**
   * Makes a folder that only its owner can look into, if it is not there; and sees whether it can
   * be written.
   */
  private static void prepareFolder(Path folder) throws CannotStart {
    try {
      OwnerOnly.makeFolder(folder);
      // No temporary file of Java's: its name at random takes a fiftieth of a second of a start.
      Path probe = folder.resolve("probe-" + ProcessHandle.current().pid());
      Files.write(probe, new byte[0]);
      Files.delete(probe);
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
  }

  private static CannotStart unwritable(Path folder, IOException e) {
    return new CannotStart(
        folder.toAbsolutePath()
            + " cannot be written "
            + DiskTrouble.forUser(e, "make it writable for that user")
            + ", or set DATA_DIR to another folder",
        e);
  }
}
