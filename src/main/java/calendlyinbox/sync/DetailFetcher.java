package calendlyinbox.sync;

import calendlyinbox.calendly.ApiProblem;
import calendlyinbox.calendly.ApiResult;
import calendlyinbox.calendly.CalendlyApi;
import calendlyinbox.calendly.Sighting;
import calendlyinbox.events.Cause;
import calendlyinbox.events.LogText;
import calendlyinbox.events.RetrySchedule;
import calendlyinbox.meetings.Mirror;
import calendlyinbox.meetings.Sightings;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import calendlyinbox.sync.DetailRows.Wish;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Closeable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the scheduled events that payloads did not tell all of, and merges them like any other
 * description. One thread of its own, so however slow Calendly is, nothing else waits; no
 * transaction is open while it asks. What is wanted stands in a table and survives a crash.
 */
public final class DetailFetcher implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(DetailFetcher.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(500);
  private static final Duration ONLY_A_PERSON_HELPS = Duration.ofHours(1);
  private static final Duration LONGEST_WAIT = Duration.ofHours(12);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  /**
   * Short: on a full disk reading goes through, and only who tries to write knows that it lasts.
   */
  private static final Duration PAUSE_FOR_DATABASE = Duration.ofSeconds(2);

  /** What Calendly answered is held for so long; by then it may be true no more. */
  private static final Duration LONGEST_HELD = Duration.ofMinutes(10);

  private static final int AT_ONCE = 20;

  private final CalendlyApi api;
  private final Database database;
  private final Clock clock;
  private final RetrySchedule schedule;
  private final Mirror mirror = new Mirror();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "details");
            made.setDaemon(true);
            return made;
          });

  // Of the thread alone.
  private boolean hurried;
  private int failures;
  private Instant pausedUntil = Instant.MIN;
  private Optional<Answered> unwritten = Optional.empty();

  /**
   * What Calendly answered: it is not asked again at once because the database did not take it.
   *
   * @param at when it was asked, by our clock
   * @param asked the same by Calendly's
   */
  private record Answered(Wish wish, Instant at, Instant asked, ApiResult<ObjectNode> answer) {
    /** Not by a clock that was set back since. */
    boolean isStillHeld(Instant now) {
      return !now.isBefore(at) && now.isBefore(at.plus(LONGEST_HELD));
    }
  }

  public DetailFetcher(CalendlyApi api, Database database, RandomGenerator random, Clock clock) {
    this.api = api;
    this.database = database;
    this.schedule = new RetrySchedule(random);
    this.clock = clock;
  }

  /** Begins with what is wanted already, and goes on with what will be. Returns at once. */
  public void start() {
    thread.scheduleWithFixedDelay(this::run, 0, LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Fetches what is due now. */
  void run() {
    try {
      if (isPaused(clock.instant())) {
        return;
      }
      List<Wish> due = due();
      Instant now = clock.instant();
      unwritten = unwritten.filter(one -> due.contains(one.wish()) && one.isStillHeld(now));
      for (Wish wish : due) {
        boolean goesOn = tried(wish);
        if (!goesOn || thread.isShutdown()) {
          return;
        }
      }
    } catch (DatabaseUnavailableException e) {
      // Reported by the database, once a minute; the wishes wait, and what was answered with them.
      log.debug("Details wait for the database: reason={}", e.word());
      pausedUntil = clock.instant().plus(PAUSE_FOR_DATABASE);
    } catch (RuntimeException | Error e) {
      log.error("Details stopped at an event; they go on", e);
      pausedUntil = clock.instant().plus(LONGEST_PAUSE);
    }
  }

  /** A pause that is farther off than any is long was made by a clock that was set back since. */
  private boolean isPaused(Instant now) {
    return now.isBefore(pausedUntil) && !pausedUntil.isAfter(now.plus(LONGEST_PAUSE));
  }

  private List<Wish> due() throws DatabaseUnavailableException {
    Instant now = clock.instant();
    return database.write(
        handle -> {
          DetailRows rows = new DetailRows(handle);
          if (!hurried) {
            rows.hurry(now);
            hurried = true;
          }
          return rows.due(now, AT_ONCE);
        });
  }

  /** What goes wrong with one of them holds up nobody else. */
  private boolean tried(Wish wish) throws DatabaseUnavailableException {
    try {
      return fetch(wish);
    } catch (RuntimeException e) {
      Instant next = later(wish, clock.instant());
      database.write(
          handle -> {
            new DetailRows(handle).failed(wish, Cause.of(e), Optional.of(next));
            return null;
          });
      unwritten = Optional.empty();
      log.error(
          "Meeting details not saved: meeting={} cause={} next_at={}; next: its last_error in detail_fetches",
          LogText.of(wish.meeting()),
          e.getClass().getSimpleName(),
          next);
      return true;
    }
  }

  /** Returns whether the others may be tried too. */
  private boolean fetch(Wish wish) throws DatabaseUnavailableException {
    Answered answered = unwritten.filter(one -> one.wish().equals(wish)).orElseGet(() -> ask(wish));
    if (thread.isShutdown()) {
      return false;
    }
    unwritten = Optional.of(answered);
    boolean goesOn = write(answered);
    unwritten = Optional.empty();
    return goesOn;
  }

  private Answered ask(Wish wish) {
    Instant at = clock.instant();
    ApiResult<ObjectNode> answer = api.scheduledEvent(wish.meeting());
    return new Answered(wish, at, api.notAfter(at), answer);
  }

  private boolean write(Answered answered) throws DatabaseUnavailableException {
    Optional<ObjectNode> json = answered.answer().optional();
    if (json.isEmpty()) {
      return refused(answered.wish(), answered.answer().failure().orElseThrow());
    }
    take(answered.wish(), new Sighting(answered.asked(), json.get()));
    failures = 0;
    return true;
  }

  private void take(Wish wish, Sighting sighting) throws DatabaseUnavailableException {
    int looks = wish.looks() + (wish.link() ? 1 : 0);
    Instant now = clock.instant();
    Optional<Instant> next = LinkLooks.next(wish.since(), looks, now);
    Optional<Boolean> linkOnItsWay =
        database.write(
            handle -> {
              DetailRows rows = new DetailRows(handle);
              if (!rows.has(wish)) {
                // Purged, or of one who was forgotten, while Calendly was asked.
                return Optional.empty();
              }
              mirror.describe(handle, sighting.event(), sighting.identity());
              new Sightings(handle).keep(sighting);
              // Asked of the row: by a clock that is behind, the sighting may be before what the
              // webhook told, and its link not in force.
              boolean onItsWay = rows.isLinkOnItsWay(wish);
              if (!onItsWay) {
                rows.fulfilled(wish);
              } else if (next.isPresent()) {
                rows.lookAgain(wish, looks, next.get());
              } else {
                rows.failed(
                    wish, "the conference link was not made within an hour", Optional.empty());
              }
              return Optional.of(onItsWay);
            });
    linkOnItsWay.ifPresent(
        onItsWay ->
            log.info(
                "Meeting details saved: meeting={} link_on_its_way={}",
                LogText.of(wish.meeting()),
                onItsWay));
  }

  private boolean refused(Wish wish, ApiProblem problem) throws DatabaseUnavailableException {
    Optional<Instant> next = isFinal(problem) ? Optional.empty() : Optional.of(next(wish, problem));
    database.write(
        handle -> {
          new DetailRows(handle).failed(wish, problem.sentence(), next);
          return null;
        });
    log.warn(
        "Meeting details not fetched: meeting={} cause=\"{}\" next_at={}; the booking stands as its webhook told it",
        LogText.of(wish.meeting()),
        problem.sentence(),
        next.map(Instant::toString).orElse("never"));
    if (next.isPresent()) {
      // The others would most likely fare the same.
      failures++;
      Instant now = clock.instant();
      Instant latest = now.plus(LONGEST_PAUSE);
      pausedUntil = schedule.next(failures, now).filter(latest::isAfter).orElse(latest);
    }
    return next.isEmpty();
  }

  /**
   * It concerns this event alone, and asking again would give the same. What may be had some day
   * all the same, the nightly sync brings.
   */
  private static boolean isFinal(ApiProblem problem) {
    if (problem instanceof ApiProblem.Forbidden forbidden) {
      return forbidden.requiredScopes().isEmpty() && !forbidden.upgradeNeeded();
    }
    return problem instanceof ApiProblem.NotFound
        || problem instanceof ApiProblem.ForeignUri
        || problem instanceof ApiProblem.TooLarge
        || problem instanceof ApiProblem.Invalid;
  }

  private Instant next(Wish wish, ApiProblem problem) {
    Instant now = clock.instant();
    if (problem instanceof ApiProblem.RateLimited limited) {
      return now.plus(limited.retryAfter());
    }
    return problem.passesWithTime() ? later(wish, now) : now.plus(ONLY_A_PERSON_HELPS);
  }

  private Instant later(Wish wish, Instant now) {
    return schedule.next(wish.attempts() + 1, now).orElse(now.plus(LONGEST_WAIT));
  }

  /** Ends at once; a call that is under way is given up, and what it was for is still wanted. */
  @Override
  public void close() {
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(5, TimeUnit.SECONDS)) {
        log.warn("Fetching details did not end in time; the next start goes on with it");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
