package calendlyinbox.calendly;

import calendlyinbox.calendly.ApiProblem.Forbidden;
import calendlyinbox.calendly.ApiProblem.NotFound;
import calendlyinbox.calendly.TokenScope.Sight;

/**
 * Finds out whether a token has a scope. Calendly offers no way to ask, so each scope is tried with
 * a call that needs it and changes nothing; a token without the scope gets 403 with {@code
 * required_scopes}.
 */
final class TokenScopeProbe {
  /** Deleting it can change nothing: no resource has the nil UUID. */
  private static final String NOBODY =
      "/webhook_subscriptions/00000000-0000-0000-0000-000000000000";

  private TokenScopeProbe() {}

  static ApiRequest request(TokenScope scope, CurrentUser user) {
    return switch (scope) {
      case USERS_READ -> ApiRequest.get("/users/me");
      case WEBHOOKS_READ ->
          ApiRequest.get("/webhook_subscriptions")
              .with("organization", user.organization())
              .with("user", user.uri())
              .with("scope", "user")
              .with("count", "1");
      case WEBHOOKS_WRITE -> ApiRequest.delete(NOBODY);
      case SCHEDULED_EVENTS_READ ->
          ApiRequest.get("/scheduled_events").with("user", user.uri()).with("count", "1");
      case ROUTING_FORMS_READ ->
          ApiRequest.get("/routing_forms")
              .with("organization", user.organization())
              .with("count", "1");
    };
  }

  static Sight sight(TokenScope scope, ApiResult<?> result) {
    if (result.failure().isEmpty()) {
      return Sight.GRANTED;
    }
    ApiProblem problem = result.failure().get();
    if (problem instanceof Forbidden forbidden && !forbidden.requiredScopes().isEmpty()) {
      return Sight.MISSING;
    }
    boolean lookedForNobody = scope == TokenScope.WEBHOOKS_WRITE && problem instanceof NotFound;
    return lookedForNobody ? Sight.GRANTED : Sight.UNKNOWN;
  }
}
