package calendlyinbox.calendly;

import calendlyinbox.SettableClock;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import mockwebserver3.MockWebServer;
import mockwebserver3.QueueDispatcher;

/**
 * The API client in front of the fake. Nothing sleeps: a wait turns the clock and is written down.
 */
final class ApiRig implements AutoCloseable {
  static final String CALLBACK = "https://hooks.example.com/api/calendly/webhook";
  static final String KEY = "5mEzn9C-I28UtwOjZJtFoob0sAAFZ95GbZkqj4y3i0I";

  final SettableClock clock = new SettableClock(Instant.parse("2026-11-23T10:00:00Z"));
  final FakeCalendly calendly = FakeCalendly.start(clock);
  final List<Duration> waits = new CopyOnWriteArrayList<>();
  final CalendlyApi api = api(ApiSettings.standard());

  CalendlyApi api(ApiSettings settings) {
    return api(calendly.url(), calendly.account().token(), settings);
  }

  CalendlyApi api(URI base, String token, ApiSettings settings) {
    return new CalendlyApi(base, new ApiToken(token), clock, this::turn, new Random(1), settings);
  }

  /** Its waits are real, and so is its clock. */
  CalendlyApi inRealTime(ApiSettings settings) {
    return new CalendlyApi(
        calendly.url(),
        new ApiToken(calendly.account().token()),
        Clock.systemUTC(),
        Sleeper.real(),
        new Random(1),
        settings);
  }

  /**
   * A server that gives the answers put into it one after the other, and 404 when there are none
   * left.
   */
  static MockWebServer scripted() {
    QueueDispatcher answers = new QueueDispatcher();
    answers.setFailFast(true);
    MockWebServer server = new MockWebServer();
    server.setDispatcher(answers);
    return server;
  }

  void turn(Duration wait) {
    waits.add(wait);
    clock.advance(wait);
  }

  Duration waited() {
    return waits.stream().reduce(Duration.ZERO, Duration::plus);
  }

  CurrentUser ada() {
    return new CurrentUser(
        calendly.account().user(),
        calendly.account().organization(),
        Optional.of("Ada Host"),
        Optional.of("ada@example.com"));
  }

  NewSubscription wanted(String callbackUrl) {
    return new NewSubscription(
        callbackUrl,
        List.of("invitee.created", "invitee.canceled"),
        SubscriptionScope.USER,
        calendly.account().organization(),
        Optional.of(calendly.account().user()),
        KEY);
  }

  ApiResult<List<WebhookSubscription>> ownSubscriptions(CalendlyApi through) {
    return through.subscriptions(
        SubscriptionScope.USER,
        calendly.account().organization(),
        Optional.of(calendly.account().user()));
  }

  ScheduledEventQuery ownEvents() {
    Instant now = clock.instant();
    return ScheduledEventQuery.ofUser(
        calendly.account().user(), now.minus(Duration.ofDays(30)), now.plus(Duration.ofDays(365)));
  }

  static <T> T ok(ApiResult<T> result) {
    return result.fold(
        value -> value,
        problem -> {
          throw new AssertionError("wanted a success, got: " + problem.sentence());
        });
  }

  static ApiProblem problem(ApiResult<?> result) {
    return result
        .failure()
        .orElseThrow(() -> new AssertionError("wanted a failure, got " + result));
  }

  @Override
  public void close() {
    calendly.close();
  }
}
