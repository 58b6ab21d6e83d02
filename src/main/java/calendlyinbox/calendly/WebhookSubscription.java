package calendlyinbox.calendly;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
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

  /** It has to have an id. */
  static WebhookSubscription from(ResourceReader json) throws MalformedAnswerException {
    return of(json.text("uri"), json.json());
  }

  /** Those that have an id: what is odd in a list may be somebody else's, and spoils no other. */
  static List<WebhookSubscription> listed(List<ObjectNode> all) {
    return all.stream()
        .flatMap(json -> new Fields(json).uri("uri").map(uri -> of(uri, json)).stream())
        .toList();
  }

  /** What is missing or of another form reads as absent. */
  private static WebhookSubscription of(String uri, ObjectNode json) {
    Fields fields = new Fields(json);
    List<String> events = new ArrayList<>();
    json.path("events").forEach(event -> events.add(event.asText()));
    return new WebhookSubscription(
        uri,
        fields.text("callback_url").orElse(""),
        fields.text("state").orElse(""),
        fields.text("scope").orElse(""),
        events,
        fields.text("organization"),
        fields.text("user"),
        fields.text("creator"),
        fields.time("created_at").map(Instant::parse),
        fields.time("retry_started_at").map(Instant::parse));
  }

  public boolean active() {
    return state.equals("active");
  }

  public boolean has(SubscriptionScope wanted) {
    return scope.equals(wanted.text());
  }
}
