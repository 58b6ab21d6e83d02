package calendlyinbox.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.SettableClock;
import calendlyinbox.calendly.ApiProblem;
import calendlyinbox.events.EventProcessor;
import calendlyinbox.events.EventQueue;
import calendlyinbox.events.RetrySchedule;
import calendlyinbox.journal.Journal;
import calendlyinbox.store.Database;
import calendlyinbox.sync.SyncOutcome;
import calendlyinbox.sync.Tally;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutlookTest {
  @TempDir Path folder;

  private final Clock clock = Clock.systemUTC();
  private final ClockWatch clockWatch = new ClockWatch(Duration.ofMinutes(3), clock);
  private final TokenWatch tokenWatch = new TokenWatch(true);
  private final SettableClock syncClock = new SettableClock(Instant.parse("2026-11-23T12:00:00Z"));
  private SyncWatch syncWatch = new SyncWatch(true, syncClock);
  private LinkageError defect;
  private volatile String subscription = Health.NOT_CONFIGURED;
  private Journal journal;
  private Database database;
  private EventQueue queue;

  @BeforeEach
  void open() throws Exception {
    journal = Journal.open(Files.createDirectory(folder.resolve("journal")), clock);
    database = new Database(folder.resolve("calendly.db"), Duration.ofSeconds(5), clock);
    EventProcessor processor =
        new EventProcessor(database, new RetrySchedule(new Random(1)), clock);
    queue = new EventQueue(journal, database, processor, 1, 100, clock);
  }

  @AfterEach
  void close() throws Exception {
    queue.close();
    journal.close();
    database.close();
  }

  @Test
  void a_token_that_is_refused_is_in_trouble_also_where_there_is_no_subscription_to_look_after()
      throws Exception {
    assertEquals("unknown", look(tokenWatch, Concern.TOKEN));

    tokenWatch.answered(503, Optional.empty());
    tokenWatch.unanswered();
    assertEquals("unknown", look(tokenWatch, Concern.TOKEN));

    tokenWatch.answered(401, Optional.empty());
    tokenWatch.answered(404, Optional.empty());
    assertEquals("refused (token)", look(tokenWatch, Concern.TOKEN));
    assertEquals("well", look(tokenWatch, Concern.SUBSCRIPTION));

    tokenWatch.answered(200, Optional.empty());
    assertEquals("well", look(tokenWatch, Concern.TOKEN));
  }

  @Test
  void where_there_is_no_token_it_is_well() throws Exception {
    assertEquals("well", look(new TokenWatch(false), Concern.TOKEN));
  }

  @Test
  void the_subscriptions_word_is_the_one_that_counts_where_it_has_one() throws Exception {
    tokenWatch.answered(401, Optional.empty());
    subscription = "ok";
    assertEquals("well", look(tokenWatch, Concern.TOKEN));

    tokenWatch.answered(200, Optional.empty());
    subscription = "token_scope";
    assertEquals("refused (token_scope)", look(tokenWatch, Concern.TOKEN));
  }

  @Test
  void while_the_token_is_refused_nothing_is_known_of_the_subscription() throws Exception {
    subscription = "token";
    assertEquals("unknown", look(tokenWatch, Concern.SUBSCRIPTION));

    subscription = "failing";
    assertEquals("failing", look(tokenWatch, Concern.SUBSCRIPTION));
  }

  @Test
  void what_loses_nothing_while_it_lasts_is_the_lesser_trouble() throws Exception {
    for (String mild : List.of("failing", "unreachable", "locked", "unrecorded")) {
      assertEquals(1, level(mild), mild);
    }
    for (String grave : List.of("disabled", "disconnected", "plan", "refused")) {
      assertEquals(2, level(grave), grave);
    }
  }

  private long level(String word) throws Exception {
    subscription = word;
    return sight(tokenWatch).trouble(Concern.SUBSCRIPTION).orElseThrow().level();
  }

  private String sync() throws Exception {
    return look(tokenWatch, Concern.SYNC);
  }

  private static SyncOutcome stopped(ApiProblem problem) {
    return new SyncOutcome.Stopped(problem, new Tally(0, 0, 0, 0));
  }

  private static SyncOutcome done() {
    return new SyncOutcome.Done(new Tally(0, 0, 0, 0));
  }

  @Test
  void a_sync_that_time_alone_does_not_heal_is_in_trouble_until_one_is_done() throws Exception {
    assertEquals("unknown", sync());

    syncWatch.ended(
        stopped(new ApiProblem.Forbidden("no", List.of("scheduled_events:read"), false)));
    assertEquals("refused: the token lacks scheduled_events:read", sync());
    syncWatch.ended(stopped(new ApiProblem.Unreachable("503", true)));
    assertEquals("refused: the token lacks scheduled_events:read", sync());
    syncWatch.ended(stopped(new ApiProblem.Forbidden("ada@example.com", List.of(), false)));
    assertEquals("refused; sync_runs.last_error says why", sync());
    syncWatch.ended(stopped(new ApiProblem.Unreachable("the list goes on", false)));
    assertEquals("stops at each try; sync_runs.last_error says why", sync());

    syncWatch.ended(done());
    assertEquals("well", sync());

    syncWatch.failed();
    assertEquals("fails by a fault of calendly-inbox; the log has it", sync());
  }

  @Test
  void a_token_that_is_refused_as_a_whole_is_no_trouble_of_the_sync_too() throws Exception {
    syncWatch.ended(stopped(new ApiProblem.Unauthorized("revoked")));

    assertEquals("unknown", sync());
  }

  @Test
  void what_passes_with_time_is_a_trouble_of_the_sync_when_two_nights_were_in_vain()
      throws Exception {
    SyncOutcome outage = stopped(new ApiProblem.Unreachable("503", true));
    syncWatch.ended(done());
    syncClock.advance(Duration.ofHours(49));
    syncWatch.ended(outage);
    syncWatch.ended(new SyncOutcome.Busy("pid=4711"));
    assertEquals("well", sync());

    syncClock.advance(Duration.ofHours(1));
    assertEquals("well", sync(), "as of a machine that slept for two days");
    syncWatch.ended(outage);
    assertEquals("was not done for two days; sync_runs.last_error says why", sync());

    syncWatch.ended(done());
    assertEquals("well", sync());
    syncClock.advance(Duration.ofDays(-30));
    syncWatch.ended(outage);
    syncClock.advance(Duration.ofHours(50));
    syncWatch.ended(new SyncOutcome.Busy("pid=4711"));
    assertEquals("was not done for two days; sync_runs.last_error says why", sync());
  }

  @Test
  void where_there_is_no_token_nothing_is_wrong_with_syncs() throws Exception {
    syncWatch = new SyncWatch(false, syncClock);

    assertEquals("well", sync());
  }

  @Test
  void a_clock_of_which_nobody_said_anything_is_left_out() throws Exception {
    assertEquals("unknown", look(tokenWatch, Concern.CLOCK));

    clockWatch.received(1);
    assertEquals("well", look(tokenWatch, Concern.CLOCK));
  }

  @Test
  void an_event_that_is_tried_in_vain_is_trouble_before_it_is_given_up_and_more_then()
      throws Exception {
    assertEquals("well", look(tokenWatch, Concern.EVENTS));
    database.write(
        handle ->
            handle.execute(
                "INSERT INTO calendly_webhook_events (event_id, event_type, status, payload, received_at, attempts)"
                    + " VALUES ('e', 'invitee.created', 'pending', '{}', '2026-11-23T12:00:00.000000Z', 4)"));
    assertEquals("well", look(tokenWatch, Concern.EVENTS));

    changed("attempts = 5");
    Sight.Trouble before = sight(tokenWatch).trouble(Concern.EVENTS).orElseThrow();
    changed("status = 'failed'");
    Sight.Trouble after = sight(tokenWatch).trouble(Concern.EVENTS).orElseThrow();

    assertEquals("tried in vain: 1", before.text());
    assertEquals("failed: 1", after.text());
    assertTrue(after.level() > before.level(), "it is news");
  }

  private void changed(String what) throws Exception {
    database.write(handle -> handle.execute("UPDATE calendly_webhook_events SET " + what));
  }

  @Test
  void a_database_that_was_lost_is_in_trouble_though_a_new_one_works_until_a_copy_takes_its_place()
      throws Exception {
    assertEquals("well", look(tokenWatch, Concern.DATABASE));
    Path file = folder.resolve("calendly.db");
    Path former = folder.resolve("former.db");
    database.close();
    Files.move(file, former);
    String lost = "was gone, and is a new one: stop the server and restore a copy";

    assertEquals(lost, look(tokenWatch, Concern.DATABASE));
    try (Database other = new Database(file, Duration.ofSeconds(5), clock)) {
      other.write(handle -> handle.execute("DELETE FROM hourly_counts"));
    }
    assertEquals(lost, look(tokenWatch, Concern.DATABASE));

    Files.move(former, file, StandardCopyOption.REPLACE_EXISTING);
    assertEquals("deleted", look(tokenWatch, Concern.DATABASE), "of the one that was open");
    assertEquals("well", look(tokenWatch, Concern.DATABASE));
  }

  /** As where a library does not load: the rest must not be hidden by it. */
  @Test
  void a_part_that_fails_to_be_looked_at_is_in_trouble_and_the_others_are_known() throws Exception {
    defect = new UnsatisfiedLinkError("of a test");

    assertEquals("not_known", look(tokenWatch, Concern.SUBSCRIPTION));
    assertEquals("well", look(tokenWatch, Concern.DATABASE));
  }

  private String subscription() {
    if (defect != null) {
      throw defect;
    }
    return subscription;
  }

  private String look(TokenWatch token, Concern concern) throws Exception {
    Sight sight = sight(token);
    return sight
        .trouble(concern)
        .map(Sight.Trouble::text)
        .orElse(sight.isKnown(concern) ? "well" : "unknown");
  }

  private Sight sight(TokenWatch token) throws Exception {
    try (Health health = new Health(journal, database, queue, this::subscription, folder, clock)) {
      return new Outlook(health, database, clockWatch, token, syncWatch).look();
    }
  }
}
