package calendlyinbox.admin;

import calendlyinbox.events.StatusCounts;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * How many events there are of each status. With a million of them this takes a moment: however
 * many ask, it is looked up once in a few seconds.
 */
final class EventCounts {

  private static final long GOOD_FOR_NANOS = Duration.ofSeconds(3).toNanos();

  /** Before the newest delivery so many events may stand that a sync found. */
  private static final int NEWEST = 100_000;

  private final Database database;

  // Guarded by this.
  private Counted latest;
  private long at;

  // How far was looked for a delivery, and the newest there was: nobody looks there again. Guarded
  // by this.
  private long lookedTo;
  private Optional<String> lastDelivery = Optional.empty();

  EventCounts(Database database) {
    this.database = database;
  }

  /**
   * @param byStatus empty while the database is away, and so is the next
   * @param retried those of the pending ones that were tried in vain for long
   */
  record Counted(
      Optional<Map<String, Long>> byStatus, Optional<Long> retried, Optional<String> lastDelivery) {
    static final Counted UNKNOWN =
        new Counted(Optional.empty(), Optional.empty(), Optional.empty());
  }

  synchronized Counted counted() throws DatabaseUnavailableException {
    long now = System.nanoTime();
    if (latest == null || now - at > GOOD_FOR_NANOS) {
      latest = database.look(this::count);
      at = now;
    }
    return latest;
  }

  private Counted count(Handle handle) {
    Map<String, Long> counts = StatusCounts.byStatus(handle);
    long newest =
        handle
            .createQuery("SELECT coalesce(max(id), 0) FROM calendly_webhook_events")
            .mapTo(Long.class)
            .one();
    lastDelivery =
        handle
            .createQuery(
                """
                SELECT received_at FROM calendly_webhook_events
                WHERE id > :after AND id <= :newest AND source = 'webhook' ORDER BY id DESC LIMIT 1
                """)
            .bind("after", Math.max(lookedTo, newest - NEWEST))
            .bind("newest", newest)
            .mapTo(String.class)
            .findOne()
            .or(() -> lastDelivery);
    lookedTo = newest;
    return new Counted(
        Optional.of(counts), Optional.of(StatusCounts.retried(handle)), lastDelivery);
  }
}
