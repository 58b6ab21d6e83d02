package calendlyinbox.admin;

import calendlyinbox.events.EventQueue;
import calendlyinbox.events.EventQueue.Backlog;
import calendlyinbox.events.Retries;
import calendlyinbox.events.StatusCounts;
import calendlyinbox.journal.Journal;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import calendlyinbox.subscriptions.Finding;
import calendlyinbox.subscriptions.SubscriptionWatch;
import calendlyinbox.sync.LastSync;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What {@code GET /metrics} shows. Every label has a fixed set of values, and none of them is
 * anybody's. What cannot be had right now, as the events of a database that is away, is left out.
 * Safe for concurrent use.
 */
public final class Metrics {
  private static final Logger log = LoggerFactory.getLogger(Metrics.class);
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Counters counters;
  private final Journal journal;
  private final Database database;
  private final EventQueue queue;
  private final Retries retries;
  private final Health health;
  private final Path dataFolder;
  private final Clock clock;

  public Metrics(
      Counters counters,
      Journal journal,
      Database database,
      EventQueue queue,
      Retries retries,
      Health health,
      Path dataFolder,
      Clock clock) {
    this.counters = counters;
    this.journal = journal;
    this.database = database;
    this.queue = queue;
    this.retries = retries;
    this.health = health;
    this.dataFolder = dataFolder;
    this.clock = clock;
  }

  Reply reply() {
    return new Reply(200, Exposition.CONTENT_TYPE, text());
  }

  /** Returns all counters of now in Prometheus' text format. Takes a few seconds at the longest. */
  byte[] text() {
    Map<String, String> parts = parts();
    Backlog backlog = queue.backlog();
    return new Exposition()
        .counters(
            "calendly_inbox_deliveries",
            "Deliveries by what they were answered: received (200), or why not.",
            "outcome",
            counters.deliveries())
        .histogram(
            "calendly_inbox_answer_duration_seconds",
            "From a delivery's first byte to its answer 200, its bytes being on disk by then.",
            counters.answers())
        .histogram(
            "calendly_inbox_journal_sync_duration_seconds",
            "How long one fsync of the journal took; many deliveries share one.",
            counters.syncs())
        .gauge(
            "calendly_inbox_journal_bytes",
            "What lies in the journal, applied or not.",
            journal.bytes())
        .gauge(
            "calendly_inbox_backlog_bytes",
            "What lies in the journal and is not in the database yet.",
            backlog.bytes())
        .gauge(
            "calendly_inbox_oldest_waiting_seconds",
            "How long, at the most, the oldest delivery waits that is not in the database yet; 0 if"
                + " none does.",
            backlog.waitingSince().map(this::secondsSince).orElse(0.0))
        .gauge(
            "calendly_inbox_queue_deliveries",
            "Deliveries in the bounded executor, read from the journal and not applied yet.",
            queue.depth())
        .gauges(
            "calendly_inbox_events",
            "Stored events by status; none while the database is away.",
            "status",
            events())
        .gauge(
            "calendly_inbox_sync_done_timestamp_seconds",
            "When the server's last own sync came to its end, in Unix time; none while there is none,"
                + " or the database is away.",
            syncDone())
        .counter(
            "calendly_inbox_retries",
            "Events that were tried again because their first try failed.",
            retries.tried())
        .counters(
            "calendly_inbox_api_requests",
            "Requests to Calendly's API by the status of the answer; none: there was no answer.",
            "status",
            counters.calls())
        .gauges(
            "calendly_inbox_subscription_state",
            "1 for the word that /health shows of the webhook subscription.",
            "state",
            subscription(parts))
        .gauges(
            "calendly_inbox_part_well",
            "1 for each part that /health finds well, 0 for the others.",
            "part",
            wellness(parts))
        .gauge("calendly_inbox_disk_free_bytes", "Free space for the data folder.", diskFree())
        .process()
        .text();
  }

  private double secondsSince(Instant since) {
    return Duration.between(since, clock.instant()).toMillis() / 1e3;
  }

  /** Empty if they do not come in time: a disk that hangs must not hang this. */
  private Map<String, String> parts() {
    try {
      return health.parts().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      log.debug("Health is not known in time: cause={}", e.getClass().getSimpleName());
      return Map.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Map.of();
    }
  }

  private Map<String, Long> events() {
    try {
      return database.look(StatusCounts::byStatus);
    } catch (DatabaseUnavailableException e) {
      log.debug("Events are not counted: reason={}", e.word());
      return Map.of();
    }
  }

  private OptionalDouble syncDone() {
    try {
      return database
          .look(LastSync::done)
          .map(at -> OptionalDouble.of(at.toEpochMilli() / 1e3))
          .orElseGet(OptionalDouble::empty);
    } catch (DatabaseUnavailableException e) {
      log.debug("When a sync was done is not known: reason={}", e.word());
      return OptionalDouble.empty();
    }
  }

  private static Map<String, Long> subscription(Map<String, String> parts) {
    Map<String, Long> states = new LinkedHashMap<>();
    for (Finding.State state : Finding.State.values()) {
      states.put(state.word(), 0L);
    }
    states.put(SubscriptionWatch.CHECKING, 0L);
    states.put(Health.NOT_CONFIGURED, 0L);
    states.computeIfPresent(parts.getOrDefault("subscription", ""), (word, no) -> 1L);
    return states;
  }

  private static Map<String, Long> wellness(Map<String, String> parts) {
    Map<String, Long> well = new LinkedHashMap<>();
    parts.forEach((part, word) -> well.put(part, Health.isWell(word) ? 1L : 0L));
    return well;
  }

  private OptionalDouble diskFree() {
    try {
      return OptionalDouble.of(Files.getFileStore(dataFolder).getUsableSpace());
    } catch (IOException e) {
      log.debug("Free space is not known", e);
      return OptionalDouble.empty();
    }
  }
}
