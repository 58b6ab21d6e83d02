package calendlyinbox.subscriptions;

import calendlyinbox.calendly.ApiResult;
import calendlyinbox.calendly.CalendlyApi;
import calendlyinbox.calendly.CurrentUser;
import calendlyinbox.calendly.WebhookSubscription;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The subscriptions that lead to our door. */
final class Ours {
  private Ours() {}

  /** What is listed; and what we know of, in case the list lags behind. */
  static ApiResult<List<WebhookSubscription>> read(
      CalendlyApi api, CurrentUser user, WantedSubscription wanted, SubscriptionRecord record) {
    return Roster.read(api, user, wanted.scope())
        .map(
            roster ->
                roster.all().stream().filter(one -> wanted.isOurs(one.callbackUrl())).toList())
        .then(listed -> withRecorded(listed, api, wanted, record));
  }

  private static ApiResult<List<WebhookSubscription>> withRecorded(
      List<WebhookSubscription> listed,
      CalendlyApi api,
      WantedSubscription wanted,
      SubscriptionRecord record) {
    Optional<String> unlisted =
        record
            .current()
            .map(Registration::uri)
            .filter(uri -> listed.stream().noneMatch(one -> one.uri().equals(uri)));
    if (unlisted.isEmpty()) {
      return ApiResult.ok(listed);
    }
    return api.subscription(unlisted.get())
        .fold(
            one ->
                ApiResult.ok(
                    wanted.isOurs(one.callbackUrl())
                        ? Stream.concat(listed.stream(), Stream.of(one)).toList()
                        : listed),
            problem -> problem.passesWithTime() ? ApiResult.failed(problem) : ApiResult.ok(listed));
  }
}
