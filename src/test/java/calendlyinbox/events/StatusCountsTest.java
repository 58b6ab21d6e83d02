package calendlyinbox.events;

import static org.junit.jupiter.api.Assertions.assertEquals;

import calendlyinbox.store.Database;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusCountsTest {
  @TempDir Path folder;

  @Test
  void each_status_is_counted_also_where_there_is_none() throws Exception {
    try (Database database = database()) {
      database.write(handle -> store(handle, 7, "processed"));
      database.write(handle -> store(handle, 3, "failed"));
      database.write(handle -> store(handle, 2, "ignored"));
      assertEquals(
          Map.of("pending", 0L, "processed", 7L, "ignored", 2L, "failed", 3L),
          database.look(StatusCounts::byStatus));
      assertEquals(3, database.look(StatusCounts::failed));

      database.write(handle -> store(handle, 5, "pending"));
      assertEquals(
          Map.of("pending", 5L, "processed", 7L, "ignored", 2L, "failed", 3L),
          database.look(StatusCounts::byStatus));
    }
  }

  @Test
  void what_was_tried_for_minutes_is_told_from_what_may_pass() throws Exception {
    try (Database database = database()) {
      database.write(handle -> store(handle, 5, "pending"));
      database.write(handle -> store(handle, 2, "failed"));
      for (int attempts : new int[] {1, 2, 3, 4}) {
        tried(database, attempts);
        assertEquals(0, database.look(StatusCounts::retried));
      }

      tried(database, 5);

      assertEquals(5, database.look(StatusCounts::retried));
    }
  }

  private static void tried(Database database, int attempts) throws Exception {
    database.write(
        handle -> handle.execute("UPDATE calendly_webhook_events SET attempts = ?", attempts));
  }

  /** With a million events and their payloads, a walk through the table would take seconds. */
  @Test
  void nothing_is_counted_by_a_walk_through_the_table() throws Exception {
    try (Database database = database()) {
      database.write(handle -> 0);

      String few =
          "SEARCH calendly_webhook_events USING COVERING INDEX events_by_status (status=?)";
      assertEquals(List.of(few), plan(database, StatusCounts.OTHERS));
      assertEquals(List.of(few), plan(database, StatusCounts.FAILED));
      assertEquals(
          List.of("SEARCH calendly_webhook_events USING INDEX events_by_status (status=?)"),
          plan(database, StatusCounts.RETRIED.replace(":often", "5")));
      assertEquals(
          List.of("SCAN calendly_webhook_events USING COVERING INDEX events_by_status"),
          plan(database, StatusCounts.ALL));
    }
  }

  private static List<String> plan(Database database, String query) throws Exception {
    return database.look(
        handle ->
            handle
                .createQuery("EXPLAIN QUERY PLAN " + query)
                .map((row, context) -> row.getString("detail"))
                .list());
  }

  private Database database() {
    return new Database(folder.resolve("calendly.db"), Duration.ofSeconds(1), Clock.systemUTC());
  }

  private static Object store(Handle handle, int count, String status) {
    for (int i = 0; i < count; i++) {
      handle
          .createUpdate(
              """
              INSERT INTO calendly_webhook_events (event_id, event_type, status, payload, received_at)
              VALUES (:id, 'invitee.created', :status, '{}', '2026-11-23T12:00:00.000000Z')
              """)
          .bind("id", status + i)
          .bind("status", status)
          .execute();
    }
    return count;
  }
}
