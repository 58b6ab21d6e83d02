package calendlyinbox.subscriptions;

import calendlyinbox.calendly.ApiProblem;
import calendlyinbox.calendly.ApiProblem.Conflict;
import calendlyinbox.calendly.ApiProblem.Forbidden;
import calendlyinbox.calendly.ApiProblem.Invalid;
import calendlyinbox.calendly.ApiProblem.Uncertain;
import calendlyinbox.calendly.ApiResult;
import calendlyinbox.calendly.CalendlyApi;
import calendlyinbox.calendly.CalendlyTime;
import calendlyinbox.calendly.CurrentUser;
import calendlyinbox.calendly.NewSubscription;
import calendlyinbox.calendly.TokenScope;
import calendlyinbox.calendly.WebhookSubscription;
import calendlyinbox.delivery.KeyFingerprint;
import calendlyinbox.delivery.SigningKey;
import calendlyinbox.subscriptions.Finding.State;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One comparison of what is wanted with what is, and what it takes to make them equal. Made before
 * broken: an old subscription is deleted only when its successor exists and is written down. What
 * is asked for is written down before it is asked, so that a crash or a lost answer leaves nothing
 * that the next look would not know. For one thread, once.
 */
final class Look {
  private static final int ROUNDS = 6;
  private static final int CONFLICTS_BEFORE_DELETING = 2;

  /** Whoever loses two answers running is left alone until the next look. */
  private static final int LOST_ANSWERS = 2;

  private final CalendlyApi api;
  private final WantedSubscription wanted;
  private final List<SigningKey> keys;
  private final CurrentUser user;
  private final SubscriptionFile file;
  private final Creations creations;
  private final Cleaning cleaning;
  private final Steps steps;
  private final Refusal refusal;
  private final Reasons reasons;

  private SubscriptionRecord record;
  private List<String> events;
  private Optional<ApiProblem> lastProblem = Optional.empty();
  private Ours lastSeen = new Ours(List.of(), Optional.empty());
  private int conflicts;
  private int lostAnswers;

  /**
   * @param keys those in force, newest first
   * @param allEvents try for all events, also for those that Calendly refused the last time
   * @param creations of this look and those before it
   */
  Look(
      CalendlyApi api,
      WantedSubscription wanted,
      List<SigningKey> keys,
      CurrentUser user,
      SubscriptionFile file,
      SubscriptionRecord record,
      boolean allEvents,
      Creations creations,
      Clock clock,
      Steps steps) {
    this.creations = creations;
    this.api = api;
    this.wanted = wanted;
    this.keys = keys;
    this.user = user;
    this.file = file;
    this.record = record;
    this.cleaning = new Cleaning(api, clock, steps);
    this.steps = steps;
    this.refusal = new Refusal(wanted.scope());
    this.reasons = new Reasons(wanted, steps);
    this.events = allEvents ? wanted.events() : eventsOfTheLastTime();
  }

  /**
   * @throws IOException if what is to be asked for could not be written down; then it was not asked
   */
  Finding run() throws IOException {
    for (int round = 0; round < ROUNDS && !Thread.currentThread().isInterrupted(); round++) {
      ApiResult<Ours> found = Ours.read(api, user, wanted, record);
      if (found.failure().isPresent()) {
        return refusal.finding(found.failure().get());
      }
      lastSeen = found.optional().orElseThrow();
      List<WebhookSubscription> ours = lastSeen.all();
      Judge judge = judge(events);
      Optional<WebhookSubscription> good =
          ours.stream().filter(one -> judge.fault(one).isEmpty()).findFirst();
      if (good.isPresent()) {
        creations.seen(good.get());
        return stands(good.get(), judge, ours, false);
      }
      if (lostAnswers == LOST_ANSWERS) {
        break;
      }
      Optional<Instant> notBefore = creations.notBefore();
      if (notBefore.isPresent()) {
        return tooSoon(notBefore.get(), judge, ours);
      }
      Optional<Finding> end = create(judge, ours);
      if (end.isPresent()) {
        return end.get();
      }
    }
    return notMade();
  }

