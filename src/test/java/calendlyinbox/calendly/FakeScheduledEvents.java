package calendlyinbox.calendly;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** {@code /scheduled_events} and their invitees, with the checks and filters of the API. */
final class FakeScheduledEvents {
  private final FakeAccount account;
  private final FakeBookings bookings;
  private final FakePaging paging;

  FakeScheduledEvents(FakeAccount account, FakeBookings bookings, FakePaging paging) {
    this.account = account;
    this.bookings = bookings;
    this.paging = paging;
  }

  /**
   * @param rest path behind /scheduled_events, split: event, "invitees", invitee
   */
  FakeAnswer answer(RecordedCall call, List<String> rest) {
    List<String> missing = account.missing(List.of("scheduled_events:read"));
    if (!missing.isEmpty()) {
      return FakeAnswer.missingScopes(missing);
    }
    if (rest.isEmpty()) {
      return list(call);
    }
    if (rest.size() > 1 && !rest.get(1).equals("invitees")) {
      return FakeAnswer.notFound();
    }
    String event = "https://api.calendly.com/scheduled_events/" + rest.get(0);
    Optional<ObjectNode> found = bookings.event(event);
    boolean hidden =
        found.isPresent()
            && !account.administers()
            && !FakeBookings.host(found.get()).equals(account.user());
    if (hidden) {
      return FakeAnswer.denied("You are not allowed to view this event");
    }
    return switch (rest.size()) {
      case 1 -> found.map(json -> FakeAnswer.resource(200, json)).orElseGet(FakeAnswer::notFound);
      case 2 -> found.isPresent() ? invitees(call, event) : FakeAnswer.notFound();
      default ->
          bookings
              .invitee(event + "/invitees/" + rest.get(2))
              .map(json -> FakeAnswer.resource(200, json))
              .orElseGet(FakeAnswer::notFound);
    };
  }

  private FakeAnswer list(RecordedCall call) {
    Optional<FakeAnswer> refusal = refusal(call);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    Predicate<ObjectNode> wanted = json -> true;
    if (call.query().containsKey("user")) {
      wanted = wanted.and(json -> FakeBookings.host(json).equals(call.parameter("user")));
    }
    if (call.query().containsKey("status")) {
      wanted = wanted.and(json -> json.path("status").asText().equals(call.parameter("status")));
    }
    if (call.query().containsKey("min_start_time")) {
      Instant min = Instant.parse(call.parameter("min_start_time"));
      wanted = wanted.and(json -> !start(json).isBefore(min));
    }
    if (call.query().containsKey("max_start_time")) {
      Instant max = Instant.parse(call.parameter("max_start_time"));
      wanted = wanted.and(json -> start(json).isBefore(max));
    }
    Comparator<ObjectNode> order =
        Comparator.comparing(FakeScheduledEvents::start)
            .thenComparing(json -> json.path("uri").asText());
    boolean descending = call.parameter("sort").equals("start_time:desc");
    return paging.page(
        call,
        bookings.events().stream()
            .filter(wanted)
            .sorted(descending ? order.reversed() : order)
            .toList());
  }

  private Optional<FakeAnswer> refusal(RecordedCall call) {
    boolean ofUser = call.query().containsKey("user");
    if (!ofUser && !call.query().containsKey("organization")) {
      return Optional.of(FakeAnswer.invalid("user", "user, organization or group is required"));
    }
    for (String bound : List.of("min_start_time", "max_start_time")) {
      if (call.query().containsKey(bound) && !isTime(call.parameter(bound))) {
        return Optional.of(FakeAnswer.invalid(bound, "is not a valid UTC time"));
      }
    }
    if (!List.of("", "active", "canceled").contains(call.parameter("status"))) {
      return Optional.of(FakeAnswer.invalid("status", "must be one of: active, canceled"));
    }
    if (!List.of("", "start_time:asc", "start_time:desc").contains(call.parameter("sort"))) {
      return Optional.of(FakeAnswer.invalid("sort", "is not supported"));
    }
    boolean own = ofUser && call.parameter("user").equals(account.user());
    return own || account.administers()
        ? Optional.empty()
        : Optional.of(FakeAnswer.denied("You do not have permission"));
  }

  private FakeAnswer invitees(RecordedCall call, String event) {
    String status = call.parameter("status");
    String email = call.parameter("email");
    List<ObjectNode> found =
        bookings.invitees().stream()
            .filter(json -> json.path("event").asText().equals(event))
            .filter(json -> status.isEmpty() || json.path("status").asText().equals(status))
            .filter(json -> email.isEmpty() || json.path("email").asText().equals(email))
            .toList();
    return paging.page(call, found);
  }

  private static Instant start(ObjectNode event) {
    return Instant.parse(event.path("start_time").asText());
  }

  private static boolean isTime(String text) {
    try {
      Instant.parse(text);
      return true;
    } catch (DateTimeException e) {
      return false;
    }
  }
}
