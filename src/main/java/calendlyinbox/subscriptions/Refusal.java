package calendlyinbox.subscriptions;

import calendlyinbox.calendly.ApiProblem;
import calendlyinbox.calendly.ApiProblem.Forbidden;
import calendlyinbox.calendly.ApiProblem.Unauthorized;
import calendlyinbox.calendly.ApiProblem.Unreachable;
import calendlyinbox.calendly.SubscriptionScope;
import calendlyinbox.calendly.TokenScope;
import calendlyinbox.subscriptions.Finding.State;

/** What Calendly's no means for the subscription, and what a person can do about it. */
final class Refusal {
  private final SubscriptionScope scope;

  Refusal(SubscriptionScope scope) {
    this.scope = scope;
  }

  Finding finding(ApiProblem problem) {
    State state = state(problem);
    return Finding.trouble(state, problem.sentence() + "; next: " + next(problem) + again(problem));
  }

  /** Of what a person asked for, and nothing tries again by itself. */
  Finding ofCommand(ApiProblem problem) {
    State state = state(problem);
    String next = problem.passesWithTime() ? "run the command again later" : next(problem);
    return Finding.trouble(state, problem.sentence() + "; next: " + next);
  }

  private static State state(ApiProblem problem) {
    if (problem instanceof Unauthorized) {
      return State.TOKEN;
    }
    if (problem instanceof Forbidden forbidden) {
      if (forbidden.upgradeNeeded()) {
        return State.PLAN;
      }
      return forbidden.requiredScopes().isEmpty() ? State.PERMISSION : State.TOKEN_SCOPE;
    }
    return problem.passesWithTime() || problem instanceof Unreachable
        ? State.UNREACHABLE
        : State.REFUSED;
  }

  private String next(ApiProblem problem) {
    if (problem.passesWithTime()) {
      return "nothing, it is tried again by itself; deliveries are taken in meanwhile";
    }
    return switch (state(problem)) {
      case TOKEN ->
          "make a new personal access token in Calendly (Integrations, API and webhooks), set"
              + " CALENDLY_API_TOKEN to it and restart";
      case PLAN -> "upgrade the Calendly account, webhooks need a paid plan";
      case PERMISSION ->
          scope == SubscriptionScope.ORGANIZATION
              ? "set CALENDLY_API_TOKEN to a token of an owner or admin of the organization, or WEBHOOK_SCOPE to user"
              : "set CALENDLY_API_TOKEN to a token of the user whose bookings are wanted";
      case TOKEN_SCOPE ->
          "make a personal access token with the scopes "
              + tokenScopes()
              + ", set CALENDLY_API_TOKEN to it and restart";
      default -> "look at it with ./run.sh doctor";
    };
  }

  private static String again(ApiProblem problem) {
    return switch (state(problem)) {
      case PLAN, PERMISSION -> "; it is tried again every hour";
      case REFUSED -> "; it is tried again by itself";
      case UNREACHABLE -> problem.passesWithTime() ? "" : "; it is tried again by itself";
      default -> "";
    };
  }

  private String tokenScopes() {
    String scopes =
        TokenScope.USERS_READ.text()
            + ", "
            + TokenScope.WEBHOOKS_WRITE.text()
            + ", "
            + TokenScope.SCHEDULED_EVENTS_READ.text();
    return scope == SubscriptionScope.ORGANIZATION
        ? scopes + ", " + TokenScope.ROUTING_FORMS_READ.text()
        : scopes;
  }
}
