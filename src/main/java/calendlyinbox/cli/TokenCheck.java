package calendlyinbox.cli;

import java.util.Optional;

/** Does Calendly take the token? */
final class TokenCheck implements Check {
  static final String NAME = "token";
  static final String NOT_SET = "CALENDLY_API_TOKEN is not set, so Calendly is not asked";

  private final Optional<Account> account;

  TokenCheck(Optional<Account> account) {
    this.account = account;
  }

  @Override
  public String name() {
    return NAME;
  }

  /** A clock that is wrong does not hinder; a Calendly that cannot be reached does. */
  @Override
  public Optional<String> hinderedBy(Diagnoses before) {
    boolean unreached = before.is(ClockCheck.NAME, Diagnosis.State.OUT_OF_REACH);
    return unreached ? Optional.of(ClockCheck.NAME) : Optional.empty();
  }

  @Override
  public Diagnosis look() {
    return account
        .map(
            asked ->
                asked.user().fold(user -> Diagnosis.well("taken by Calendly"), asked::diagnosis))
        .orElseGet(() -> Diagnosis.notConfigured(NOT_SET));
  }
}
