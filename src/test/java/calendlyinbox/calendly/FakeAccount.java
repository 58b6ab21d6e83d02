package calendlyinbox.calendly;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The account behind the token: who it is, what its plan, role and token allow. Every switch works
 * at once.
 */
public final class FakeAccount {
  public static final String TOKEN = "eyJraWQi.fake-token-of-ada.c2lnbmF0dXJl";
  private static final String API = "https://api.calendly.com";

  private volatile String user = API + "/users/ADAADAADAADAADAA";
  private volatile String organization = API + "/organizations/ORGORGORGORGORGO";
  private volatile String tokenFault = "";
  private volatile boolean paid = true;
  private volatile String role = "owner";
  private final Set<String> scopes =
      new TreeSet<>(
          List.of(
              "users:read",
              "organizations:read",
              "webhooks:write",
              "scheduled_events:read",
              "routing_forms:read"));

  FakeAccount() {}

  public String token() {
    return TOKEN;
  }

  public String user() {
    return user;
  }

  /** From now on the token is another person's. */
  public void isTheTokenOf(String another) {
    user = another;
  }

  /** Another member of the same organization, who hosts events too. */
  public String colleague() {
    return API + "/users/BOBBOBBOBBOBBOBB";
  }

  public String organization() {
    return organization;
  }

  /** From now on the user belongs to another organization. */
  public void moves() {
    organization = API + "/organizations/NEWNEWNEWNEWNEWN";
  }

  /** From now on the token is refused. */
  public void tokenExpires() {
    tokenFault = "The access token expired";
  }

  public void tokenIsRevoked() {
    tokenFault = "The access token was revoked";
  }

  public void tokenIsGoodAgain() {
    tokenFault = "";
  }

  /** Webhooks are for paid plans. */
  public void isOnTheFreePlan() {
    paid = false;
  }

  public void isPaid() {
    paid = true;
  }

  /** {@code owner}, {@code admin} or {@code user}. */
  public void hasRole(String given) {
    role = given;
  }

  public synchronized void losesScope(String scope) {
    scopes.remove(scope);
  }

  public synchronized void gainsScope(String scope) {
    scopes.add(scope);
  }

  boolean paid() {
    return paid;
  }

  boolean administers() {
    return !role.equals("user");
  }

  /** Those of the wanted scopes the token does not have; a write scope includes its read scope. */
  synchronized List<String> missing(List<String> wanted) {
    return wanted.stream()
        .filter(scope -> !scopes.contains(scope))
        .filter(scope -> !scopes.contains(scope.replace(":read", ":write")))
        .toList();
  }

  Optional<FakeAnswer> refusal(RecordedCall call) {
    String given = call.headers().getOrDefault("Authorization", "");
    if (!given.equals("Bearer " + TOKEN)) {
      return Optional.of(FakeAnswer.error(401, "Unauthenticated", "The access token is invalid"));
    }
    return tokenFault.isEmpty()
        ? Optional.empty()
        : Optional.of(FakeAnswer.error(401, "Unauthenticated", tokenFault));
  }

  FakeAnswer me() {
    ObjectNode me = FakeJson.object();
    me.put("uri", user())
        .put("name", "Ada Host")
        .put("slug", "ada")
        .put("email", "ada@example.com");
    me.put("scheduling_url", "https://calendly.com/ada").put("timezone", "Europe/Berlin");
    me.putNull("avatar_url").put("created_at", "2019-01-02T03:04:05.678000Z");
    me.put("updated_at", "2019-08-07T06:05:04.321000Z").put("resource_type", "User");
    me.put("current_organization", organization()).put("locale", "en");
    return FakeAnswer.resource(200, me);
  }

  FakeAnswer memberships(RecordedCall call) {
    ObjectNode membership = FakeJson.object();
    membership.put("uri", API + "/organization_memberships/MEMBERMEMBERMEMB");
    membership.put("role", role).put("organization", organization());
    membership.putObject("user").put("uri", user()).put("name", "Ada Host");
    membership.put("created_at", "2019-01-02T03:04:05.678000Z");
    membership.put("updated_at", "2019-08-07T06:05:04.321000Z");
    return FakePaging.plain().page(call, List.of(membership));
  }
}
