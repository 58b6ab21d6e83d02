package calendlyinbox.calendly;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;

/**
 * A Calendly to test against, over real HTTP: an account, its webhook subscriptions, scheduled
 * events and invitees, with the API's checks, refusals, paging and rate limit; and the other
 * direction, signed deliveries to the callbacks that were subscribed. It keeps state, so what was
 * created is listed, and what was deleted is gone. Faults are planned with {@link #faults}. Safe
 * for concurrent use.
 */
public final class FakeCalendly implements AutoCloseable {
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final MockWebServer server = new MockWebServer();
  private final Clock clock;
  private final FakeAccount account = new FakeAccount();
  private final FakePaging paging = new FakePaging();
  private final FakeFaults faults = new FakeFaults();
  private final FakeRateLimit rateLimit;
  private final FakeSubscriptions subscriptions;
  private final FakeBookings bookings;
  private final FakeScheduledEvents scheduledEvents;
  private final WebhookSender sender;
  private final List<RecordedCall> calls = new CopyOnWriteArrayList<>();
  private final List<Undelivered> undelivered = new CopyOnWriteArrayList<>();
  private volatile Duration answersAfter = Duration.ZERO;
  private volatile Duration clockAhead = Duration.ZERO;

  private record Undelivered(FakeSubscription to, WebhookMessage message) {}

  private FakeCalendly(Clock clock) {
    this.clock = clock;
    this.rateLimit = new FakeRateLimit(clock);
    this.subscriptions = new FakeSubscriptions(account, paging, clock);
    this.bookings = new FakeBookings(account, clock);
    this.scheduledEvents = new FakeScheduledEvents(account, bookings, paging);
    this.sender = new WebhookSender(clock);
  }

  public static FakeCalendly start(Clock clock) {
    FakeCalendly fake = new FakeCalendly(clock);
    fake.server.setServerSocketFactory(new PromptSockets());
    fake.server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return fake.dispatch(request);
          }
        });
    try {
      fake.server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return fake;
  }

  /**
   * What CALENDLY_API_URL is to be. Ids in answers are on https://api.calendly.com all the same.
   */
  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getPort());
  }

  public FakeAccount account() {
    return account;
  }

  public FakeSubscriptions subscriptions() {
    return subscriptions;
  }

  public FakeBookings bookings() {
    return bookings;
  }

  public FakePaging paging() {
    return paging;
  }

  public FakeFaults faults() {
    return faults;
  }

  public FakeRateLimit rateLimit() {
    return rateLimit;
  }

  /** From now on every answer takes that long, in real time. */
  public void answersAfter(Duration delay) {
    answersAfter = delay;
  }

  /** The Date header runs ahead of the clock by that much. */
  public void clockIsAhead(Duration by) {
    clockAhead = by;
  }

  /** Every request so far, in order of arrival. */
  public List<RecordedCall> calls() {
    return List.copyOf(calls);
  }

  /** {@code GET /users/me}, one line a request. */
  public List<String> lines() {
    return calls.stream().map(RecordedCall::line).toList();
  }

  /** Delivers to every active subscription that wants to hear of it, one after the other. */
  public List<Receipt> deliver(WebhookMessage message) {
    return subscriptions.all().stream()
        .filter(one -> one.covers(message))
        .map(one -> attempt(new Undelivered(one, message)))
        .toList();
  }

  public List<Receipt> deliver(Collection<WebhookMessage> messages) {
    return messages.stream().flatMap(message -> deliver(message).stream()).toList();
  }

  /**
   * Tries once more whatever was not accepted; a subscription that has failed for 24 hours is
   * disabled.
   */
  public List<Receipt> retryUndelivered() {
    List<Undelivered> again = new ArrayList<>(undelivered);
    undelivered.removeAll(again);
    return again.stream().filter(one -> one.to().active()).map(this::attempt).toList();
  }

  @Override
  public void close() {
    server.close();
  }

  private Receipt attempt(Undelivered delivery) {
    Receipt receipt = sender.send(delivery.to(), delivery.message());
    if (receipt.accepted()) {
      delivery.to().delivered();
    } else {
      delivery.to().failed(clock.instant());
      undelivered.add(delivery);
    }
    return receipt;
  }

  private MockResponse dispatch(RecordedRequest request) {
    RecordedCall call = RecordedCall.of(request, clock.instant());
    calls.add(call);
    Optional<Fault> fault = faults.strike(call);
    FakeAnswer answer = FakeAnswer.json(200, FakeJson.object());
    if (fault.isEmpty() || fault.get().done()) {
      answer = rateLimit.headers(judged(call));
    }
    answer = answer.with("Date", date());
    if (fault.isPresent()) {
      return fault.get().spoil(answer, url() + "/elsewhere");
    }
    MockResponse.Builder response = answer.toResponse();
    return response.headersDelay(answersAfter.toMillis(), TimeUnit.MILLISECONDS).build();
  }

  private synchronized FakeAnswer judged(RecordedCall call) {
    if (!rateLimit.admits()) {
      return FakeAnswer.error(429, "Too Many Requests", "Rate limit exceeded");
    }
    return account.refusal(call).orElseGet(() -> answered(call));
  }

  private FakeAnswer answered(RecordedCall call) {
    List<String> path = Arrays.asList(call.path().substring(1).split("/"));
    String shape = call.method() + " " + path.get(0) + " " + path.size();
    return switch (shape) {
      case "GET users 2" -> needing("users:read", account.me());
      case "GET organization_memberships 1" ->
          needing("organizations:read", account.memberships(call));
      case "GET routing_forms 1" -> needing("routing_forms:read", paging.page(call, List.of()));
      case "POST webhook_subscriptions 1" -> subscriptions.create(call);
      case "GET webhook_subscriptions 1" -> subscriptions.list(call);
      case "GET webhook_subscriptions 2", "DELETE webhook_subscriptions 2" ->
          subscriptions.one(call);
      case "GET scheduled_events 1",
          "GET scheduled_events 2",
          "GET scheduled_events 3",
          "GET scheduled_events 4" ->
          scheduledEvents.answer(call, path.subList(1, path.size()));
      default -> FakeAnswer.notFound();
    };
  }

  private FakeAnswer needing(String scope, FakeAnswer answer) {
    List<String> missing = account.missing(List.of(scope));
    return missing.isEmpty() ? answer : FakeAnswer.missingScopes(missing);
  }

  private String date() {
    return HTTP_DATE.format(clock.instant().plus(clockAhead));
  }
}