  private Optional<Finding> create(Judge judge, List<WebhookSubscription> found)
      throws IOException {
    if (lastProblem.isEmpty() && found.stream().noneMatch(this::isAsTheLastTime)) {
      reasons.tell(judge, lastSeen, record);
    }
    List<WebhookSubscription> ours =
        conflicts < CONFLICTS_BEFORE_DELETING ? found : cleaning.makeRoom(judge, found);
    Registration intent = intent(ours);
    save(record.withIntent(intent));
    ApiResult<WebhookSubscription> made =
        api.createSubscription(
            new NewSubscription(
                intent.callbackUrl(),
                events,
                wanted.scope(),
                user.organization(),
                Optional.of(user.uri()),
                keys.get(0).value()));
    if (made.failure().isEmpty()) {
      WebhookSubscription one = made.optional().orElseThrow();
      creations.made(one);
      steps.done(
          "Subscription created: uri="
              + one.uri()
              + " callback="
              + intent.callbackUrl()
              + " scope="
              + wanted.scope().text()
              + " events="
              + String.join(",", events));
      return succeeds(one, ours, judge);
    }
    lastProblem = made.failure();
    return refused(made.failure().get(), judge);
  }

  /**
   * That Calendly says "created" is not enough where there is one that delivers, or may do so
   * without being shown to us: it goes, or is forgotten, only when its successor is shown, and as
   * it was asked for. Until then that one is merely asked for, so that the next list decides; one
   * that is shown otherwise goes at once, or they would become many.
   */
  private Optional<Finding> succeeds(
      WebhookSubscription made, List<WebhookSubscription> ours, Judge judge) throws IOException {
    if (lastSeen.hidden().isPresent() || ours.stream().anyMatch(judge::delivers)) {
      Optional<WebhookSubscription> shown = api.subscription(made.uri()).optional();
      if (shown.isEmpty()) {
        return Optional.empty();
      }
      // The judge of before does not know yet what was asked for.
      Optional<String> fault = judge(events).fault(shown.get());
      if (fault.isPresent()) {
        cleaning.remove(made, "it is not as it was asked for: " + fault.get());
        creations.shownOtherwise(fault.get());
        return Optional.of(
            Finding.trouble(
                State.REFUSED,
                "Calendly shows the new subscription otherwise than asked for: "
                    + fault.get()
                    + "; the one before goes on, and a new one is asked for again by itself; next: look at ./run.sh subscriptions"));
      }
    }
    return Optional.of(stands(made, judge, ours, true));
  }

  /** Empty: it is worth another round. */
  private Optional<Finding> refused(ApiProblem problem, Judge judge) {
    if (problem instanceof Conflict) {
      conflicts++;
      return Optional.empty();
    }
    if (problem instanceof Uncertain) {
      lostAnswers++;
      steps.warning(
          "Subscription asked for, and the answer lost: cause=\"" + problem.sentence() + "\"");
      return Optional.empty();
    }
    if (problem instanceof Forbidden forbidden && !forbidden.requiredScopes().isEmpty()) {
      List<TokenScope> lacking = EventScopes.lacking(forbidden, events, api, user);
      List<String> left =
          events.stream().filter(event -> !lacking.contains(EventScopes.of(event))).toList();
      if (!lacking.isEmpty() && !left.isEmpty() && !endsBookings(left, judge)) {
        reasons.leftOut(events, lacking);
        events = left;
        return Optional.empty();
      }
    }
    if (problem instanceof Forbidden || problem instanceof Invalid) {
      Optional<WebhookSubscription> asBefore =
          lastSeen.all().stream().filter(this::isAsTheLastTime).findFirst();
      if (asBefore.isPresent()) {
        reasons.stays(asBefore.get(), events, problem);
        return Optional.of(
            Standing.of(asBefore.get(), wanted, asBefore.get().events(), true, cleaning.now()));
      }
    }
    return Optional.of(notMade());
  }

