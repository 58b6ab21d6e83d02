package calendlyinbox.cli;

import calendlyinbox.calendly.ApiProblem;
import calendlyinbox.calendly.ApiProblem.Forbidden;
import calendlyinbox.calendly.ApiProblem.NotFound;
import calendlyinbox.calendly.CurrentUser;
import calendlyinbox.calendly.OrganizationMembership;
import calendlyinbox.calendly.SubscriptionScope;
import java.util.Optional;

/** For organization scope: is the token's user an owner or admin? */
final class RoleCheck implements Check {
  private final Optional<Account> account;
  private final SubscriptionScope wanted;

  RoleCheck(Optional<Account> account, SubscriptionScope wanted) {
    this.account = account;
    this.wanted = wanted;
  }

  @Override
  public String name() {
    return "organization role";
  }

  @Override
  public Optional<String> hinderedBy(Diagnoses before) {
    return before.firstNotWell(TokenCheck.NAME);
  }

  @Override
  public Diagnosis look() {
    if (wanted == SubscriptionScope.USER) {
      return Diagnosis.notConfigured("not needed: WEBHOOK_SCOPE is user");
    }
    Account asked = account.orElseThrow();
    return asked
        .user()
        .fold(
            user ->
                asked
                    .api()
                    .membership(user)
                    .fold(RoleCheck::judged, problem -> otherwise(asked, user, problem)),
            asked::diagnosis);
  }

  private static Diagnosis judged(OrganizationMembership membership) {
    return membership.administers()
        ? Diagnosis.well(membership.role())
        : Diagnosis.notWell(
            membership.role() + ", and WEBHOOK_SCOPE=organization needs owner or admin",
            "use the token of an owner or admin, or set WEBHOOK_SCOPE=user");
  }

  /** A token needs no scope for roles to work: without it, what only admins may do is tried. */
  private static Diagnosis otherwise(Account asked, CurrentUser user, ApiProblem problem) {
    if (!(problem instanceof Forbidden) && !(problem instanceof NotFound)) {
      return asked.diagnosis(problem);
    }
    return asked
        .api()
        .subscriptions(SubscriptionScope.ORGANIZATION, user.organization(), Optional.empty())
        .fold(
            subscriptions -> Diagnosis.well("enough for WEBHOOK_SCOPE=organization"),
            asked::diagnosis);
  }
}
