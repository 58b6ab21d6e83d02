package calendlyinbox.store;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Since when and why the database is away, told in one line a minute while it lasts and one when it
 * is over: a flood of lines helps nobody at night. Used under the database's lock, but for {@link
 * #last}.
 */
final class Outage {
  private static final Logger log = LoggerFactory.getLogger(Outage.class);
  private static final Duration LOG_EVERY = Duration.ofMinutes(1);

  /** Whoever failed tries again within seconds. */
  private static final Duration FAILING_FOR = Duration.ofSeconds(5);

  private final Clock clock;
  private Instant since;
  private Instant lastLogged;
  private volatile DatabaseUnavailableException failing;
  private Instant failedAt;

  Outage(Clock clock) {
    this.clock = clock;
  }

  void failed(DatabaseUnavailableException e) {
    Instant now = clock.instant();
    failing = e;
    failedAt = now;
    if (since == null) {
      since = now;
    }
    if (lastLogged == null || isOver(lastLogged, LOG_EVERY, now)) {
      lastLogged = now;
      log.warn(
          "Database unavailable: reason={} detail=\"{}\"; deliveries are kept in the journal",
          e.word(),
          e.getMessage());
    }
  }

  /** A transaction went through on this connection, which was opened after the last failure. */
  void worked(Handle handle) {
    if (since != null && lasting(handle).isEmpty()) {
      log.info("Database back: away_s={}", Duration.between(since, clock.instant()).toSeconds());
      since = null;
      lastLogged = null;
    }
  }

  /**
   * Returns what failed last, as long as it may fail yet: on a full disk, or with one bad page, a
   * transaction that only reads goes through. It is over when a row was changed since, or when
   * nothing failed for some seconds.
   */
  Optional<DatabaseUnavailableException> lasting(Handle handle) {
    if (failing != null
        && (isOver(failedAt, FAILING_FOR, clock.instant())
            || handle.createQuery("SELECT total_changes()").mapTo(Long.class).one() > 0)) {
      failing = null;
    }
    return Optional.ofNullable(failing);
  }

  /** Returns what failed last, if nothing is known to have gone well since. */
  Optional<DatabaseUnavailableException> last() {
    return Optional.ofNullable(failing);
  }

  /** What lies ahead is of a clock that was set back since. */
  private static boolean isOver(Instant since, Duration length, Instant now) {
    return since.isAfter(now) || Duration.between(since, now).compareTo(length) >= 0;
  }
}