  /** One without bookings is better than none, but not than one that delivers them. */
  private boolean endsBookings(List<String> without, Judge judge) {
    return !WantedSubscription.tellsOfBookings(without)
        && lastSeen.all().stream()
            .anyMatch(
                one -> WantedSubscription.tellsOfBookings(one.events()) && judge.delivers(one));
  }

  /** The one subscription is known: it is written down, and the others of ours go. */
  private Finding stands(
      WebhookSubscription good, Judge judge, List<WebhookSubscription> ours, boolean created)
      throws IOException {
    List<WebhookSubscription> others =
        ours.stream().filter(one -> !one.uri().equals(good.uri())).toList();
    Registration registration =
        created
            ? record.intent().orElseThrow().known(good.uri())
            : judge.registration(good).orElseThrow().known(good.uri());
    boolean adopted = !created && !record.current().equals(Optional.of(registration));
    if (adopted) {
      steps.done("Subscription found that was asked for earlier: uri=" + good.uri());
    }
    if (created || adopted) {
      save(cleaning.retire(record, keys).withCurrent(registration));
    } else if (record.intent().isPresent()) {
      save(record.withoutIntent());
    }
    boolean clean = cleaning.delete(others, judge, good);
    if (!others.isEmpty()) {
      save(cleaning.keepLonger(record));
    }
    return Standing.of(good, wanted, events, clean, cleaning.now());
  }

  /**
   * What was asked for without an answer is asked for again with the same address, which Calendly
   * takes only once; anything else gets an address of its own.
   */
  private Registration intent(List<WebhookSubscription> ours) {
    boolean taken = lastProblem.filter(Conflict.class::isInstance).isPresent();
    Optional<Registration> open =
        record
            .intent()
            .filter(one -> !taken && wanted.isOurs(one.callbackUrl()))
            .filter(one -> ours.stream().noneMatch(o -> o.callbackUrl().equals(one.callbackUrl())))
            .filter(one -> one.key().matches(keys.get(0)));
    return new Registration(
        "",
        open.map(Registration::callbackUrl).orElseGet(wanted::newCallback),
        open.map(Registration::key).orElseGet(() -> KeyFingerprint.of(keys.get(0))),
        events);
  }

  private Finding tooSoon(Instant notBefore, Judge judge, List<WebhookSubscription> ours) {
    String cause =
        creations
            .otherwise()
            .or(() -> ours.stream().filter(creations::isLatest).findFirst().flatMap(judge::fault))
            .map(fault -> "Calendly shows the subscription otherwise than asked for: " + fault)
            .orElse(
                "Calendly answered that it made subscriptions, and shows none of them, or somebody deletes them, as another"
                    + " server with the same PUBLIC_URL would");
    return Finding.trouble(
        State.REFUSED,
        cause
            + "; the next one is asked for at "
            + CalendlyTime.text(notBefore)
            + "; next: look at ./run.sh subscriptions");
  }

  private Finding notMade() {
    ApiProblem problem = lastProblem.orElse(new ApiProblem.Unreachable("interrupted", true));
    Finding finding = refusal.finding(problem);
    boolean disabled =
        !lastSeen.all().isEmpty() && lastSeen.all().stream().noneMatch(WebhookSubscription::active);
    return disabled && finding.saysNothing()
        ? Finding.trouble(State.DISABLED, finding.sentence())
        : finding;
  }

  /** Events that Calendly refused are not asked for at every look. */
  private List<String> eventsOfTheLastTime() {
    return record
        .current()
        .map(Registration::events)
        .filter(had -> !had.isEmpty() && wanted.events().containsAll(had))
        .orElseGet(wanted::events);
  }

  /**
   * It lacks nothing but events that were refused: it is replaced only if they are not any more.
   */
  private boolean isAsTheLastTime(WebhookSubscription one) {
    return judge(eventsOfTheLastTime()).fault(one).isEmpty();
  }

  private Judge judge(List<String> asked) {
    return new Judge(wanted.scope(), user, asked, keys, record);
  }

  private void save(SubscriptionRecord next) throws IOException {
    if (!next.equals(record)) {
      file.write(next);
      record = next;
    }
  }
}
