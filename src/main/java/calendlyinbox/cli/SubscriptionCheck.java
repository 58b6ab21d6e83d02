package calendlyinbox.cli;

import calendlyinbox.calendly.CalendlyTime;
import calendlyinbox.calendly.CurrentUser;
import calendlyinbox.calendly.SubscriptionScope;
import calendlyinbox.calendly.WebhookSubscription;
import calendlyinbox.delivery.Door;
import calendlyinbox.subscriptions.WantedSubscription;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Our subscription at Calendly: there once, active, telling of bookings, with a key we hold. */
final class SubscriptionCheck implements Check {
  /** Calendly gives up after a day of failures. */
  private static final Duration RECENT = Duration.ofHours(24);

  private static final List<String> EVENTS =
      List.of(
          "invitee.created",
          "invitee.canceled",
          "invitee_no_show.created",
          "invitee_no_show.deleted");

  private static final String CONNECT = "./run.sh connect";

  private final Optional<Account> account;
  private final Site.Calendly wanted;
  private final SubscriptionKeys keys;
  private final Clock clock;

  SubscriptionCheck(
      Optional<Account> account, Site.Calendly wanted, SubscriptionKeys keys, Clock clock) {
    this.account = account;
    this.wanted = wanted;
    this.keys = keys;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "subscription";
  }

  @Override
  public Optional<String> hinderedBy(Diagnoses before) {
    return before.firstNotWell(TokenCheck.NAME);
  }

  @Override
  public Diagnosis look() {
    if (wanted.publicUrl().isEmpty()) {
      return Diagnosis.notConfigured("PUBLIC_URL is not set, so no subscription is ours");
    }
    Account asked = account.orElseThrow();
    URI publicUrl = wanted.publicUrl().get();
    return asked
        .user()
        .then(user -> asked.api().subscriptions(wanted.scope(), user.organization(), of(user)))
        .fold(all -> judged(all, publicUrl), asked::diagnosis);
  }

  private Diagnosis judged(List<WebhookSubscription> all, URI publicUrl) {
    WantedSubscription subscription = new WantedSubscription(publicUrl, wanted.scope());
    String callback = publicUrl + Door.WEBHOOK_PATH;
    List<WebhookSubscription> ours =
        all.stream().filter(one -> subscription.isOurs(one.callbackUrl())).toList();
    if (ours.isEmpty()) {
      return none(
          "no subscription with scope " + wanted.scope().text() + " delivers to " + callback);
    }
    if (ours.size() > 1) {
      return Diagnosis.notWell(
          ours.size() + " subscriptions deliver to " + callback + ", so everything comes twice",
          CONNECT + " leaves one");
    }
    return judged(ours.get(0));
  }

  private Diagnosis none(String text) {
    try {
      if (keys.disconnected()) {
        return Diagnosis.notWell(
            text + ", since somebody said ./run.sh disconnect", CONNECT + " makes one");
      }
    } catch (IOException e) {
      return Diagnosis.notWell(text, CONNECT + " makes one");
    }
    return Diagnosis.notWell(text, CONNECT + " makes one, and so does the running server");
  }

  private Diagnosis judged(WebhookSubscription one) {
    if (!one.active()) {
      return Diagnosis.notWell(
          one.state() + " by Calendly: nothing is delivered",
          "mend what is named here, then " + CONNECT + " makes a new one");
    }
    List<String> missing = EVENTS.stream().filter(event -> !one.events().contains(event)).toList();
    if (!missing.isEmpty()) {
      return Diagnosis.notWell(
          "active, but without " + String.join(", ", missing), CONNECT + " makes a new one");
    }
    Optional<Instant> failing =
        one.retryStartedAt().filter(since -> since.plus(RECENT).isAfter(clock.instant()));
    if (failing.isPresent()) {
      return Diagnosis.notWell(
          "active, but deliveries fail since "
              + Bookings.readable(CalendlyTime.text(failing.get()))
              + " UTC",
          "mend what is named here: Calendly disables it after 24 hours");
    }
    try {
      return withKey(one);
    } catch (IOException e) {
      return Diagnosis.notWell(
          "active, but its key is not known: subscription.json or signing.key cannot be read by user "
              + System.getProperty("user.name"),
          "run this as the user that the server runs as");
    }
  }

  private Diagnosis withKey(WebhookSubscription one) throws IOException {
    return switch (keys.of(one)) {
      case NEWEST -> Diagnosis.well("active, made with the newest signing key");
      case OLDER ->
          Diagnosis.notWell(
              "active, but made with an older signing key", CONNECT + " makes one with the newest");
      case NOT_HELD ->
          Diagnosis.notWell(
              "active, but made with a key that is not in force here: its deliveries are answered 401",
              CONNECT + " makes one with the newest key");
      case NOT_RECORDED ->
          Diagnosis.notWell(
              "active, but it is not recorded which key it was made with",
              CONNECT + " makes one with the newest key");
    };
  }

  private Optional<String> of(CurrentUser user) {
    return wanted.scope() == SubscriptionScope.USER ? Optional.of(user.uri()) : Optional.empty();
  }
}
