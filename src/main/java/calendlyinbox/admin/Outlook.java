package calendlyinbox.admin;

import calendlyinbox.events.StatusCounts;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import calendlyinbox.store.DatabaseUnavailableException.Trouble;
import calendlyinbox.subscriptions.Finding;
import calendlyinbox.subscriptions.SubscriptionWatch;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at everything that an alert may be about. */
final class Outlook implements Alerts.Look {
  private static final Logger log = LoggerFactory.getLogger(Outlook.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Words of the subscription that say that Calendly does not take our token for what it needs. */
  private static final Set<String> REFUSED_TOKEN =
      Set.of(
          Finding.State.TOKEN.word(),
          Finding.State.TOKEN_SCOPE.word(),
          Finding.State.PERMISSION.word());

  /** And those that tell nothing of the token, since Calendly was not asked. */
  private static final Set<String> NOT_ASKED =
      Set.of(Finding.State.UNREACHABLE.word(), Finding.State.LOCKED.word());

  /**
   * Words of what may pass by itself, or loses nothing while it lasts. Where one that is known
   * turns into any other word, that is news.
   */
  private static final Set<String> MILD =
      Set.of(
          "damaged_lines",
          "low",
          Trouble.LOCKED.word(),
          Finding.State.FAILING.word(),
          Finding.State.UNREACHABLE.word(),
          Finding.State.UNRECORDED.word());

  private static final long GRAVE = 2;

  private final Health health;
  private final Database database;
  private final ClockWatch clockWatch;
  private final TokenWatch tokenWatch;
  private final SyncWatch syncWatch;

  Outlook(
      Health health,
      Database database,
      ClockWatch clockWatch,
      TokenWatch tokenWatch,
      SyncWatch syncWatch) {
    this.health = health;
    this.database = database;
    this.clockWatch = clockWatch;
    this.tokenWatch = tokenWatch;
    this.syncWatch = syncWatch;
  }

  @Override
  public Sight look() throws InterruptedException {
    Sight sight = new Sight();
    clockWatch.addTo(sight);
    syncWatch.addTo(sight);
    try {
      Map<String, String> parts = health.parts().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      part(sight, Concern.JOURNAL, parts.get("journal"));
      database(sight, parts.get("database"));
      part(sight, Concern.QUEUE, parts.get("queue"));
      part(sight, Concern.DISK, parts.get("disk"));
      subscription(sight, parts.get("subscription"));
    } catch (TimeoutException e) {
      sight.trouble(Concern.DISK, GRAVE, "does not answer");
      return sight;
    } catch (ExecutionException e) {
      log.error("Health could not be found out; it is tried again", e.getCause());
      return sight;
    }
    events(sight);
    return sight;
  }

  private static void part(Sight sight, Concern concern, String word) {
    if (Health.isWell(word)) {
      sight.well(concern);
    } else {
      sight.trouble(concern, MILD.contains(word) ? 1 : GRAVE, word);
    }
  }

  /** That bookings are gone with it is no state of its own: what is there works, and is well. */
  private void database(Sight sight, String word) {
    if (Health.isWell(word) && database.isInPlaceOfLost()) {
      sight.trouble(
          Concern.DATABASE, "was gone, and is a new one: stop the server and restore a copy");
    } else {
      part(sight, Concern.DATABASE, word);
    }
  }

  /**
   * Its words are about two things, of which a person mends one here and one at Calendly. While the
   * token is refused nobody knows how the subscription stands.
   */
  private void subscription(Sight sight, String word) {
    if (word.equals(SubscriptionWatch.CHECKING)) {
      return;
    }
    if (REFUSED_TOKEN.contains(word)) {
      sight.trouble(Concern.TOKEN, "refused (" + word + ")");
      return;
    }
    part(sight, Concern.SUBSCRIPTION, word);
    if (word.equals(Health.NOT_CONFIGURED)) {
      tokenWatch.addTo(sight);
    } else if (!NOT_ASKED.contains(word)) {
      sight.well(Concern.TOKEN);
    }
  }

  /** One that was tried in vain for long and is then given up is news twice. */
  private void events(Sight sight) {
    try {
      long failed = database.look(StatusCounts::failed);
      long retried = database.look(StatusCounts::retried);
      if (failed + retried == 0) {
        sight.well(Concern.EVENTS);
        return;
      }
      String words =
          Stream.of(count("failed: ", failed), count("tried in vain: ", retried))
              .flatMap(Optional::stream)
              .collect(Collectors.joining(", "));
      sight.trouble(Concern.EVENTS, GRAVE * failed + retried, words);
    } catch (DatabaseUnavailableException e) {
      log.debug("Failed events are not counted: reason={}", e.word());
    }
  }

  private static Optional<String> count(String what, long n) {
    return n == 0 ? Optional.empty() : Optional.of(what + n);
  }
}
