package calendlyinbox.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.store.Database;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** However many events there are, no question of the console goes through all of them. */
final class QueryPlanTest {
  private static final Optional<String> ANY = Optional.empty();

  @TempDir static Path folder;
  private static Database database;

  @BeforeAll
  static void given_an_empty_database() throws Exception {
    database =
        new Database(folder.resolve("calendly.db"), Duration.ofSeconds(1), Clock.systemUTC());
    database.write(handle -> handle.execute("SELECT 1"));
  }

  @AfterAll
  static void close() {
    database.close();
  }

  static Stream<EventSearch> searches() {
    return Stream.of(ANY, Optional.of("processed"), Optional.of("failed"))
        .flatMap(
            status ->
                Stream.of(ANY, Optional.of("invitee.created"))
                    .flatMap(
                        type ->
                            Stream.of(ANY, Optional.of("ada@example.com"))
                                .map(sought -> new EventSearch(status, type, sought, 1000))));
  }

  @ParameterizedTest
  @MethodSource("searches")
  void events_are_reached_by_an_index_in_the_order_in_which_they_are_shown(EventSearch search)
      throws Exception {
    List<String> plan = plan(search.sql());

    assertTrue(
        plan.stream()
            .noneMatch(
                step ->
                    step.matches(
                        "SCAN (e|i|s|m|calendly\\w*|invitees|meetings|routing\\w*)( .*)?")),
        plan.toString());
    assertTrue(
        plan.stream()
            .filter(
                step -> step.contains("calendly_webhook_events") || step.startsWith("SEARCH e "))
            .allMatch(step -> step.startsWith("SEARCH")),
        plan.toString());
    if (search.sought().isEmpty() && (search.type().isEmpty() || search.status().isPresent())) {
      // The only thing sorted is the page itself.
      assertEquals(
          1,
          plan.stream().filter(step -> step.contains("TEMP B-TREE FOR ORDER BY")).count(),
          plan.toString());
    }
  }

  @Test
  void each_filter_has_its_own_index() throws Exception {
    assertUses("INTEGER PRIMARY KEY (rowid<?)", ANY, ANY, ANY);
    assertUses("events_by_status (status=? AND rowid<?)", Optional.of("x"), ANY, ANY);
    assertUses(
        "events_by_type_and_status (event_type=? AND status=? AND rowid<?)",
        ANY,
        Optional.of("x"),
        ANY);
    assertUses(
        "events_by_type_and_status (event_type=? AND status=? AND rowid<?)",
        Optional.of("x"),
        Optional.of("x"),
        ANY);
    for (String index :
        List.of(
            "invitees_by_email (email=?)",
            "invitees_by_meeting (meeting_uri=?)",
            "submissions_by_submitter (submitter=?)",
            "(event_id=?)",
            "(event_id>? AND event_id<?)",
            "events_of_no_shows (<expr>=?)")) {
      assertUses(index, ANY, ANY, Optional.of("x"));
    }
  }

  @Test
  void meetings_are_reached_by_their_start_or_by_the_address() throws Exception {
    BookingSearch soon =
        new BookingSearch("2026", ANY, Optional.of("canceled"), ANY, BookingSearch.COLUMNS);
    BookingSearch ofOne =
        new BookingSearch(
            "2026", Optional.of("2027"), ANY, Optional.of("x"), BookingSearch.COLUMNS);

    assertTrue(plan(soon.sql()).toString().contains("meetings_by_start (start_time>?)"));
    assertTrue(plan(ofOne.sql()).toString().contains("invitees_by_email (email=?)"));
  }

  @Test
  void kinds_are_read_from_an_index_a_look_for_each() throws Exception {
    assertFalse(plan(EventSearch.TYPES).toString().contains("SCAN calendly_webhook_events"));
  }

  private static void assertUses(
      String index, Optional<String> status, Optional<String> type, Optional<String> sought)
      throws Exception {
    List<String> plan = plan(new EventSearch(status, type, sought, 1000).sql());
    assertTrue(plan.stream().anyMatch(step -> step.endsWith(index)), index + " is not in " + plan);
  }

  private static List<String> plan(String sql) throws Exception {
    return database.look(handle -> plan(handle, sql));
  }

  private static List<String> plan(Handle handle, String sql) {
    List<String> steps = new ArrayList<>();
    try (Statement statement = handle.getConnection().createStatement();
        ResultSet rows =
            statement.executeQuery("EXPLAIN QUERY PLAN " + sql.replaceAll(":\\w+", "?"))) {
      while (rows.next()) {
        steps.add(rows.getString("detail"));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
    return steps;
  }
}
