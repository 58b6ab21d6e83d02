package calendlyinbox;

import calendlyinbox.calendly.ApiCalls;
import calendlyinbox.calendly.ApiToken;
import calendlyinbox.calendly.CalendlyApi;
import calendlyinbox.delivery.LiveKeys;
import calendlyinbox.subscriptions.HeldKeys;
import calendlyinbox.subscriptions.SubscriptionWatch;
import calendlyinbox.subscriptions.Subscriptions;
import calendlyinbox.subscriptions.WantedSubscription;
import java.time.Clock;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of the server that speak with Calendly, as far as the configuration lets them. */
final class CalendlyParts {
  private static final Logger log = LoggerFactory.getLogger(CalendlyParts.class);

  private CalendlyParts() {}

  /**
   * One for all parts, which share the rate limit; none without a token. Made on first use, since
   * an HTTP client takes its time and the door does not wait for it.
   *
   * @param calls is told what becomes of each request
   */
  static Optional<Supplier<CalendlyApi>> api(Config config, Clock clock, ApiCalls calls) {
    return config.apiToken().map(token -> onFirstUse(() -> api(config, token, clock, calls)));
  }

  private static CalendlyApi api(Config config, ApiToken token, Clock clock, ApiCalls calls) {
    CalendlyApi api = new CalendlyApi(config.apiUrl(), token, clock);
    api.onCall(calls);
    return api;
  }

  /** Only with a token and an address: without them nothing looks after the subscription. */
  static Optional<SubscriptionWatch> watch(
      Config config, Optional<Supplier<CalendlyApi>> api, LiveKeys keys, Clock clock) {
    if (api.isEmpty() || config.publicUrl().isEmpty()) {
      if (api.isPresent() || config.publicUrl().isPresent()) {
        log.warn(
            "Subscription is not looked after: {} is not set; next: set it and restart",
            api.isEmpty() ? "CALENDLY_API_TOKEN" : "PUBLIC_URL");
      }
      return Optional.empty();
    }
    Subscriptions subscriptions =
        new Subscriptions(
            config.dataFolder(),
            new WantedSubscription(config.publicUrl().get(), config.webhookScope()),
            api.get(),
            HeldKeys.ofServer(keys),
            clock);
    return Optional.of(
        new SubscriptionWatch(subscriptions, config.subscriptionCheck(), new Random(), clock));
  }

  private static Supplier<CalendlyApi> onFirstUse(Supplier<CalendlyApi> make) {
    return new Supplier<>() {
      private CalendlyApi made;

      @Override
      public synchronized CalendlyApi get() {
        if (made == null) {
          made = make.get();
        }
        return made;
      }
    };
  }
}
