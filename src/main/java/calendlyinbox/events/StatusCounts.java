package calendlyinbox.events;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/**
 * How many events there are. Nearly all of them are processed: the few others are counted in the
 * index by status, and of all only the number is asked for.
 */
public final class StatusCounts {
  /** What an event's status may be, in the order of its life. */
  public static final List<String> STATUSES =
      Stream.of(EventRows.Status.values()).map(EventRows.Status::column).toList();

  static final String OTHERS =
      """
      SELECT status, count(*) AS n FROM calendly_webhook_events
      WHERE status IN ('pending', 'ignored', 'failed') GROUP BY status
      """;
  static final String FAILED =
      "SELECT count(*) FROM calendly_webhook_events WHERE status = 'failed'";
  static final String RETRIED =
      "SELECT count(*) FROM calendly_webhook_events WHERE status = 'pending' AND attempts >= :often";
  static final String ALL = "SELECT count(*) FROM calendly_webhook_events";

  private static final int OFTEN = 5;

  private StatusCounts() {}

  /** Returns the number of events of each status, in the order of an event's life. */
  public static Map<String, Long> byStatus(Handle handle) {
    return handle.inTransaction(StatusCounts::count);
  }

  /** Returns how many were given up. */
  public static long failed(Handle handle) {
    return handle.createQuery(FAILED).mapTo(Long.class).one();
  }

  /**
   * Returns how many were tried so often, over six minutes or more, that it is no passing trouble;
   * they are tried for a day before they are given up.
   */
  public static long retried(Handle handle) {
    return handle.createQuery(RETRIED).bind("often", OFTEN).mapTo(Long.class).one();
  }

  private static Map<String, Long> count(Handle handle) {
    long all = handle.createQuery(ALL).mapTo(Long.class).one();
    Map<String, Long> counts = new LinkedHashMap<>();
    STATUSES.forEach(status -> counts.put(status, 0L));
    handle
        .createQuery(OTHERS)
        .map((row, context) -> counts.put(row.getString("status"), row.getLong("n")))
        .list();
    long others = counts.values().stream().mapToLong(Long::longValue).sum();
    counts.put(EventRows.Status.PROCESSED.column(), all - others);
    return counts;
  }
}
