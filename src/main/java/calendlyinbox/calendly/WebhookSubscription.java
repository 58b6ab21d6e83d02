package calendlyinbox.calendly;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A webhook subscription as Calendly has it. Calendly never tells its signing key.
 *
 * @param uri its id
 * @param callbackUrl where it delivers to, as text: it may be anybody's
 * @param state {@code active} or {@code disabled}; a disabled one cannot be switched on again
 * @param scope {@code user}, {@code organization} or {@code group}
 * @param retryStartedAt when Calendly last had to begin retrying; whether it is cleared afterwards
 *     is not documented
 */
public record WebhookSubscription(
    String uri,
    String callbackUrl,
    String state,
    String scope,
    List<String> events,
    Optional<String> organization,
    Optional<String> user,
    Optional<String> creator,
    Optional<Instant> createdAt,
    Optional<Instant> retryStartedAt) {

  public WebhookSubscription {
    events = List.copyOf(events);
  }

  static WebhookSubscription from(ResourceReader json) throws MalformedAnswerException {
    return new WebhookSubscription(
        json.text("uri"),
        json.text("callback_url"),
        json.text("state"),
        json.text("scope"),
        json.texts("events"),
        json.optionalText("organization"),
        json.optionalText("user"),
        json.optionalText("creator"),
        json.optionalTime("created_at"),
        json.optionalTime("retry_started_at"));
  }

  public boolean active() {
    return state.equals("active");
  }

  public boolean has(SubscriptionScope wanted) {
    return scope.equals(wanted.text());
  }
}
