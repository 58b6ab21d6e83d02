package calendlyinbox.subscriptions;

import calendlyinbox.calendly.CleanText;
import calendlyinbox.subscriptions.Finding.State;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the subscription for as long as the server runs, in a thread of its own: nothing else
 * ever waits for Calendly. What it finds is in the log, and in a word for {@code /health}.
 */
public final class SubscriptionWatch implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(SubscriptionWatch.class);
  private static final Duration STOP_WITHIN = Duration.ofSeconds(2);
  private static final long STEP_MILLIS = 500;

  /** Before the first look is over. */
  public static final String CHECKING = "checking";

  private final Subscriptions subscriptions;
  private final SubscriptionFile record;
  private final Pace pace;
  private final Clock clock;
  private final Thread thread = new Thread(this::run, "subscription");
  private volatile Runnable onGap = () -> {};
  private volatile String word = CHECKING;

  // Of the thread only.
  private Optional<Instant> lastWell = Optional.empty();
  private Optional<Instant> warnedOf = Optional.empty();
  private String said = "";
  private Instant saidAt = Instant.MIN;
  private Instant allEventsAt = Instant.MIN;

  /** As in the record, which outlives this process; here also where it cannot be written. */
  private Optional<String> synced = Optional.empty();

  /** The record's time after the look, and after what we wrote down of it ourselves. */
  private FileTime known = FileTime.fromMillis(0);

  public SubscriptionWatch(
      Subscriptions subscriptions, Duration check, RandomGenerator random, Clock clock) {
    this.subscriptions = subscriptions;
    this.record = subscriptions.file();
    this.pace = new Pace(check, random);
    this.clock = clock;
  }

  /**
   * Called when bookings may have been missed: when the subscription is another one than before, or
   * the first, and after any trouble; over restarts, so that a crash repeats the call rather than
   * leaves it out.
   */
  public void onGap(Runnable action) {
    onGap = action;
  }

  /** How the subscription stands, in a word; at no cost. */
  public String word() {
    return word;
  }

  /** The first look begins at once, in the background. */
  public void start() {
    thread.setDaemon(true);
    thread.start();
  }

  /** A look that is under way is given up; what it was about to do is written down. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(STOP_WITHIN.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    synced = read().synced();
    try {
      while (!Thread.currentThread().isInterrupted()) {
        Finding finding = look();
        known = record.changedAt();
        if (!Thread.currentThread().isInterrupted()) {
          take(finding);
        }
        pause(pace.after(finding));
      }
    } catch (InterruptedException closed) {
      log.debug("The subscription is no longer watched");
    }
  }

  private Finding look() throws InterruptedException {
    Instant now = clock.instant();
    boolean allEvents = !isWithinTheHour(allEventsAt, now);
    try {
      Finding finding = subscriptions.look(allEvents, logging());
      if (allEvents && !finding.saysNothing()) {
        allEventsAt = now;
      }
      return finding;
    } catch (RuntimeException | Error defect) {
      log.error("The look at the subscription failed; it is tried again", defect);
      return Finding.trouble(State.UNREACHABLE, "a fault of calendly-inbox: " + defect);
    }
  }

  private void take(Finding finding) throws InterruptedException {
    Instant now = clock.instant();
    if (finding.saysNothing()) {
      // An outage of the API is none of the subscription; for an hour what was seen last counts.
      boolean lately = lastWell.filter(seen -> isWithinTheHour(seen, now)).isPresent();
      word = lately ? word : finding.state().word();
    } else {
      lastWell = finding.isWell() ? Optional.of(now) : Optional.empty();
      word = finding.state().word();
    }
    say(finding, now);
    tellOfGap(finding);
  }

  /** What is later than now was so by a clock that was ahead and was set back since. */
  private static boolean isWithinTheHour(Instant at, Instant now) {
    return at.isAfter(now.minus(Pace.AN_HOUR)) && !at.isAfter(now);
  }

  private void say(Finding finding, Instant now) {
    String sentence = CleanText.of(finding.sentence());
    if (finding.failingSince().isPresent()) {
      if (!finding.failingSince().equals(warnedOf)) {
        warnedOf = finding.failingSince();
        log.warn("Webhook deliveries fail: since={}: {}", warnedOf.get(), sentence);
      }
      said = sentence;
      return;
    }
    boolean again = !isWithinTheHour(saidAt, now) && !finding.isWell();
    if (!again && sentence.equals(said)) {
      return;
    }
    said = sentence;
    saidAt = now;
    if (finding.isWell()) {
      log.info("Subscription is well: {}", said);
    } else if (finding.saysNothing()) {
      log.warn("Subscription not looked at: {}", said);
    } else {
      log.error("Subscription is not well: state={}: {}", finding.state().word(), said);
    }
  }

  private void tellOfGap(Finding finding) throws InterruptedException {
    // Also the first one, also by a command: what was booked before it, no webhook told.
    Optional<String> registered = read().current().map(Registration::uri);
    boolean isAnother = registered.isPresent() && !registered.equals(synced);
    // After a trouble, and at the very first, there is nothing to bring in before all is well.
    if (isAnother && (synced.isPresent() || finding.isWell())) {
      onGap.run();
      synced = registered;
    } else if (!finding.isWell() && !finding.saysNothing()) {
      synced = Optional.empty();
    }
    try {
      known = subscriptions.synced(synced, known);
    } catch (IOException e) {
      log.debug("A restart may ask for one sync more, or one less: not written down", e);
    }
  }

  private SubscriptionRecord read() {
    try {
      return record.read();
    } catch (IOException e) {
      log.debug("The record of the subscription cannot be read", e);
      return SubscriptionRecord.NOTHING;
    }
  }

  /**
   * Ends early when a command has changed the record since the look: {@code /health} is to show it
   * soon. What was written down of a sync is no reason: Calendly, which may not show yet what it
   * has just made, would be asked again at once.
   */
  private void pause(Duration length) throws InterruptedException {
    long until = System.nanoTime() + length.toNanos();
    while (System.nanoTime() < until && record.changedAt().equals(known)) {
      Thread.sleep(Math.max(1, Math.min(STEP_MILLIS, (until - System.nanoTime()) / 1_000_000)));
    }
  }

  /** A line may quote what Calendly answered. */
  private static Steps logging() {
    return new Steps() {
      @Override
      public void done(String line) {
        log.info(CleanText.of(line));
      }

      @Override
      public void warning(String line) {
        log.warn(CleanText.of(line));
      }
    };
  }
}
