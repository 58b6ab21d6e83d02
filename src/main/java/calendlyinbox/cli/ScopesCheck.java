package calendlyinbox.cli;

import calendlyinbox.calendly.CurrentUser;
import calendlyinbox.calendly.SubscriptionScope;
import calendlyinbox.calendly.TokenScope;
import calendlyinbox.calendly.TokenScope.Sight;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the token may do, each scope tried with a call that changes nothing. */
final class ScopesCheck implements Check {
  private static final List<TokenScope> NEEDED =
      List.of(TokenScope.WEBHOOKS_WRITE, TokenScope.SCHEDULED_EVENTS_READ);

  private final Optional<Account> account;
  private final SubscriptionScope wanted;

  ScopesCheck(Optional<Account> account, SubscriptionScope wanted) {
    this.account = account;
    this.wanted = wanted;
  }

  @Override
  public String name() {
    return "token scopes";
  }

  @Override
  public Optional<String> hinderedBy(Diagnoses before) {
    return before.firstNotWell(TokenCheck.NAME);
  }

  @Override
  public Diagnosis look() {
    Account asked = account.orElseThrow();
    return asked.user().fold(user -> seen(asked, user), asked::diagnosis);
  }

  private Diagnosis seen(Account asked, CurrentUser user) {
    Map<TokenScope, Sight> sights = new EnumMap<>(TokenScope.class);
    sights.put(TokenScope.USERS_READ, Sight.GRANTED);
    NEEDED.forEach(scope -> sights.put(scope, asked.api().sightOf(scope, user)));
    if (sights.containsValue(Sight.MISSING)) {
      return Diagnosis.notWell(
          names(sights, Sight.MISSING) + " missing",
          "make a new personal access token with "
              + names(sights.keySet().stream().toList())
              + ", set CALENDLY_API_TOKEN to it, and restart the server");
    }
    if (sights.containsValue(Sight.UNKNOWN)) {
      return Diagnosis.outOfReach(
          "Calendly's answer does not tell whether the token has " + names(sights, Sight.UNKNOWN),
          "run it again later");
    }
    return Diagnosis.well(names(sights, Sight.GRANTED) + withRoutingForms(asked, user));
  }

  /** Without it everything but routing forms works, so its lack is told and is no fault. */
  private String withRoutingForms(Account asked, CurrentUser user) {
    if (wanted != SubscriptionScope.ORGANIZATION) {
      return "";
    }
    TokenScope scope = TokenScope.ROUTING_FORMS_READ;
    return switch (asked.api().sightOf(scope, user)) {
      case GRANTED -> ", " + scope.text();
      case MISSING -> "; without " + scope.text() + ", so no routing form submissions come in";
      case UNKNOWN -> "; " + scope.text() + " is not known";
    };
  }

  private static String names(Map<TokenScope, Sight> sights, Sight which) {
    return names(sights.keySet().stream().filter(scope -> sights.get(scope) == which).toList());
  }

  private static String names(List<TokenScope> scopes) {
    return scopes.stream().map(TokenScope::text).collect(Collectors.joining(", "));
  }
}
