package calendlyinbox.admin;

import calendlyinbox.store.DatabaseUnavailableException;
import calendlyinbox.upkeep.Address;
import calendlyinbox.upkeep.Forgetting.Outcome;
import calendlyinbox.upkeep.ForgettingJob;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code POST /api/forget}: a person is removed from everything; the answer says from where. While
 * that is under way it is 202: whoever asks again waits for the rest of it.
 */
final class ForgetRoute {
  private static final String WANTED =
      "the body must be JSON with the address of one person, as {\"email\":\"ada@example.com\"}";

  /** Well within what a request may take. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final ForgettingJob job;

  ForgetRoute(ForgettingJob job) {
    this.job = job;
  }

  void addTo(AdminRoutes routes) {
    routes.post(
        "/api/forget",
        ctx -> {
          Optional<Address> address = address(ctx.body());
          return () -> address.isPresent() ? forget(address.get()) : Reply.badParameter(WANTED);
        });
  }

  /** The address is repeated in no answer and no log. */
  private static Optional<Address> address(String body) {
    return Json.read(body).flatMap(tree -> Address.of(tree.path("email").asText()));
  }

  private Reply forget(Address address) throws DatabaseUnavailableException {
    Optional<Outcome> outcome;
    try {
      outcome = job.forget(address, PATIENCE);
    } catch (IOException e) {
      return Reply.error(
          503,
          "data_folder",
          "the data folder cannot be read and written ("
              + e.getClass().getSimpleName()
              + "); what was removed by now stays so, try again");
    }
    if (outcome.isEmpty()) {
      return Reply.accepted(Map.of("state", "under_way"));
    }
    if (outcome.get() instanceof Outcome.Done done) {
      Map<String, Object> content = new LinkedHashMap<>();
      content.put("removed", done.removed());
      content.put("redacted", done.redacted());
      content.put("deleted", names(done.deleted()));
      content.put("left", names(done.left()));
      content.put("unread", names(done.unread()));
      content.put("again", done.again());
      return Reply.json(content);
    }
    return outcome.get() instanceof Outcome.NotNow notNow
        ? Reply.error(409, "not_now", notNow.reason())
        : Reply.notFound("the address is nowhere in the data folder");
  }

  private static List<String> names(List<Path> files) {
    return files.stream().map(Path::toString).toList();
  }
}
