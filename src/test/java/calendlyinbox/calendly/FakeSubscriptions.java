package calendlyinbox.calendly;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The webhook subscriptions of the fake: {@code /webhook_subscriptions}, with its checks and
 * refusals.
 */
public final class FakeSubscriptions {
  static final String PATH = "/webhook_subscriptions";

  private static final Map<String, String> SCOPE_OF_FAMILY =
      Map.of(
          "invitee", "scheduled_events:read",
          "invitee_no_show", "scheduled_events:read",
          "routing_form_submission", "routing_forms:read",
          "event_type", "event_types:read",
          "meeting_recap", "meeting_recaps:read",
          "contact", "contacts:read");

  private final FakeAccount account;
  private final FakePaging paging;
  private final Clock clock;
  private final AtomicInteger ids = new AtomicInteger();
  private final List<String> unlisted = new CopyOnWriteArrayList<>();
  private final List<FakeSubscription> all = new CopyOnWriteArrayList<>();
  private final List<ObjectNode> odd = new CopyOnWriteArrayList<>();
  private volatile Optional<String> neverMade = Optional.empty();
  private volatile Optional<String> shownUser = Optional.empty();

  FakeSubscriptions(FakeAccount account, FakePaging paging, Clock clock) {
    this.account = account;
    this.paging = paging;
    this.clock = clock;
  }

  public List<FakeSubscription> all() {
    return List.copyOf(all);
  }

  public List<FakeSubscription> active() {
    return all.stream().filter(FakeSubscription::active).toList();
  }

  /** The one there is. */
  public FakeSubscription only() {
    if (all.size() != 1) {
      throw new AssertionError(all.size() + " subscriptions, wanted 1");
    }
    return all.get(0);
  }

  /** One that somebody else made, or we did long ago: not through the API of this test. */
  public FakeSubscription exists(
      String callbackUrl, String scope, List<String> events, String key) {
    return add(callbackUrl, scope, events, account.user(), Optional.of(key));
  }

  /** From now on lists leave it out, although it is there. */
  public void isNotListed(String uri) {
    unlisted.add(uri);
  }

  /** Every list has this item too, whatever it is. */
  public void listsAlso(String json) {
    odd.add((ObjectNode) FakeJson.parse(json));
  }

  /** From now on what is created lacks this event, without a word. */
  public void makesNoneWith(String event) {
    neverMade = Optional.of(event);
  }

  /** From now on each is shown as this user's, whoever's it is. */
  public void showsAllAsOf(String user) {
    shownUser = Optional.of(user);
  }

  /** Somebody deleted it in Calendly. */
  public void vanishes(String uri) {
    all.removeIf(one -> one.uri().equals(uri));
  }

  FakeAnswer create(RecordedCall call) {
    JsonNode wanted = call.body();
    Optional<FakeAnswer> refusal = unreadable(wanted).or(() -> notAllowed(wanted));
    if (refusal.isPresent()) {
      return refusal.get();
    }
    String url = wanted.path("url").asText();
    if (all.stream().anyMatch(one -> one.callbackUrl().equals(url))) {
      return FakeAnswer.error(409, "Already Exists", "Hook with this url already exists");
    }
    String key = wanted.path("signing_key").asText("");
    FakeSubscription created =
        add(
            url,
            wanted.path("scope").asText(),
            texts(wanted.path("events")).stream()
                .filter(event -> !neverMade.equals(Optional.of(event)))
                .toList(),
            wanted.path("user").asText(account.user()),
            Optional.of(key).filter(text -> !text.isEmpty()));
    return FakeAnswer.resource(201, shown(created));
  }

  FakeAnswer list(RecordedCall call) {
    List<String> missing = account.missing(List.of("webhooks:read"));
    if (!missing.isEmpty()) {
      return FakeAnswer.missingScopes(missing);
    }
    Optional<FakeAnswer> refusal = badScope(call.parameter("scope"), call.query()::get);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    String scope = call.parameter("scope");
    Comparator<ObjectNode> order = Comparator.comparing(json -> json.path("created_at").asText());
    List<ObjectNode> found =
        Stream.concat(
                all.stream()
                    .filter(one -> one.scope().equals(scope) && !unlisted.contains(one.uri()))
                    .filter(
                        one ->
                            !scope.equals("user")
                                || one.user().equals(Optional.of(call.parameter("user"))))
                    .map(this::shown),
                odd.stream())
            .sorted(call.parameter("sort").endsWith(":desc") ? order.reversed() : order)
            .toList();
    return paging.page(call, found);
  }

