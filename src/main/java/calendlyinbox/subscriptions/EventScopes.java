package calendlyinbox.subscriptions;

import calendlyinbox.calendly.ApiProblem.Forbidden;
import calendlyinbox.calendly.CalendlyApi;
import calendlyinbox.calendly.CurrentUser;
import calendlyinbox.calendly.TokenScope;
import calendlyinbox.calendly.TokenScope.Sight;
import java.util.List;

/** Which token scope an event needs, and which of them a token has not. */
final class EventScopes {
  private EventScopes() {}

  static TokenScope of(String event) {
    return event.startsWith("routing_form_submission.")
        ? TokenScope.ROUTING_FORMS_READ
        : TokenScope.SCHEDULED_EVENTS_READ;
  }

  /**
   * The scopes of events for the lack of which Calendly refused. Whether a refusal names all scopes
   * of a request or the lacking ones only is not documented, so those it names are tried.
   */
  static List<TokenScope> lacking(
      Forbidden refusal, List<String> events, CalendlyApi api, CurrentUser user) {
    return events.stream()
        .map(EventScopes::of)
        .distinct()
        .filter(scope -> refusal.requiredScopes().contains(scope.text()))
        .filter(scope -> api.sightOf(scope, user) != Sight.GRANTED)
        .toList();
  }
}
