package calendlyinbox.events;

import static calendlyinbox.Deliveries.booking;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events that could not be applied come round again, until only a person can help. */
class RetriesTest {
  private static final List<Duration> WAITS =
      List.of(
          Duration.ofSeconds(5),
          Duration.ofSeconds(15),
          Duration.ofMinutes(1),
          Duration.ofMinutes(5),
          Duration.ofMinutes(15),
          Duration.ofHours(1),
          Duration.ofHours(3),
          Duration.ofHours(6),
          Duration.ofHours(12));
  private static final String EVENT =
      "SELECT status, attempts, last_error FROM calendly_webhook_events";
  private static final String PROCESSED = "processed|%d|null";

  @TempDir Path folder;
  private Station station;
  private Retries retries;

  @BeforeEach
  void given_an_event_that_was_refused() throws Exception {
    station = new Station(folder);
    station.processor.progress();
    station.refuse("bob@example.com");
    station.apply(booking("m", "bob"));
    retries = new Retries(station.processor);
  }

  @AfterEach
  void close() {
    retries.close();
    station.close();
  }

  @Test
  void it_is_tried_nine_more_times_over_a_day_and_then_failed() throws Exception {
    for (int attempt = 1; attempt <= WAITS.size(); attempt++) {
      assertTrue(station.one(EVENT).startsWith("pending|" + attempt + "|"), station.one(EVENT));
      Instant next = nextAttempt();
      Duration wait = Duration.between(station.clock.instant(), next);
      Duration wanted = WAITS.get(attempt - 1);
      assertTrue(
          wait.compareTo(wanted.multipliedBy(8).dividedBy(10)) >= 0
              && wait.compareTo(wanted.multipliedBy(12).dividedBy(10)) <= 0,
          "wait " + attempt + " is " + wait + ", wanted about " + wanted);

      station.clock.advance(wait.minusMillis(1));
      retries.run();
      assertTrue(station.one(EVENT).startsWith("pending|" + attempt + "|"), "tried too early");

      station.clock.advance(Duration.ofMillis(1));
      retries.run();
    }
    assertTrue(station.one(EVENT).startsWith("failed|10|"), station.one(EVENT));
    assertTrue(station.one(EVENT).contains("refused by a trigger"), station.one(EVENT));
    assertEquals("null", station.one("SELECT next_attempt_at FROM calendly_webhook_events"));
    assertEquals("0", station.count("invitees"));

    station.clock.advance(Duration.ofDays(30));
    retries.run();
    assertTrue(station.one(EVENT).startsWith("failed|10|"), "nobody tries it any more");
  }

  @Test
  void waits_are_spread_by_chance() {
    RetrySchedule schedule = new RetrySchedule(new java.util.Random(1));
    long different =
        java.util.stream.IntStream.range(0, 100)
            .mapToObj(i -> schedule.next(1, Station.START).orElseThrow())
            .distinct()
            .count();

    assertTrue(different > 90, "only " + different);
  }

  @Test
  void a_retry_applies_it_once_the_cause_is_gone() throws Exception {
    station.execute("DROP TRIGGER refuse");
    station.clock.advance(Duration.ofSeconds(6));

    retries.run();

    assertEquals(String.format(PROCESSED, 2), station.one(EVENT));
    assertEquals("Name of bob", station.one("SELECT name FROM invitees"));
  }

  @Test
  void a_clock_that_was_ahead_and_is_set_back_puts_off_nothing() throws Exception {
    station.clock.advance(Duration.ofDays(365));
    retries.run();
    assertTrue(station.one(EVENT).startsWith("pending|2|"), station.one(EVENT));
    station.execute("DROP TRIGGER refuse");
    station.clock.advance(Duration.ofDays(-365));

    retries.run();

    assertEquals(String.format(PROCESSED, 3), station.one(EVENT));
    assertEquals("Name of bob", station.one("SELECT name FROM invitees"));
  }

  @Test
  void an_error_does_not_end_them() throws Exception {
    station.execute("DROP TRIGGER refuse");
    station.clock.advance(Duration.ofSeconds(6));
    Error gone = new NoClassDefFoundError("a jar that was exchanged while it ran");
    EventProcessor broken =
        new EventProcessor(
            station.database,
            new RetrySchedule(new java.util.Random(1)),
            (handle, events) -> {
              throw gone;
            },
            station.clock);
    try (Retries stumbling = new Retries(broken)) {
      stumbling.run();
    }

    retries.run();

    assertEquals(String.format(PROCESSED, 2), station.one(EVENT));
  }

  @Test
  void a_failed_event_is_applied_when_somebody_asks() throws Exception {
    long id = 1;
    for (int i = 0; i < 9; i++) {
      assertTrue(station.processor.again(id).isPresent());
    }
    assertTrue(station.one(EVENT).startsWith("failed|10|"), station.one(EVENT));
    station.execute("DROP TRIGGER refuse");

    EventProcessor.Replayed replayed = station.processor.again(id).orElseThrow();

    assertEquals(new EventProcessor.Replayed("processed", java.util.Optional.empty()), replayed);
    assertEquals(String.format(PROCESSED, 11), station.one(EVENT));
    assertEquals("Name of bob", station.one("SELECT name FROM invitees"));
  }

  @Test
  void again_changes_nothing_of_an_event_that_is_applied() throws Exception {
    station.apply(booking("m", "ada"));
    List<String> before = station.rows("SELECT * FROM invitees");

    assertEquals("processed", station.processor.again(2).orElseThrow().status());

    assertEquals(before, station.rows("SELECT * FROM invitees"));
    assertTrue(station.processor.again(99).isEmpty());
  }

