package calendlyinbox.calendly;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A webhook subscription inside the fake, with the signing key the API never tells. */
public final class FakeSubscription {
  /** After that long without a success Calendly gives up on a subscription. */
  private static final Duration PATIENCE = Duration.ofHours(24);

  private final String uri;
  private final String callbackUrl;
  private final List<String> events;
  private final String scope;
  private final String organization;
  private final Optional<String> user;
  private final Optional<String> signingKey;
  private final String creator;
  private final Instant createdAt;
  private boolean disabled;
  private Optional<Instant> retryStartedAt = Optional.empty();

  FakeSubscription(
      String uri,
      String callbackUrl,
      List<String> events,
      String scope,
      String organization,
      Optional<String> user,
      Optional<String> signingKey,
      String creator,
      Instant createdAt) {
    this.uri = uri;
    this.callbackUrl = callbackUrl;
    this.events = List.copyOf(events);
    this.scope = scope;
    this.organization = organization;
    this.user = user;
    this.signingKey = signingKey;
    this.creator = creator;
    this.createdAt = createdAt;
  }

  public String uri() {
    return uri;
  }

  public String callbackUrl() {
    return callbackUrl;
  }

  public List<String> events() {
    return events;
  }

  public String scope() {
    return scope;
  }

  public Optional<String> user() {
    return user;
  }

  public Optional<String> signingKey() {
    return signingKey;
  }

  public String creator() {
    return creator;
  }

  public synchronized boolean active() {
    return !disabled;
  }

  public synchronized Optional<Instant> retryStartedAt() {
    return retryStartedAt;
  }

  /** As after a day of failures: it never delivers again. */
  public synchronized void disable() {
    disabled = true;
  }

  /** As if deliveries had been failing since then. */
  public synchronized void failingSince(Instant time) {
    retryStartedAt = Optional.of(time);
  }

  synchronized void delivered() {
    retryStartedAt = Optional.empty();
  }

  synchronized void failed(Instant now) {
    Instant since = retryStartedAt.orElse(now);
    retryStartedAt = Optional.of(since);
    disabled = disabled || Duration.between(since, now).compareTo(PATIENCE) >= 0;
  }

  /** Whether this subscription wants to hear of something that happened to a host. */
  boolean covers(WebhookMessage message) {
    boolean itsPeople = scope.equals("organization") || user.equals(Optional.of(message.host()));
    return active() && events.contains(message.event()) && itsPeople;
  }

  synchronized ObjectNode json() {
    ObjectNode json = FakeJson.object();
    json.put("uri", uri).put("callback_url", callbackUrl);
    json.put("created_at", FakeJson.time(createdAt)).put("updated_at", FakeJson.time(createdAt));
    json.put("retry_started_at", retryStartedAt.map(FakeJson::time).orElse(null));
    json.put("state", disabled ? "disabled" : "active");
    ArrayNode names = json.putArray("events");
    events.forEach(names::add);
    json.put("scope", scope).put("organization", organization);
    json.put("user", user.orElse(null)).putNull("group").put("creator", creator);
    return json;
  }
}
