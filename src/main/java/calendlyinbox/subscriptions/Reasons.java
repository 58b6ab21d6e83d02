package calendlyinbox.subscriptions;

import calendlyinbox.calendly.ApiProblem;
import calendlyinbox.calendly.TokenScope;
import calendlyinbox.calendly.WebhookSubscription;
import java.util.List;

/** Says, a line each, why a subscription is replaced, or is not all that it might be. */
final class Reasons {
  /** Of one that this token may not see, or not delete. */
  static final String WITH_THE_OTHER_TOKEN =
      "next: if another person's token made it, set CALENDLY_API_TOKEN to that one and say ./run.sh disconnect, then set it"
          + " back and say ./run.sh connect";

  private final WantedSubscription wanted;
  private final Steps steps;

  Reasons(WantedSubscription wanted, Steps steps) {
    this.wanted = wanted;
    this.steps = steps;
  }

  /** Why there is to be a new one. */
  void tell(Judge judge, Ours ours, SubscriptionRecord record) {
    ours.all().forEach(one -> toBeReplaced(one.uri(), judge.fault(one).orElse("")));
    record
        .current()
        .filter(known -> ours.all().stream().noneMatch(one -> one.uri().equals(known.uri())))
        .ifPresent(
            known ->
                toBeReplaced(
                    known.uri(),
                    wanted.isOurs(known.callbackUrl())
                        ? ours.hidden().map(Reasons::notShown).orElse("it was deleted in Calendly")
                        : leftBehind(known)));
  }

  private void toBeReplaced(String uri, String reason) {
    steps.warning("Subscription is to be replaced: uri=" + uri + " reason=\"" + reason + "\"");
  }

  /** Of one that was deleted Calendly says that it does not know it (404), not this (403). */
  static String notShown(ApiProblem why) {
    return "Calendly does not show it to this token: "
        + why.sentence()
        + "; "
        + WITH_THE_OTHER_TOKEN;
  }

  /** Another address may be another server's by now: it is not ours to delete. */
  private static String leftBehind(Registration known) {
    return "PUBLIC_URL was another, and the subscription of "
        + known.callbackUrl()
        + " is left as it is; next: if nothing listens there any more, set PUBLIC_URL to it and say ./run.sh disconnect, then"
        + " set it back and ./run.sh connect";
  }

  /** What it has is delivered all the same. */
  void stays(WebhookSubscription one, List<String> events, ApiProblem problem) {
    String without =
        String.join(",", events.stream().filter(e -> !one.events().contains(e)).toList());
    steps.warning(
        "Subscription stays without events: without="
            + without
            + " cause=\""
            + problem.sentence()
            + "\"; they are asked for again in an hour");
  }

  void leftOut(List<String> events, List<TokenScope> lacking) {
    String without =
        String.join(",", events.stream().filter(e -> lacking.contains(EventScopes.of(e))).toList());
    String scopes = String.join(",", lacking.stream().map(TokenScope::text).toList());
    steps.warning(
        "Subscription goes without events: without="
            + without
            + " lacking_token_scope="
            + scopes
            + "; next: to have them too, make a token with that scope and set CALENDLY_API_TOKEN to it");
  }
}
