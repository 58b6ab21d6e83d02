package calendlyinbox.subscriptions;

import calendlyinbox.calendly.ApiProblem;
import calendlyinbox.calendly.ApiProblem.Forbidden;
import calendlyinbox.calendly.ApiProblem.Invalid;
import calendlyinbox.calendly.ApiProblem.NotFound;
import calendlyinbox.calendly.ApiResult;
import calendlyinbox.calendly.CalendlyApi;
import calendlyinbox.calendly.CurrentUser;
import calendlyinbox.calendly.SubscriptionScope;
import calendlyinbox.calendly.WebhookSubscription;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The subscriptions that the token can see: those of its user, and those of the organization where
 * it may.
 *
 * @param hidden why those of the other scope are not in the list
 */
public record Roster(List<WebhookSubscription> all, Optional<ApiProblem> hidden) {
  public Roster {
    all = List.copyOf(all);
  }

  /**
   * Lists both scopes.
   *
   * @param needed without this scope's there is no list; the other's may be closed to the token
   */
  public static ApiResult<Roster> read(
      CalendlyApi api, CurrentUser user, SubscriptionScope needed) {
    SubscriptionScope other =
        needed == SubscriptionScope.USER ? SubscriptionScope.ORGANIZATION : SubscriptionScope.USER;
    return list(api, user, needed)
        .then(
            ours ->
                list(api, user, other)
                    .fold(
                        more -> ApiResult.ok(new Roster(together(ours, more), Optional.empty())),
                        problem ->
                            isClosed(problem)
                                ? ApiResult.ok(new Roster(ours, Optional.of(problem)))
                                : ApiResult.failed(problem)));
  }

  private static ApiResult<List<WebhookSubscription>> list(
      CalendlyApi api, CurrentUser user, SubscriptionScope scope) {
    return api.subscriptions(scope, user.organization(), Optional.of(user.uri()));
  }

  private static boolean isClosed(ApiProblem problem) {
    return problem instanceof Forbidden
        || problem instanceof NotFound
        || problem instanceof Invalid;
  }

  private static List<WebhookSubscription> together(
      List<WebhookSubscription> some, List<WebhookSubscription> more) {
    Map<String, WebhookSubscription> byUri = new LinkedHashMap<>();
    some.forEach(one -> byUri.put(one.uri(), one));
    more.forEach(one -> byUri.putIfAbsent(one.uri(), one));
    return List.copyOf(byUri.values());
  }
}
