package calendlyinbox.calendly;

import calendlyinbox.calendly.ApiProblem.NotFound;
import calendlyinbox.calendly.TokenScope.Sight;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calendly's API v2, as far as an inbox needs it. Every call blocks until its outcome is known: 30
 * s at most with all its tries, and up to 90 s more where the rate limit is used up (see {@link
 * ApiSettings}). Refusals and outages are values. What may be repeated is repeated, with growing
 * pauses. The rate limit is kept by all calls of this object together; a scan should go through
 * {@link #inBackground}, which leaves the way free for calls somebody waits for.
 *
 * <p>Resources are named by the URIs Calendly gave them. A URI that is not on Calendly's API is not
 * followed: the token goes nowhere but to the configured base. Scheduled events and invitees come
 * back as the JSON Calendly sent.
 *
 * <p>Safe for concurrent use.
 */
public final class CalendlyApi {
  private static final Logger LOG = LoggerFactory.getLogger(CalendlyApi.class);
  private static final String SUBSCRIPTIONS = "/webhook_subscriptions";

  private final ApiBase base;
  private final Caller caller;
  private final ApiSettings settings;
  private final Priority priority;

  /**
   * @param base {@code https://api.calendly.com}, or another for tests
   * @throws IllegalArgumentException if the base is not an absolute http(s) address
   */
  public CalendlyApi(URI base, ApiToken token, Clock clock) {
    this(base, token, clock, Sleeper.real(), new Random(), ApiSettings.standard());
  }

  /**
   * @param sleeper how calls wait
   * @param random jitter of the pauses between tries
   */
  public CalendlyApi(
      URI base,
      ApiToken token,
      Clock clock,
      Sleeper sleeper,
      RandomGenerator random,
      ApiSettings settings) {
    this(base, token, clock, sleeper, random, settings, LOG);
  }

  CalendlyApi(
      URI base,
      ApiToken token,
      Clock clock,
      Sleeper sleeper,
      RandomGenerator random,
      ApiSettings settings,
      Logger log) {
    this.base = new ApiBase(base);
    this.settings = settings;
    this.priority = Priority.FOREGROUND;
    this.caller =
        new Caller(
            new HttpExchange(this.base, token, settings, clock),
            new Throttle(clock),
            new Backoff(settings.firstBackoff(), settings.longestBackoff(), random),
            sleeper,
            clock,
            token,
            settings,
            log);
  }

  private CalendlyApi(CalendlyApi other, Priority priority) {
    this.base = other.base;
    this.caller = other.caller;
    this.settings = other.settings;
    this.priority = priority;
  }

  /**
   * The same API for work nobody waits for. Its calls take a tenth of the rate limit at most while
   * there are other calls within the same minute, half of it otherwise, and never the last fifth.
   */
  public CalendlyApi inBackground() {
    return new CalendlyApi(this, Priority.BACKGROUND);
  }

  /** Sets who is told what becomes of each request, retries too. */
  public void onCall(ApiCalls listener) {
    caller.onCall(listener);
  }

  /** Whose token this is. Token scope users:read. */
  public ApiResult<CurrentUser> currentUser() {
    return call(ApiRequest.get("/users/me"), Decoder.resource(CurrentUser::from));
  }

  /**
   * The user's role in the current organization; {@link NotFound} when Calendly lists none. Scope
   * organizations:read.
   */
  public ApiResult<OrganizationMembership> membership(CurrentUser user) {
    ApiRequest request =
        ApiRequest.get("/organization_memberships")
            .with("user", user.uri())
            .with("organization", user.organization());
    return call(request, Decoder.page(OrganizationMembership::from))
        .then(
            page ->
                page.items().stream()
                    .filter(one -> one.organization().equals(user.organization()))
                    .findFirst()
                    .map(ApiResult::ok)
                    .orElseGet(
                        () ->
                            ApiResult.failed(new NotFound("no membership in this organization"))));
  }

  /** Calendly's clock beside ours. Needs no valid token: the refusal has a date too. */
  public ApiResult<ClockReading> calendlyTime() {
    return call(ApiRequest.get("/users/me"), ClockReading.DECODER);
  }

  /**
   * A moment of our clock by Calendly's, as its last answer showed it, or before that: for what
   * Calendly shows to be weighed against what it wrote. Of a clock that is behind nothing is made
   * up for: should it be set right, the moment is too early then, never too late.
   */
  public Instant notAfter(Instant ours) {
    Duration lead = caller.lead();
    return lead.isNegative() ? ours : ours.minus(lead);
  }

  /**
   * A moment of our clock by Calendly's, as its last answer showed it, or after that: for what must
   * not end too early, whichever of the two clocks is behind and set right meanwhile.
   */
  public Instant notBefore(Instant ours) {
    Duration lead = caller.lead();
    return lead.isNegative() ? ours.minus(lead) : ours;
  }

  /** Whether the token has the scope, found out by a call that changes nothing. */
  public Sight sightOf(TokenScope scope, CurrentUser user) {
    return TokenScopeProbe.sight(
        scope, call(TokenScopeProbe.request(scope, user), Decoder.done(scope)));
  }

  /**
   * Creates a subscription. It is sent again only when Calendly certainly did not act on it; when
   * the answer was lost the outcome is {@link ApiProblem.Uncertain} and the caller looks into
   * {@link #subscriptions}. {@link ApiProblem.Conflict}: another subscription has this callback
   * URL. Token scopes webhooks:write and those of the events.
   */
  public ApiResult<WebhookSubscription> createSubscription(NewSubscription wanted) {
    return call(
        ApiRequest.create(SUBSCRIPTIONS, wanted.json()),
        Decoder.resource(WebhookSubscription::from));
  }

  /**
   * All subscriptions of that scope, through all pages. Those of other scopes are not in the list,
   * nor are any without a uri. Token scope webhooks:read.
   *
   * @param user needed for {@link SubscriptionScope#USER}
   */
  public ApiResult<List<WebhookSubscription>> subscriptions(
      SubscriptionScope scope, String organization, Optional<String> user) {
    ApiRequest request =
        ApiRequest.get(SUBSCRIPTIONS)
            .with("organization", organization)
            .with("user", scope == SubscriptionScope.USER ? user : Optional.empty())
            .with("scope", scope.text());
    return walk(request, ResourceReader::json, Optional.empty())
        .toTheEnd()
        .map(WebhookSubscription::listed);
  }

  public ApiResult<WebhookSubscription> subscription(String uri) {
    return at(uri, Resource.SUBSCRIPTION)
        .then(path -> call(ApiRequest.get(path), Decoder.resource(WebhookSubscription::from)));
  }

  /** Afterwards it is gone, whoever deleted it. Token scope webhooks:write. */
  public ApiResult<Deletion> deleteSubscription(String uri) {
    ApiResult<Deletion> result =
        at(uri, Resource.SUBSCRIPTION)
            .then(path -> call(ApiRequest.delete(path), Decoder.done(Deletion.DELETED)));
    return result.failure().orElse(null) instanceof NotFound
        ? ApiResult.ok(Deletion.WAS_GONE)
        : result;
  }

  /**
   * The scheduled events of a query, a page of 100 a call, or fewer where they are large. Token
   * scope scheduled_events:read. One without a uri, of which nothing can be asked, spoils no page:
   * it is among them.
   */
  public PageWalk<ObjectNode> scheduledEvents(ScheduledEventQuery query) {
    return scheduledEvents(query, Optional.empty());
  }

  /**
   * Goes on where a walk of the same query stood.
   *
   * @param position as {@link PageWalk#position} told it; Calendly refuses one that is too old as
   *     {@link ApiProblem.Invalid}
   */
  public PageWalk<ObjectNode> scheduledEvents(
      ScheduledEventQuery query, Optional<String> position) {
    return walk(query.request(), ResourceReader::json, position);
  }

  public ApiResult<ObjectNode> scheduledEvent(String uri) {
    return at(uri, Resource.SCHEDULED_EVENT)
        .then(path -> call(ApiRequest.get(path), asked(path, Resource.SCHEDULED_EVENT)));
  }

  /**
   * The invitees of a scheduled event, active and canceled, in pages like those. One without a uri
   * spoils no page: it is among them.
   */
  public ApiResult<PageWalk<ObjectNode>> invitees(String scheduledEventUri) {
    return at(scheduledEventUri, Resource.SCHEDULED_EVENT)
        .map(
            path ->
                walk(ApiRequest.get(path + "/invitees"), ResourceReader::json, Optional.empty()));
  }

  public ApiResult<ObjectNode> invitee(String uri) {
    return at(uri, Resource.INVITEE)
        .then(path -> call(ApiRequest.get(path), asked(path, Resource.INVITEE)));
  }

  private <T> ApiResult<T> call(ApiRequest request, Decoder<T> decoder) {
    return caller.call(request, priority, decoder);
  }

  private <T> PageWalk<T> walk(ApiRequest list, Decoder.Item<T> item, Optional<String> from) {
    FittingPages<T> pages = new FittingPages<>(list, request -> call(request, Decoder.page(item)));
    return new PageWalk<>(pages, from, settings.maxPages());
  }

  /** The resource as Calendly wrote it; an answer that tells of another one is rubbish. */
  private Decoder<ObjectNode> asked(String path, Resource kind) {
    return Decoder.resource(
        json -> {
          ObjectNode raw = Decoder.raw(json);
          if (!base.pathOf(json.text("uri"), kind).equals(Optional.of(path))) {
            throw new MalformedAnswerException("another resource than was asked for");
          }
          return raw;
        });
  }

  private ApiResult<String> at(String uri, Resource kind) {
    return base.pathOf(uri, kind)
        .map(ApiResult::ok)
        .orElseGet(() -> ApiResult.failed(ApiBase.foreign(uri, kind)));
  }
}
