package calendlyinbox.calendly;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A webhook subscription to be created.
 *
 * @param callbackUrl the exact final address: Calendly does not follow redirects
 * @param events event names; which go with which scope is the caller's business
 * @param organization always needed, also for a user's subscription
 * @param user whose events; needed for {@link SubscriptionScope#USER}, left out otherwise
 * @param signingKey the key Calendly shall sign with; {@link #toString} hides it
 */
public record NewSubscription(
    String callbackUrl,
    List<String> events,
    SubscriptionScope scope,
    String organization,
    Optional<String> user,
    String signingKey) {

  public NewSubscription {
    Objects.requireNonNull(callbackUrl, "callbackUrl");
    events = List.copyOf(events);
    if (events.isEmpty()) {
      throw new IllegalArgumentException("A subscription without events; it must have 1 or more");
    }
    if (signingKey.isBlank()) {
      throw new IllegalArgumentException(
          "A subscription without a signing key would be delivered unsigned");
    }
    if (scope == SubscriptionScope.USER && user.isEmpty()) {
      throw new IllegalArgumentException("A subscription of scope user without a user");
    }
  }

  ObjectNode json() {
    ObjectNode json = JsonBody.newObject();
    json.put("url", callbackUrl);
    events.forEach(json.putArray("events")::add);
    json.put("organization", organization);
    if (scope == SubscriptionScope.USER) {
      user.ifPresent(uri -> json.put("user", uri));
    }
    json.put("scope", scope.text());
    json.put("signing_key", signingKey);
    return json;
  }

  @Override
  public String toString() {
    return "NewSubscription[" + scope.text() + ", " + callbackUrl + ", " + events + "]";
  }
}
