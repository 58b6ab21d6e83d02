package calendlyinbox.sync;

import calendlyinbox.calendly.ApiProblem;
import calendlyinbox.store.DatabaseUnavailableException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Syncs by itself when webhooks may have been missed: after a start that follows a downtime, when
 * somebody asks for it, and once a night. What Calendly or the database refuses now is tried again
 * from where it stood. Safe for concurrent use.
 */
public final class SyncService implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(SyncService.class);
  private static final Duration DOWNTIME = Duration.ofMinutes(10);

  /**
   * A first start is a gap twice: by itself, and when its subscription is made, a second or two
   * later. So long it waits, so that both are one sync.
   */
  private static final Duration FIRST_LOOK = Duration.ofSeconds(3);

  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
  private static final Duration ALIVE_EVERY = Duration.ofSeconds(30);
  private static final Duration LOSS_LOOK_EVERY = Duration.ofMinutes(1);
  private static final Duration BUSY = Duration.ofMinutes(1);
  private static final Duration ONLY_A_PERSON_HELPS = Duration.ofHours(1);

  private final Sync sync;
  private final LastAlive lastAlive;
  private final SyncAgenda agenda;
  private final HeldUp heldUp = new HeldUp();
  private final SyncEnds ends;
  private final Clock clock;
  private final ScheduledExecutorService threads =
      Executors.newScheduledThreadPool(
          2,
          task -> {
            Thread thread = new Thread(task, "sync");
            thread.setDaemon(true);
            return thread;
          });

  // Of the thread that ticks.
  private Instant lossLook = Instant.EPOCH;

  /**
   * @param zone of the hour that is night
   * @param ends is told how each go ends
   */
  public SyncService(
      Sync sync, Path folder, ZoneId zone, SyncEnds ends, RandomGenerator random, Clock clock) {
    this.sync = sync;
    this.lastAlive = new LastAlive(folder);
    this.agenda = new SyncAgenda(folder, zone, random, clock);
    this.ends = ends;
    this.clock = clock;
  }

  /** Begins to look after it all, on threads of its own. Returns at once. */
  public void start() {
    lookBack();
    threads.scheduleWithFixedDelay(
        () -> lastAlive.write(clock.instant()), 0, ALIVE_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    threads.scheduleWithFixedDelay(
        this::tick, FIRST_LOOK.toMillis(), LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Asks for a sync from the beginning, soon and in the background. When this returns, the request
   * survives a restart. Asked again before it has begun, it is one sync, for the reason that came
   * first.
   *
   * @param reason in a few words, without personal data: it stands in log and table
   */
  public void requestSync(String reason) {
    agenda.request(reason);
  }

  /** The same for the next start on a folder where no server runs. */
  public static void requestAtNextStart(Path folder, String reason) {
    new SyncWanted(folder).write(reason);
  }

  /** Is there anything to make up for since the last process? */
  void lookBack() {
    Optional<String> askedFor = agenda.askedForBefore();
    if (askedFor.isPresent()) {
      requestSync(askedFor.get());
      return;
    }
    Instant now = clock.instant();
    Optional<Instant> last = lastAlive.read();
    if (last.isEmpty()) {
      requestSync("first start");
      return;
    }
    Duration down = Duration.between(last.get(), now);
    if (down.isNegative()) {
      requestSync("downtime of unknown length, since the clock was set back");
      return;
    }
    if (down.compareTo(DOWNTIME) > 0) {
      tellIfTooLong(last.get(), now);
      requestSync("downtime of " + down.toMinutes() + " min");
      return;
    }
    agenda.resume();
  }

  private static void tellIfTooLong(Instant last, Instant now) {
    Instant from = SyncRange.around(now).from();
    if (last.isBefore(from)) {
      log.warn(
          "The server was away since {}, and a sync by itself looks only at meetings from {} on; next: ./run.sh sync --from {}",
          last,
          from,
          LocalDate.ofInstant(last, ZoneOffset.UTC));
    }
  }

  /** One look at what is to be done now, and the doing of it. */
  void tick() {
    try {
      Optional<SyncRequest> due = agenda.due();
      if (due.isPresent()) {
        go(due.get());
      } else {
        lookForLoss();
      }
    } catch (RuntimeException | Error e) {
      // What came out here would end the schedule without a word, and with it every sync.
      log.error("What is to be synced was not found; it is looked for again", e);
    }
  }

  private void go(SyncRequest request) {
    Course course = new Course(request);
    try {
      if (request.equals(SyncRequest.BROKEN_OFF) && !sync.anyUnfinished()) {
        ends.ended(new SyncOutcome.Done(Tally.NONE));
        return;
      }
      SyncOutcome outcome = run(request, course);
      ends.ended(outcome);
      settle(course.left, outcome);
    } catch (DatabaseUnavailableException e) {
      // Reported by the database itself, once a minute.
      again(course.left, "database " + e.word(), Duration.ZERO);
    } catch (IOException e) {
      again(course.left, e.getClass().getSimpleName() + " in the data folder", BUSY);
    } catch (RuntimeException | Error e) {
      log.error("Sync failed by a fault of calendly-inbox; it is tried again", e);
      ends.failed();
      again(course.left, e.getClass().getSimpleName(), ONLY_A_PERSON_HELPS);
    }
  }

  /**
   * The first start made a sync, which is in each database that was ever used here and in each copy
   * of one: one without any was lost and made anew, and what it had is at Calendly only.
   */
  private void lookForLoss() {
    Instant now = clock.instant();
    if (agenda.isAnyWanted()
        || Duration.between(lossLook, now).abs().compareTo(LOSS_LOOK_EVERY) < 0) {
      return;
    }
    lossLook = now;
    try {
      if (!sync.any()) {
        log.warn(
            "Database has never been synced, and so is not the one of before: what Calendly has of the last 30 days and to"
                + " come is fetched; next: ./run.sh restore a backup, or ./run.sh sync --from DAY for more");
        requestSync("database made anew");
      }
    } catch (DatabaseUnavailableException e) {
      log.debug("Whether the database is the one of before is not known: reason={}", e.word());
    }
  }

  private SyncOutcome run(SyncRequest request, Course course)
      throws DatabaseUnavailableException, IOException {
    log.debug("Sync begins: reason=\"{}\" resumes={}", request.reason(), request.resumes());
    return sync.run(request, course);
  }

  /** How far one go at a sync comes; for the thread that runs it. */
  private final class Course implements SyncWatcher {
    private final MinuteLines lines =
        new MinuteLines(clock, line -> log.info("Sync goes on: {}", line));

    /** What is asked for when this go ends before it is done. */
    private SyncRequest left;

    private Course(SyncRequest request) {
      left = request;
    }

    @Override
    public void recorded() {
      left = left.resumed();
      agenda.recorded();
    }

    @Override
    public void began(Tally already, Optional<Long> total) {
      lines.began(already, total);
    }

    @Override
    public void at(Tally tally) {
      lines.at(tally);
    }

    @Override
    public void movedOn() {
      agenda.movedOn();
    }
  }

  /**
   * @param left what is asked for if it is not done
   */
  private void settle(SyncRequest left, SyncOutcome outcome) {
    if (outcome instanceof SyncOutcome.Done done) {
      log.info(
          "Sync done: reason=\"{}\" meetings={} rows_changed={} events_missed={} skipped={}",
          left.reason(),
          done.tally().looked(),
          done.tally().changed(),
          done.tally().events(),
          done.tally().skipped());
      agenda.movedOn();
    } else if (outcome instanceof SyncOutcome.Busy busy) {
      heldUp.by(busy.holder(), clock.instant());
      again(left, "another sync is under way (" + busy.holder() + ")", BUSY);
    } else if (outcome instanceof SyncOutcome.Stopped stopped) {
      again(left, stopped.problem().sentence(), atLeast(stopped.problem()));
    }
  }

  private static Duration atLeast(ApiProblem problem) {
    if (problem instanceof ApiProblem.RateLimited limited) {
      return limited.retryAfter();
    }
    return problem.passesWithTime() ? Duration.ZERO : ONLY_A_PERSON_HELPS;
  }

  private void again(SyncRequest request, String cause, Duration atLeast) {
    if (threads.isShutdown()) {
      return;
    }
    agenda
        .putOff(request, atLeast)
        .ifPresent(
            at ->
                log.warn(
                    "Sync waits: reason=\"{}\" cause=\"{}\"; it goes on by itself: at={}",
                    request.reason(),
                    cause,
                    at));
  }

  /** Stops a sync that is under way, before its next meeting; the next start goes on with it. */
  @Override
  public void close() {
    threads.shutdownNow();
    try {
      if (!threads.awaitTermination(5, TimeUnit.SECONDS)) {
        log.warn("Sync did not end in time; the next start goes on with it");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    lastAlive.write(clock.instant());
  }
}