  @Test
  void one_that_still_fails_does_not_hold_up_the_others() throws Exception {
    station.execute("DROP TRIGGER refuse");
    station.execute(
        "CREATE TRIGGER refuse BEFORE INSERT ON invitees WHEN NEW.email <> 'cleo@example.com'"
            + " BEGIN SELECT RAISE(ABORT, 'refused'); END");
    station.execute(
        "CREATE TRIGGER refuse_cleo BEFORE INSERT ON invitees"
            + " BEGIN SELECT RAISE(ABORT, 'refused'); END");
    station.apply(booking("m", "cleo"));
    station.execute("DROP TRIGGER refuse_cleo");
    station.clock.advance(Duration.ofSeconds(6));

    retries.run();

    assertEquals(
        List.of("pending|2", "processed|2"),
        station.rows("SELECT status, attempts FROM calendly_webhook_events ORDER BY id"));
  }

  @Test
  void one_of_which_not_even_the_failure_can_be_kept_does_not_hold_up_the_others()
      throws Exception {
    station.execute("DROP TRIGGER refuse");
    station.refuse("cleo@example.com");
    station.apply(booking("m", "cleo"));
    station.execute("DROP TRIGGER refuse");
    keepNothingOf("LIKE '%bob%'");
    station.clock.advance(Duration.ofSeconds(7));

    retries.run();

    assertEquals(
        List.of("pending|1", "processed|2"),
        station.rows("SELECT status, attempts FROM calendly_webhook_events ORDER BY id"));
  }

  /** Not even that a try failed. */
  private void keepNothingOf(String eventIdsThatAre) throws Exception {
    station.execute(
        "CREATE TRIGGER stays BEFORE UPDATE ON calendly_webhook_events WHEN NEW.event_id "
            + eventIdsThatAre
            + " BEGIN SELECT RAISE(ABORT, 'refused'); END");
  }

  @Test
  void a_hundred_of_which_not_even_the_failure_can_be_kept_do_not_hold_up_those_behind_them()
      throws Exception {
    station.execute("DROP TRIGGER refuse");
    station.execute(
        "CREATE TRIGGER refuse BEFORE INSERT ON invitees BEGIN SELECT RAISE(ABORT, 'refused'); END");
    station.apply(Station.bookings(0, 100));
    station.clock.advance(Duration.ofSeconds(3));
    station.apply(booking("m", "cleo"));
    station.execute("DROP TRIGGER refuse");
    keepNothingOf("NOT LIKE '%cleo%'");
    station.clock.advance(Duration.ofSeconds(7));

    for (int round = 0; round < 10; round++) {
      retries.run();
    }

    assertEquals("Name of cleo", station.one("SELECT name FROM invitees"));
    assertEquals(102, retries.tried(), "each once, not once a second");

    station.execute("DROP TRIGGER stays");
    for (int round = 0; round < 60; round++) {
      retries.run();
    }
    assertEquals(
        List.of("processed|102"),
        station.rows("SELECT status, count(*) FROM calendly_webhook_events GROUP BY status"));
  }

  @Test
  void an_event_too_deep_for_the_stack_is_a_failed_try_like_any_other_and_holds_up_nobody()
      throws Exception {
    station.execute("DROP TRIGGER refuse");
    station.processor =
        new EventProcessor(
            station.database,
            new RetrySchedule(new java.util.Random(1)),
            (handle, events) -> {
              if (events.toString().contains("bob@")) {
                throw new StackOverflowError();
              }
            },
            station.clock);
    station.apply(booking("n", "bob"), booking("m", "cleo"));
    assertEquals(
        List.of("pending|1", "pending|1", "processed|1"),
        station.rows("SELECT status, attempts FROM calendly_webhook_events ORDER BY id"));
    station.clock.advance(Duration.ofSeconds(6));

    try (Retries again = new Retries(station.processor)) {
      again.run();
    }

    assertEquals(
        List.of(
            "pending|2|StackOverflowError: null",
            "pending|2|StackOverflowError: null",
            "processed|1|null"),
        station.rows(
            "SELECT status, attempts, last_error FROM calendly_webhook_events ORDER BY id"));
  }

  @Test
  void a_pending_event_that_a_former_process_left_is_taken_up_at_the_next_start() throws Exception {
    retries.close();
    station.execute("DROP TRIGGER refuse");
    station.restart();
    station.clock.advance(Duration.ofHours(2));

    retries = new Retries(station.processor);
    retries.start(Duration.ofMillis(10));

    Eventually.holds(
        "the event is processed", () -> station.one(EVENT).equals(String.format(PROCESSED, 2)));
    assertEquals("Name of bob", station.one("SELECT name FROM invitees"));
  }

  @Test
  void retries_outlive_a_database_that_is_away() throws Exception {
    station.execute("DROP TRIGGER refuse");
    station.clock.advance(Duration.ofSeconds(6));
    Path aside = folder.resolve("aside.db");
    station.database.close();
    java.nio.file.Files.move(station.file, aside);
    java.nio.file.Files.createDirectory(station.file);
    retries.run();
    java.nio.file.Files.delete(station.file);
    java.nio.file.Files.move(aside, station.file);

    retries.run();

    assertEquals(String.format(PROCESSED, 2), station.one(EVENT));
  }

  private Instant nextAttempt() {
    return Instant.parse(station.one("SELECT next_attempt_at FROM calendly_webhook_events"));
  }
}
