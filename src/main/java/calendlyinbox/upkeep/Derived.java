package calendlyinbox.upkeep;

import calendlyinbox.calendly.EventParser;
import calendlyinbox.calendly.Parsed;
import calendlyinbox.meetings.Mirror;
import calendlyinbox.meetings.Sightings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/**
 * The mirror's tables once more, as temporary ones of a connection, made of all that is stored.
 * They have the same names, and hide the real ones from every statement that does not say {@code
 * main}: so the rules and statements are those that deliveries go by. Since these give the same in
 * any order and with repeats, it is made in many short turns, beside a server that goes on writing.
 */
final class Derived {
  static final List<String> TABLES = List.of("meetings", "invitees", "routing_form_submissions");
  private static final int AT_ONCE = 500;

  /** Its meaning is in the tables; also where it was tried once more since then, in vain. */
  private static final String APPLIED =
      "(status = 'processed' OR (status <> 'ignored' AND processed_at IS NOT NULL))";

  private static final int ASKED_AT_ONCE = 10_000;

  private final EventParser parser = new EventParser();
  private final Mirror mirror = new Mirror();
  // Events that were not applied when they were passed, and may be by now.
  private final List<Long> passed = new ArrayList<>();
  // By table, the last row that it began with.
  private final Map<String, Long> begunWith = new HashMap<>();
  private long lastEvent;
  private String lastEventIs;
  private boolean lastEventWent;
  private long lastSighting;
  private long events;

  /**
   * Makes the tables, empty, in the place of such as were left by an earlier attempt; with their
   * indexes, somebody's own too, but nobody's triggers.
   */
  static void create(Handle handle) {
    for (String table : TABLES) {
      handle.execute("DROP TABLE IF EXISTS temp." + table);
      List<String> statements =
          handle
              .createQuery(
                  "SELECT sql FROM main.sqlite_schema WHERE tbl_name = :table AND type IN ('table', 'index') AND sql IS NOT NULL ORDER BY type DESC")
              .bind("table", table)
              .mapTo(String.class)
              .list();
      for (String sql : statements) {
        handle.execute(
            sql.replaceFirst("^CREATE\\s+TABLE\\s+", "CREATE TEMP TABLE ")
                .replaceFirst("^CREATE\\s+(UNIQUE\\s+)?INDEX\\s+", "CREATE $1INDEX temp."));
      }
    }
  }

  /**
   * Copies the rows that are there, so that what is stored is added to them. To be called before
   * anything is taken in.
   */
  void beginWithWhatIsThere(Handle handle) {
    for (String table : TABLES) {
      handle.execute("INSERT INTO temp.%1$s SELECT * FROM main.%1$s".formatted(table));
      long last =
          handle
              .createQuery("SELECT coalesce(max(rowid), 0) FROM temp." + table)
              .mapTo(Long.class)
              .one();
      begunWith.put(table, last);
    }
  }

  /**
   * Where Calendly never said a meeting's status, its invitees make it, and of those some may be
   * lost: it stays as it was when they were there.
   */
  void keepDerivedStatus(Handle handle) {
    handle.execute(
        """
        UPDATE temp.meetings SET status = m.status FROM main.meetings m
        WHERE m.uri = temp.meetings.uri AND temp.meetings.said_status IS NULL
        """);
  }

  /**
   * Takes in some more of what is stored.
   *
   * @return whether there was any
   */
  boolean more(Handle handle) {
    checkTheyAreThere(handle);
    return moreEvents(handle) | moreSightings(handle);
  }

  /** Takes in all that is left, in the transaction that holds the write lock. */
  void rest(Handle handle) {
    while (more(handle)) {
      // Until nothing is left.
    }
    for (int from = 0; from < passed.size(); from += ASKED_AT_ONCE) {
      List<Long> ids = passed.subList(from, Math.min(passed.size(), from + ASKED_AT_ONCE));
      apply(
          handle,
          handle
              .createQuery(
                  """
                  SELECT payload FROM calendly_webhook_events
                  WHERE %s AND id IN (SELECT value FROM json_each(:ids))
                  """
                      .formatted(APPLIED))
              .bind(
                  "ids",
                  ids.stream().map(Object::toString).collect(Collectors.joining(",", "[", "]")))
              .mapTo(byte[].class)
              .list());
    }
  }

