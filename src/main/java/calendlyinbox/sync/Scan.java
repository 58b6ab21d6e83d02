package calendlyinbox.sync;

import calendlyinbox.calendly.ApiProblem;
import calendlyinbox.calendly.ApiResult;
import calendlyinbox.calendly.CalendlyApi;
import calendlyinbox.calendly.CurrentUser;
import calendlyinbox.calendly.Page;
import calendlyinbox.calendly.PageWalk;
import calendlyinbox.calendly.ScheduledEventQuery;
import calendlyinbox.calendly.Sighting;
import calendlyinbox.calendly.SubscriptionScope;
import calendlyinbox.events.Cause;
import calendlyinbox.events.LogText;
import calendlyinbox.store.DatabaseUnavailableException;
import calendlyinbox.sync.SyncRuns.Run;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One walk through the meetings of a range, in order of their start. Counted first, a page a call,
 * so that it can be said how long it takes; then looked at, a call or more each. A page that
 * Calendly cannot serve ends the counting, and the walk only where it stands: those before it are
 * looked at. Memory stays flat however many there are. For one thread, once.
 */
final class Scan {
  private static final Logger log = LoggerFactory.getLogger(Scan.class);

  /** By so much at most, when what is known of the difference is made up for. */
  private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);

  /** Whoever is skipped is missing until the next sync, which may be that of the next night. */
  private static final int TRIES = 2;

  /** Without a page there is no next one; each try at it is for less, and the third for one. */
  private static final int TRIES_AT_A_PAGE = 3;

  private final CalendlyApi api;
  private final SubscriptionScope scope;
  private final Merge merge;
  private final Optional<SyncRuns> runs;
  private final Clock clock;
  private final SyncWatcher watcher;
  private Tally tally = Tally.NONE;
  private Optional<Instant> position = Optional.empty();

  /** Which meeting was skipped last, and why. */
  private Optional<String> trouble = Optional.empty();

  /**
   * @param runs where progress is kept; empty for a dry run, which changes nothing
   */
  Scan(
      CalendlyApi api,
      SubscriptionScope scope,
      Merge merge,
      Optional<SyncRuns> runs,
      Clock clock,
      SyncWatcher watcher) {
    this.api = api;
    this.scope = scope;
    this.merge = merge;
    this.runs = runs;
    this.clock = clock;
    this.watcher = watcher;
  }

  SyncOutcome go(Run begun) throws DatabaseUnavailableException, IOException {
    tally = begun.tally();
    ApiResult<CurrentUser> user = api.currentUser();
    if (user.failure().isPresent()) {
      return stopped(user.failure().get());
    }
    CurrentUser owner = user.optional().orElseThrow();
    Run run = runs.isPresent() ? runs.get().of(whose(owner), begun) : begun;
    tally = run.tally();
    position = run.position();
    trouble = run.trouble();
    ApiResult<Long> total =
        run.total().map(ApiResult::ok).orElseGet(() -> count(meetings(owner, run)));
    if (total.failure().filter(this::concernsAll).isPresent()) {
      return stopped(total.failure().get());
    }
    if (runs.isPresent()) {
      runs.get().counted(run, total.optional());
    }
    watcher.began(tally, total.optional());
    Optional<ApiProblem> problem = walk(run, meetings(owner, run));
    return problem.map(this::stopped).orElseGet(() -> new SyncOutcome.Done(tally));
  }

  private Instant now() {
    return api.notAfter(clock.instant());
  }

  private SyncOutcome stopped(ApiProblem problem) {
    return new SyncOutcome.Stopped(problem, tally);
  }

  private String whose(CurrentUser user) {
    return scope == SubscriptionScope.ORGANIZATION
        ? "organization " + user.organization()
        : "user " + user.uri();
  }

  private MeetingList meetings(CurrentUser user, Run run) {
    Instant begin =
        run.position().map(at -> at.minus(MeetingList.OVERLAP)).orElse(run.range().from());
    return new MeetingList(from -> api.scheduledEvents(query(user, from, run.range().to())), begin);
  }

  private ScheduledEventQuery query(CurrentUser user, Instant from, Instant to) {
    return scope == SubscriptionScope.ORGANIZATION
        ? ScheduledEventQuery.ofOrganization(user.organization(), from, to)
        : ScheduledEventQuery.ofUser(user.uri(), from, to);
  }

  private static ApiResult<Long> count(MeetingList meetings) {
    long count = 0;
    while (meetings.hasNext()) {
      ApiResult<List<ObjectNode>> page = meetings.next();
      if (page.failure().isPresent()) {
        return ApiResult.failed(page.failure().get());
      }
      count += page.optional().map(List::size).orElse(0);
    }
    return ApiResult.ok(count);
  }

  private Optional<ApiProblem> walk(Run run, MeetingList meetings)
      throws DatabaseUnavailableException {
    int tries = 0;
    while (meetings.hasNext()) {
      Instant asked = now();
      ApiResult<List<ObjectNode>> page = meetings.next();
      if (page.failure().isPresent()) {
        ApiProblem problem = page.failure().get();
        tries++;
        if (tries == TRIES_AT_A_PAGE || !problem.passesWithTime() || concernsAll(problem)) {
          return Optional.of(problem);
        }
        continue;
      }
      tries = 0;
      for (ObjectNode event : page.optional().orElseThrow()) {
        Optional<ApiProblem> problem = look(new Sighting(asked, event));
        if (problem.isPresent()) {
          return problem;
        }
        Optional<Instant> start = timeIn(event, "start_time");
        if (runs.isPresent()) {
          runs.get().advance(run, start, tally, trouble);
        }
        watcher.at(tally);
        if (isBehindAll(start)) {
          position = start;
          watcher.movedOn();
        }
      }
    }
    return Optional.empty();
  }

  /**
   * A page of invitees after the other, each brought in before the next is asked for: how many a
   * group has there is no telling. Returns why the whole scan cannot go on, if it cannot.
   */
  private Optional<ApiProblem> look(Sighting listed) throws DatabaseUnavailableException {
    Map<String, String> marked = merge.marked(listed.uri(), now().minus(CLOCKS_DIFFER));
    ApiResult<PageWalk<ObjectNode>> invitees = api.invitees(listed.uri());
    if (invitees.failure().isPresent()) {
      return given(listed, invitees.failure().get());
    }
    PageWalk<ObjectNode> pages = invitees.optional().orElseThrow();
    Sighting sighting = listed;
    Set<String> told = new HashSet<>();
    int tries = 0;
    boolean whole = true;
    while (pages.hasNext()) {
      ApiResult<Page<ObjectNode>> page = pages.next();
      if (page.failure().isPresent()) {
        ApiProblem problem = page.failure().get();
        tries++;
        if (tries == TRIES || !problem.passesWithTime()) {
          return given(sighting, problem);
        }
        if (concernsAll(problem)) {
          return Optional.of(problem);
        }
        // It answers others, by now: what was the matter may have been a matter of seconds.
        continue;
      }
      tries = 0;
      List<ObjectNode> some = page.optional().orElseThrow().items();
      ApiResult<Sighting> current = asNewAs(some, sighting);
      if (current.failure().isPresent()) {
        return given(sighting, current.failure().get());
      }
      sighting = current.optional().orElseThrow();
      whole &= isMerged(new Observed(sighting, some, marked), told);
    }
    tally = whole ? tally.andLooked() : tally.andSkipped();
    return Optional.empty();
  }

  /**
   * @param told meetings that were told of with the pages before: a dry run finds them with each
   * @return false if its rows were refused
   */
  private boolean isMerged(Observed observed, Set<String> told)
      throws DatabaseUnavailableException {
    List<Change> changes;
    try {
      changes =
          merge.apply(observed, runs.isEmpty()).stream()
              .filter(change -> !change.table().equals("meeting") || told.add(change.id()))
              .toList();
    } catch (RuntimeException e) {
      // Its rows are refused, or we have a fault: the same at each go, and no matter of the others.
      String meeting = observed.sighting().uri();
      log.error(
          "Sync skipped a meeting: meeting={} cause={}; next: {}",
          LogText.of(meeting),
          e.getClass().getSimpleName(),
          runs.isPresent()
              ? "the run's last_error in sync_runs"
              : "./run.sh sync, whose last_error in sync_runs says more");
      noteTrouble(meeting, Cause.of(e));
      return false;
    }
    long events = changes.stream().filter(change -> change.table().equals("event")).count();
    tally = tally.andFound(changes.size() - events, events);
    if (!changes.isEmpty()) {
      watcher.found(changes);
    }
    return true;
  }

  /**
   * The page that the meeting was on is older than its invitees, by as long as the meetings before
   * it took. Who canceled in between must not stand in a claim beside the meeting as it was before:
   * their delivery, which tells of it as it is now, would be a duplicate.
   */
  private ApiResult<Sighting> asNewAs(List<ObjectNode> invitees, Sighting sighting) {
    Instant before = sighting.at().minus(CLOCKS_DIFFER);
    boolean changed =
        invitees.stream()
            .map(invitee -> timeIn(invitee, "updated_at"))
            .anyMatch(at -> at.filter(before::isBefore).isPresent());
    if (!changed) {
      return ApiResult.ok(sighting);
    }
    Instant asked = now();
    return api.scheduledEvent(sighting.uri())
        .then(event -> ApiResult.ok(new Sighting(asked, event)));
  }

  /** Returns why the whole scan cannot go on, if that is so; else this meeting alone is skipped. */
  private Optional<ApiProblem> given(Sighting sighting, ApiProblem problem) {
    if (concernsAll(problem)) {
      return Optional.of(problem);
    }
    log.warn(
        "Sync skipped a meeting: meeting={} cause=\"{}\"",
        LogText.of(sighting.uri()),
        problem.sentence());
    tally = tally.andSkipped();
    noteTrouble(sighting.uri(), problem.sentence());
    return Optional.empty();
  }

  private void noteTrouble(String meeting, String cause) {
    trouble = Optional.of(SyncRuns.SKIPPED + meeting + ": " + cause);
  }

  /**
   * A meeting that Calendly will not show, or of which it only ever shows rubbish, must not keep
   * those behind it waiting for ever.
   */
  private boolean concernsAll(ApiProblem problem) {
    if (problem instanceof ApiProblem.Unauthorized || problem instanceof ApiProblem.RateLimited) {
      return true;
    }
    if (problem instanceof ApiProblem.Forbidden forbidden) {
      return !forbidden.requiredScopes().isEmpty() || forbidden.upgradeNeeded();
    }
    return problem.passesWithTime() && api.currentUser().failure().isPresent();
  }

  /** Meetings of the overlap are looked at again at each go; that brings nobody further. */
  private boolean isBehindAll(Optional<Instant> start) {
    return start.isPresent() && position.filter(at -> !at.isBefore(start.get())).isEmpty();
  }

  static Optional<Instant> timeIn(ObjectNode resource, String field) {
    try {
      return Optional.of(Instant.parse(resource.path(field).asText()));
    } catch (DateTimeException notATime) {
      return Optional.empty();
    }
  }
}
