package calendlyinbox.subscriptions;

import calendlyinbox.calendly.ApiProblem;
import calendlyinbox.calendly.ApiProblem.Forbidden;
import calendlyinbox.calendly.ApiResult;
import calendlyinbox.calendly.CalendlyApi;
import calendlyinbox.calendly.CurrentUser;
import calendlyinbox.calendly.WebhookSubscription;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The subscriptions that lead to our door.
 *
 * @param hidden why the token may not see the recorded one, which may be there and deliver all the
 *     same
 */
record Ours(List<WebhookSubscription> all, Optional<ApiProblem> hidden) {
  Ours {
    all = List.copyOf(all);
  }

  /** What is listed; and what we know of, in case the list lags behind. */
  static ApiResult<Ours> read(
      CalendlyApi api, CurrentUser user, WantedSubscription wanted, SubscriptionRecord record) {
    return Roster.read(api, user, wanted.scope())
        .map(
            roster ->
                roster.all().stream().filter(one -> wanted.isOurs(one.callbackUrl())).toList())
        .then(listed -> withRecorded(listed, api, wanted, record));
  }

  private static ApiResult<Ours> withRecorded(
      List<WebhookSubscription> listed,
      CalendlyApi api,
      WantedSubscription wanted,
      SubscriptionRecord record) {
    Optional<Registration> unlisted =
        record
            .current()
            .filter(known -> listed.stream().noneMatch(one -> one.uri().equals(known.uri())));
    if (unlisted.isEmpty()) {
      return ApiResult.ok(new Ours(listed, Optional.empty()));
    }
    boolean isOurs = wanted.isOurs(unlisted.get().callbackUrl());
    return api.subscription(unlisted.get().uri())
        .fold(
            one ->
                ApiResult.ok(
                    new Ours(
                        wanted.isOurs(one.callbackUrl())
                            ? Stream.concat(listed.stream(), Stream.of(one)).toList()
                            : listed,
                        Optional.empty())),
            problem ->
                problem.passesWithTime()
                    ? ApiResult.failed(problem)
                    : ApiResult.ok(
                        new Ours(
                            listed,
                            Optional.of(problem)
                                .filter(why -> isOurs && why instanceof Forbidden))));
  }
}