  /** Returns whether events went away since they were taken in, or rows that it began with. */
  boolean isStale(Handle handle) {
    long now =
        handle.createQuery("SELECT count(*) FROM calendly_webhook_events").mapTo(Long.class).one();
    return lastEventWent
        || events != now
        || begunWith.keySet().stream().anyMatch(table -> isLess(handle, table));
  }

  private boolean isLess(Handle handle, String table) {
    return handle
        .createQuery(
            """
            SELECT EXISTS (
              SELECT 1 FROM temp.%1$s t
              WHERE t.rowid <= :last AND NOT EXISTS (SELECT 1 FROM main.%1$s m WHERE m.uri = t.uri))
            """
                .formatted(table))
        .bind("last", begunWith.get(table))
        .mapTo(Boolean.class)
        .one();
  }

  /**
   * Without them the statements would write into the real tables. They go when the connection is
   * opened anew, after trouble with the database.
   */
  private static void checkTheyAreThere(Handle handle) {
    long there =
        handle
            .createQuery("SELECT count(*) FROM temp.sqlite_schema WHERE type = 'table'")
            .mapTo(Long.class)
            .one();
    if (there != TABLES.size()) {
      throw new IllegalStateException(there + " temporary tables, wanted " + TABLES.size());
    }
  }

  private record Stored(long id, String is, byte[] payload) {}

  private boolean moreEvents(Handle handle) {
    lookForLastEvent(handle);
    List<Stored> next =
        handle
            .createQuery(
                """
                SELECT id, event_type || ' ' || event_id, iif(%s, payload, NULL)
                FROM calendly_webhook_events
                WHERE id > :last ORDER BY id LIMIT :limit
                """
                    .formatted(APPLIED))
            .bind("last", lastEvent)
            .bind("limit", AT_ONCE)
            .map((row, context) -> new Stored(row.getLong(1), row.getString(2), row.getBytes(3)))
            .list();
    List<byte[]> processed = new ArrayList<>();
    for (Stored one : next) {
      if (one.payload() == null) {
        passed.add(one.id());
      } else {
        processed.add(one.payload());
      }
      lastEvent = one.id();
      lastEventIs = one.is();
    }
    events += next.size();
    apply(handle, processed);
    return !next.isEmpty();
  }

  /**
   * SQLite gives an id anew when the event with the greatest one went. The one that has it then is
   * behind us, and not read.
   */
  private void lookForLastEvent(Handle handle) {
    lastEventWent |=
        lastEvent > 0
            && !handle
                .createQuery(
                    """
                    SELECT EXISTS (
                      SELECT 1 FROM calendly_webhook_events
                      WHERE id = :last AND event_type || ' ' || event_id = :is)
                    """)
                .bind("last", lastEvent)
                .bind("is", lastEventIs)
                .mapTo(Boolean.class)
                .one();
  }

  private void apply(Handle handle, List<byte[]> payloads) {
    List<Parsed.Understood> understood = new ArrayList<>();
    for (byte[] payload : payloads) {
      if (parser.parse(payload) instanceof Parsed.Understood event) {
        understood.add(event);
      }
    }
    mirror.apply(handle, understood);
  }

  private boolean moreSightings(Handle handle) {
    List<Map<String, Object>> next =
        handle
            .createQuery(
                "SELECT id, event_type, seen_at, body FROM sightings WHERE id > :last ORDER BY id LIMIT :limit")
            .bind("last", lastSighting)
            .bind("limit", AT_ONCE)
            .mapToMap()
            .list();
    Sightings sightings = new Sightings(handle);
    for (Map<String, Object> one : next) {
      sightings.apply(
          (String) one.get("event_type"), (String) one.get("seen_at"), (String) one.get("body"));
      lastSighting = ((Number) one.get("id")).longValue();
    }
    return !next.isEmpty();
  }
}