  FakeAnswer one(RecordedCall call) {
    boolean delete = call.method().equals("DELETE");
    List<String> missing = account.missing(List.of(delete ? "webhooks:write" : "webhooks:read"));
    if (!missing.isEmpty()) {
      return FakeAnswer.missingScopes(missing);
    }
    Optional<FakeSubscription> found =
        all.stream().filter(one -> one.uri().endsWith(call.path())).findFirst();
    if (found.isEmpty()) {
      return FakeAnswer.notFound();
    }
    if (found.get().user().filter(whose -> !whose.equals(account.user())).isPresent()
        && !account.administers()) {
      return FakeAnswer.denied("You do not have permission to access this resource.");
    }
    if (delete) {
      all.remove(found.get());
      return FakeAnswer.noContent();
    }
    return FakeAnswer.resource(200, shown(found.get()));
  }

  private ObjectNode shown(FakeSubscription one) {
    ObjectNode json = one.json();
    shownUser.ifPresent(user -> json.put("user", user));
    return json;
  }

  private FakeSubscription add(
      String url, String scope, List<String> events, String user, Optional<String> key) {
    FakeSubscription made =
        new FakeSubscription(
            "https://api.calendly.com"
                + PATH
                + "/"
                + String.format("HOOK%012d", ids.incrementAndGet()),
            url,
            events,
            scope,
            account.organization(),
            scope.equals("user") ? Optional.of(user) : Optional.empty(),
            key,
            account.user(),
            clock.instant());
    all.add(made);
    return made;
  }

  private Optional<FakeAnswer> unreadable(JsonNode wanted) {
    if (!wanted.isObject()) {
      return Optional.of(FakeAnswer.invalid("", "the body must be a JSON object"));
    }
    if (!wanted.path("url").asText().matches("https?://[^/\\s]+(/\\S*)?")) {
      return Optional.of(FakeAnswer.invalid("url", "must be a valid URL"));
    }
    List<String> events = texts(wanted.path("events"));
    if (events.isEmpty() || events.stream().anyMatch(name -> scopeFor(name).isEmpty())) {
      return Optional.of(FakeAnswer.invalid("events", "must be a list of known events"));
    }
    String scope = wanted.path("scope").asText();
    boolean routing = events.contains("routing_form_submission.created");
    if (routing && !scope.equals("organization")) {
      return Optional.of(FakeAnswer.invalid("scope", "must be organization for routing forms"));
    }
    return badScope(scope, name -> wanted.path(name).asText(null));
  }

  private Optional<FakeAnswer> badScope(String scope, UnaryOperator<String> parameter) {
    if (parameter.apply("organization") == null) {
      return Optional.of(FakeAnswer.invalid("organization", "can't be blank"));
    }
    if (!scope.equals("user") && !scope.equals("organization")) {
      return Optional.of(FakeAnswer.invalid("scope", "must be one of: user, organization, group"));
    }
    if (scope.equals("user") && parameter.apply("user") == null) {
      return Optional.of(FakeAnswer.invalid("user", "can't be blank"));
    }
    boolean ours =
        account.organization().equals(parameter.apply("organization"))
            && (scope.equals("organization")
                || account.user().equals(parameter.apply("user"))
                || account.administers());
    boolean allowed = ours && (scope.equals("user") || account.administers());
    return allowed
        ? Optional.empty()
        : Optional.of(FakeAnswer.denied("You do not have permission"));
  }

  private Optional<FakeAnswer> notAllowed(JsonNode wanted) {
    List<String> needed = new ArrayList<>(List.of("webhooks:write"));
    texts(wanted.path("events")).forEach(name -> scopeFor(name).ifPresent(needed::add));
    List<String> missing = account.missing(needed.stream().distinct().toList());
    if (!missing.isEmpty()) {
      return Optional.of(FakeAnswer.missingScopes(missing));
    }
    return account.paid()
        ? Optional.empty()
        : Optional.of(FakeAnswer.denied("Please upgrade your Calendly account to Standard"));
  }

  private static Optional<String> scopeFor(String event) {
    return Optional.ofNullable(SCOPE_OF_FAMILY.get(event.replaceFirst("\\..*", "")));
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(item -> texts.add(item.asText()));
    return texts;
  }
}
