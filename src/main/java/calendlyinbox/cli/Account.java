package calendlyinbox.cli;

import calendlyinbox.calendly.ApiProblem;
import calendlyinbox.calendly.ApiProblem.Forbidden;
import calendlyinbox.calendly.ApiProblem.RateLimited;
import calendlyinbox.calendly.ApiProblem.Unauthorized;
import calendlyinbox.calendly.ApiProblem.Unreachable;
import calendlyinbox.calendly.ApiResult;
import calendlyinbox.calendly.ApiSettings;
import calendlyinbox.calendly.ApiToken;
import calendlyinbox.calendly.CalendlyApi;
import calendlyinbox.calendly.CurrentUser;
import calendlyinbox.calendly.Sleeper;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;

/** The Calendly account behind the token, for a person who waits at a terminal. */
final class Account {
  private static final int TRIES = 2;

  private final CalendlyApi api;
  private final URI address;
  private ApiResult<CurrentUser> user;

  private Account(ApiToken token, URI address, Clock clock) {
    ApiSettings settings =
        ApiSettings.standard()
            .withTries(TRIES)
            .withCallTimeout(Duration.ofSeconds(15))
            .withLongestWait(Duration.ofSeconds(10));
    this.address = address;
    this.api = new CalendlyApi(address, token, clock, Sleeper.real(), new Random(), settings);
  }

  /** Empty without a token: then nothing calls Calendly. */
  static Optional<Account> of(Site.Calendly calendly, Clock clock) {
    return calendly.token().map(token -> new Account(token, calendly.apiUrl(), clock));
  }

  CalendlyApi api() {
    return api;
  }

  /** Whose token it is; asked once. */
  ApiResult<CurrentUser> user() {
    if (user == null) {
      user = api.currentUser();
    }
    return user;
  }

  /** The diagnosis for a call that did not end well. */
  Diagnosis diagnosis(ApiProblem problem) {
    if (problem instanceof Unauthorized) {
      return Diagnosis.notWell(
          problem.sentence(),
          "make a new personal access token (Calendly, Integrations & apps, API and webhooks), set CALENDLY_API_TOKEN to it,"
              + " and restart the server");
    }
    if (problem instanceof Forbidden forbidden) {
      return Diagnosis.notWell(problem.sentence(), next(forbidden));
    }
    if (problem instanceof RateLimited) {
      return Diagnosis.outOfReach(problem.sentence(), "run it again then");
    }
    if (problem instanceof Unreachable) {
      return Diagnosis.outOfReach(
          problem.sentence(), "see whether this machine reaches it: curl -sS " + address);
    }
    return Diagnosis.notWell(
        problem.sentence(), "see whether CALENDLY_API_URL is Calendly's, or leave it unset");
  }

  private static String next(Forbidden forbidden) {
    if (!forbidden.requiredScopes().isEmpty()) {
      return "make a new personal access token that has them too, set CALENDLY_API_TOKEN to it, and restart the server";
    }
    return forbidden.upgradeNeeded()
        ? "webhooks need a paid Calendly plan: upgrade it"
        : "use the token of an owner or admin of the organization, or set WEBHOOK_SCOPE=user";
  }
}
