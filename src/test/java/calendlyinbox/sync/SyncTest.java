package calendlyinbox.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.calendly.ApiProblem;
import calendlyinbox.calendly.ApiSettings;
import calendlyinbox.calendly.FakeBookings.Booking;
import calendlyinbox.calendly.Fault;
import calendlyinbox.calendly.SubscriptionScope;
import calendlyinbox.calendly.WebhookMessage;
import calendlyinbox.events.EventProcessor;
import calendlyinbox.events.EventRows;
import calendlyinbox.events.RetrySchedule;
import calendlyinbox.store.Database;
import calendlyinbox.store.FolderLock;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SyncTest {
  private static final String BOOKED = "SELECT name, status, no_show FROM bookings ORDER BY name";

  @TempDir Path folder;
  private SyncRig rig;

  @BeforeEach
  void open() {
    rig = new SyncRig(folder);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private Booking book(String name) {
    return rig.calendly.bookings().book(name);
  }

  @Test
  void what_webhooks_missed_is_there_with_the_event_ids_they_would_have_had() throws Exception {
    Booking ada = book("Ada");
    Booking bob = book("Bob");
    rig.calendly.bookings().cancel(bob.invitee(), "ill");
    rig.calendly.bookings().noShow(ada.invitee());

    Tally tally = rig.run();

    assertEquals(List.of("Ada|active|1", "Bob|canceled|0"), rig.receiver.rows(BOOKED));
    String mark =
        rig.calendly
            .bookings()
            .invitee(ada.invitee())
            .orElseThrow()
            .path("no_show")
            .path("uri")
            .asText();
    assertEquals(
        List.of(
            "invitee.canceled|" + bob.invitee() + "|processed|sync",
            "invitee.created|" + ada.invitee() + "|processed|sync",
            "invitee.created|" + bob.invitee() + "|processed|sync",
            "invitee_no_show.created|" + mark + "|processed|sync"),
        rig.receiver.rows(SyncRig.EVENTS));
    assertEquals(new Tally(2, 4, 4, 0), tally);
  }

  @Test
  void a_webhook_that_comes_after_the_sync_is_a_duplicate_and_changes_nothing() throws Exception {
    Booking ada = book("Ada");
    List<WebhookMessage> canceled = rig.calendly.bookings().cancel(ada.invitee(), "ill");
    rig.run();
    List<List<String>> before = rig.tables(SyncRig.TABLES);

    rig.deliver(ada.messages());
    rig.deliver(canceled);

    assertEquals(before, rig.tables(SyncRig.TABLES));
    assertEquals(
        List.of(
            "invitee.canceled|" + ada.invitee() + "|processed|sync",
            "invitee.created|" + ada.invitee() + "|processed|sync"),
        rig.receiver.rows(SyncRig.EVENTS));
  }

  @Test
  void a_synced_event_can_be_replayed_into_empty_tables() throws Exception {
    Booking ada = book("Ada");
    rig.deliver(rig.calendly.bookings().noShow(ada.invitee()));
    rig.clock.advance(Duration.ofMinutes(5));
    rig.calendly.bookings().noShowUndone(ada.invitee());
    rig.run();
    List<List<String>> before = rig.tables(SyncRig.TABLES);
    Database database = rig.database();
    database.write(handle -> handle.execute("DELETE FROM meetings"));
    database.write(handle -> handle.execute("DELETE FROM invitees"));

    EventProcessor processor =
        new EventProcessor(database, new RetrySchedule(new Random(1)), rig.clock);
    for (long id : database.write(handle -> new EventRows(handle).ids(false))) {
      processor.again(id);
    }

    assertEquals(before, rig.tables(SyncRig.TABLES));
  }

  @Test
  void a_mark_that_was_taken_off_unheard_is_taken_off() throws Exception {
    Booking ada = book("Ada");
    rig.deliver(ada.messages());
    rig.deliver(rig.calendly.bookings().noShow(ada.invitee()));
    rig.clock.advance(Duration.ofMinutes(5));
    rig.calendly.bookings().noShowUndone(ada.invitee());
    assertEquals(List.of("Ada|active|1"), rig.receiver.rows(BOOKED));

    rig.run();

    assertEquals(List.of("Ada|active|0"), rig.receiver.rows(BOOKED));
  }

  @Test
  void a_mark_that_a_list_does_not_show_yet_is_not_taken_off() throws Exception {
    Booking ada = book("Ada");
    rig.deliver(ada.messages());
    ObjectNode before = rig.calendly.bookings().invitee(ada.invitee()).orElseThrow();
    rig.deliver(rig.calendly.bookings().noShow(ada.invitee()));
    rig.clock.advance(Duration.ofSeconds(299));
    rig.calendly.bookings().inviteeIsShownAs(ada.invitee(), before);

    rig.run();

    assertEquals(List.of("Ada|active|1"), rig.receiver.rows(BOOKED));
    rig.clock.advance(Duration.ofSeconds(1));
    rig.run();
    assertEquals(List.of("Ada|active|0"), rig.receiver.rows(BOOKED));
  }

  @Test
  void a_mark_set_again_stays_whether_its_webhook_comes_before_or_after_the_taking_off_is_found()
      throws Exception {
    Booking ada = book("Ada");
    rig.deliver(ada.messages());
    rig.deliver(rig.calendly.bookings().noShow(ada.invitee()));
    rig.clock.advance(Duration.ofMinutes(5));
    rig.calendly.bookings().noShowUndone(ada.invitee());
    rig.run();
    // Before anybody's clock has moved on: the two servers' clocks need not agree.
    rig.clock.advance(Duration.ofMinutes(-4));
    List<WebhookMessage> again = rig.calendly.bookings().noShow(ada.invitee());

    rig.deliver(again);

    assertEquals(List.of("Ada|active|1"), rig.receiver.rows(BOOKED));
    rig.run();
    assertEquals(List.of("Ada|active|1"), rig.receiver.rows(BOOKED));
  }

  @Test
  void fields_that_only_the_api_has_and_another_order_of_keys_are_no_difference() throws Exception {
    rig.deliver(book("Ada").messages());

    assertEquals(List.of(), rig.dryRun());
    assertEquals(new Tally(1, 0, 0, 0), rig.run());
  }

  @Test
  void a_dry_run_tells_what_would_change_and_changes_nothing() throws Exception {
    Booking ada = book("Ada");
    rig.deliver(ada.messages());
    List<List<String>> before = rig.tables(SyncRig.ALL_BYTES);
    rig.calendly.bookings().cancel(ada.invitee(), "ill");

    List<Change> changes = rig.dryRun();

    assertEquals(before, rig.tables(SyncRig.ALL_BYTES));
    assertEquals(List.of(), rig.receiver.rows("SELECT * FROM sync_runs"));
    assertEquals(
        List.of("meeting 30 Minute Meeting", "invitee Ada", "event invitee.canceled"),
        changes.stream().map(change -> change.table() + " " + change.name()).toList());
    assertEquals(new Change.Values("active", "canceled"), changes.get(1).columns().get("status"));
  }

  @Test
  void all_pages_of_meetings_and_invitees_are_read() throws Exception {
    rig.calendly.paging().pagesOfAtMost(2);
    Booking group =
        rig.calendly
            .bookings()
            .book(
                "P0",
                rig.clock.instant().plus(Duration.ofDays(1)),
                rig.calendly.account().user(),
                9);
    for (int i = 1; i < 5; i++) {
      rig.calendly.bookings().join(group.event(), "P" + i);
      book("Q" + i);
    }

    assertEquals(5, rig.run().looked());

    assertEquals(List.of("9"), rig.receiver.rows("SELECT count(*) FROM bookings"));
  }

  @Test
  void a_meeting_whose_invitees_are_not_shown_is_described_all_the_same() throws Exception {
    rig.calendly.bookings().inviteesVanish(book("Ada").event());

    assertEquals(new Tally(1, 1, 0, 0), rig.run());

    assertEquals(
        List.of("30 Minute Meeting|active"),
        rig.receiver.rows("SELECT name, status FROM meetings"));
  }

  @Test
  void only_meetings_of_the_range_are_looked_at() throws Exception {
    rig.calendly.bookings().book("Old", rig.clock.instant().minus(Duration.ofDays(31)));
    rig.calendly.bookings().book("Past", rig.clock.instant().minus(Duration.ofDays(29)));
    rig.calendly.bookings().book("Far", rig.clock.instant().plus(Duration.ofDays(364)));
    rig.calendly.bookings().book("Too far", rig.clock.instant().plus(Duration.ofDays(366)));

    rig.run();

    assertEquals(List.of("Far|active|0", "Past|active|0"), rig.receiver.rows(BOOKED));
  }

  @Test
  void organization_scope_brings_in_the_meetings_of_colleagues_and_user_scope_does_not()
      throws Exception {
    rig.calendly
        .bookings()
        .book(
            "Ada",
            rig.clock.instant().plus(Duration.ofDays(1)),
            rig.calendly.account().colleague(),
            1);

    rig.run();
    assertEquals(List.of(), rig.receiver.rows(BOOKED));

    SyncRig.run(rig.sync(SubscriptionScope.ORGANIZATION));
    assertEquals(List.of("Ada|active|0"), rig.receiver.rows(BOOKED));
  }

  @Test
  void after_a_crash_it_goes_on_at_the_meeting_where_it_stood() throws Exception {
    for (int i = 1; i <= 6; i++) {
      rig.calendly.bookings().book("P" + i, rig.clock.instant().plus(Duration.ofDays(i)));
    }
    class Crash extends RuntimeException {}
    SyncWatcher crashing =
        new SyncWatcher() {
          @Override
          public void at(Tally tally) {
            if (tally.looked() == 4) {
              throw new Crash();
            }
          }
        };
    try {
      rig.sync().run(SyncRequest.anew("test"), crashing);
    } catch (Crash asPlanned) {
      assertEquals(List.of("4"), rig.receiver.rows("SELECT count(*) FROM bookings"));
    }
    int callsBefore = rig.calendly.calls().size();

    assertTrue(rig.sync().anyUnfinished());
    SyncOutcome outcome = rig.sync().run(SyncRequest.BROKEN_OFF, SyncWatcher.NOBODY);

    assertInstanceOf(SyncOutcome.Done.class, outcome);
    assertEquals(List.of("6"), rig.receiver.rows("SELECT count(*) FROM bookings"));
    List<String> lines = rig.calendly.lines().subList(callsBefore, rig.calendly.lines().size());
    // The fourth once more, for the overlap of ranges, then the fifth and sixth.
    assertEquals(3, lines.stream().filter(line -> line.endsWith("/invitees")).count());
    assertFalse(rig.sync().anyUnfinished());
  }

  @Test
  void one_at_a_time() throws Exception {
    book("Ada");
    FolderLock.Attempt other = FolderLock.take(folder, "sync.lock", "pid=4711");

    SyncOutcome outcome = rig.sync().run(SyncRequest.anew("test"), SyncWatcher.NOBODY);

    assertEquals(new SyncOutcome.Busy("pid=4711"), outcome);
    assertEquals(List.of(), rig.calendly.lines());
    other.lock().orElseThrow().close();
    rig.run();
    rig.run();
  }

  @Test
  void a_refused_token_is_one_clear_line_and_nothing_is_lost() throws Exception {
    rig.deliver(book("Ada").messages());
    rig.calendly.account().tokenExpires();
    List<List<String>> before = rig.tables(SyncRig.TABLES);

    SyncOutcome outcome = rig.sync().run(SyncRequest.anew("test"), SyncWatcher.NOBODY);

    assertEquals(
        "Calendly refuses the token (401): The access token expired",
        assertInstanceOf(SyncOutcome.Stopped.class, outcome).problem().sentence());
    assertEquals(before, rig.tables(SyncRig.TABLES));
  }

  @Test
  void a_missing_token_scope_is_named() throws Exception {
    rig.calendly.account().losesScope("scheduled_events:read");

    SyncOutcome outcome = rig.sync().run(SyncRequest.anew("test"), SyncWatcher.NOBODY);

    ApiProblem problem = assertInstanceOf(SyncOutcome.Stopped.class, outcome).problem();
    assertTrue(problem.sentence().endsWith("token scopes needed: scheduled_events:read"));
    assertFalse(problem.passesWithTime());
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"SLOW_BODY", "STUCK"},
      mode = EnumSource.Mode.EXCLUDE)
  void an_answer_gone_wrong_changes_nothing_and_the_next_sync_makes_up_for_it(Fault fault)
      throws Exception {
    Booking ada = book("Ada");
    rig.calendly.faults().next(Integer.MAX_VALUE, fault, "GET /scheduled_events/");
    rig.sync().run(SyncRequest.anew("test"), SyncWatcher.NOBODY);
    assertEquals(List.of(), rig.receiver.rows(BOOKED));

    rig.calendly.faults().over();
    rig.run();

    assertEquals(List.of("Ada|active|0"), rig.receiver.rows(BOOKED));
    assertTrue(ada.invitee().contains("/invitees/"));
  }

  /** Of its invitees, or of itself where its invitees have changed just now. */
  @ParameterizedTest
  @ValueSource(strings = {"/invitees", ""})
  void one_meeting_of_which_calendly_shows_only_rubbish_does_not_keep_the_others_waiting(
      String what) throws Exception {
    Booking ada = book("Ada");
    book("Bob");
    String bad = ada.event().substring(ada.event().lastIndexOf('/'));
    rig.calendly
        .faults()
        .next(Integer.MAX_VALUE, Fault.GARBAGE_BYTES, call -> call.path().endsWith(bad + what));

    Tally tally = rig.run();

    assertEquals(new Tally(2, 2, 1, 1), tally);
    assertEquals(List.of("Bob|active|0"), rig.receiver.rows(BOOKED));
  }

  @Test
  void one_meeting_that_the_tables_refuse_does_not_keep_the_others_waiting_and_is_told_of()
      throws Exception {
    Booking ada = book("Ada");
    rig.calendly.bookings().book("Bob", rig.clock.instant().plus(Duration.ofDays(9)));
    rig.refuse("BEFORE INSERT ON invitees WHEN NEW.name = 'Ada'");

    PrintStream err = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      assertEquals(new Tally(2, 2, 1, 1), rig.run());
    } finally {
      System.setErr(err);
    }

    String log = bytes.toString(StandardCharsets.UTF_8);
    assertEquals(List.of("Bob|active|0"), rig.receiver.rows(BOOKED));
    assertTrue(
        log.contains(
            "ERROR Sync skipped a meeting: meeting="
                + ada.event()
                + " cause=UnableToExecuteStatementException;"),
        log);
    assertFalse(log.contains("Ada"), log);
    String error = rig.receiver.rows("SELECT last_error FROM sync_runs").get(0);
    assertTrue(
        error.startsWith("skipped " + ada.event() + ": SQLiteException: ")
            && error.contains("refused by a test"),
        error);
  }

  @Test
  void a_meeting_that_is_listed_without_its_uri_does_not_keep_the_others_waiting()
      throws Exception {
    Booking ada = book("Ada");
    book("Bob");
    ObjectNode rubbish = rig.calendly.bookings().event(ada.event()).orElseThrow();
    rubbish.putNull("uri");
    rig.calendly.bookings().isShownAs(ada.event(), rubbish);

    assertEquals(new Tally(2, 2, 1, 1), rig.run());

    assertEquals(List.of("Bob|active|0"), rig.receiver.rows(BOOKED));
  }

  @Test
  void an_invitee_that_is_listed_without_its_uri_keeps_nobody_else_of_the_group_waiting()
      throws Exception {
    Instant start = rig.clock.instant().plus(Duration.ofDays(1));
    Booking ada = rig.calendly.bookings().book("Ada", start, rig.calendly.account().user(), 3);
    Booking bob = rig.calendly.bookings().join(ada.event(), "Bob");
    rig.calendly.bookings().join(ada.event(), "Cleo");
    ObjectNode rubbish = rig.calendly.bookings().invitee(bob.invitee()).orElseThrow();
    rubbish.putNull("uri");
    rig.calendly.bookings().inviteeIsShownAs(bob.invitee(), rubbish);

    assertEquals(new Tally(1, 3, 2, 0), rig.run());

    assertEquals(List.of("Ada|active|0", "Cleo|active|0"), rig.receiver.rows(BOOKED));
    assertEquals(List.of(), rig.dryRun());
  }

  @Test
  void a_meeting_that_a_short_outage_hid_is_asked_for_once_more_and_not_skipped() throws Exception {
    book("Ada");
    rig.calendly
        .faults()
        .next(
            ApiSettings.standard().tries(),
            Fault.INTERNAL_ERROR,
            call -> call.path().endsWith("/invitees"));

    Tally tally = rig.run();

    assertEquals(new Tally(1, 2, 1, 0), tally);
    assertEquals(List.of("Ada|active|0"), rig.receiver.rows(BOOKED));
  }

  @Test
  void while_others_call_it_takes_a_tenth_of_the_rate_limit_at_most() throws Exception {
    for (int i = 0; i < 100; i++) {
      book("P" + i);
    }
    var api = rig.api();
    Sync sync =
        new Sync(
            api,
            SubscriptionScope.USER,
            rig.database(),
            folder,
            calendlyinbox.events.AfterApply.NOTHING,
            rig.clock);
    SyncWatcher busy =
        new SyncWatcher() {
          @Override
          public void at(Tally tally) {
            api.currentUser(); // somebody waits for this one
          }
        };
    api.currentUser();
    var begun = rig.clock.instant();

    sync.run(SyncRequest.anew("test"), busy);

    double minutes = Duration.between(begun, rig.clock.instant()).toMillis() / 60_000.0;
    double perMinute = 102 / minutes;
    assertTrue(perMinute <= 51, "calls a minute: " + perMinute);
    assertEquals(0, rig.calendly.rateLimit().refused());
  }

  @Test
  void one_of_a_narrow_range_that_was_broken_off_is_gone_on_with_by_its_own_range_only()
      throws Exception {
    book("Ada");
    SyncRange narrow =
        new SyncRange(rig.clock.instant(), rig.clock.instant().plus(Duration.ofDays(8)));
    breakOff(new SyncRequest("narrow", Optional.of(narrow), true, false));

    assertFalse(rig.sync().anyUnfinished());
    rig.sync().run(SyncRequest.BROKEN_OFF, SyncWatcher.NOBODY);

    assertEquals(
        List.of("1|narrow|running", "2|broken off|done"),
        rig.receiver.rows("SELECT id, reason, status FROM sync_runs ORDER BY id"));

    rig.clock.advance(Duration.ofMinutes(5));
    rig.sync().run(new SyncRequest("again", Optional.of(narrow), true, false), SyncWatcher.NOBODY);

    assertEquals(
        List.of("1|narrow|done", "2|broken off|done"),
        rig.receiver.rows("SELECT id, reason, status FROM sync_runs ORDER BY id"));
  }

  @Test
  void one_of_the_default_range_that_was_broken_off_is_not_given_up_for_a_narrow_one()
      throws Exception {
    book("Ada");
    breakOff(SyncRequest.anew("night"));
    SyncRange narrow =
        new SyncRange(rig.clock.instant(), rig.clock.instant().plus(Duration.ofDays(8)));

    rig.sync().run(new SyncRequest("narrow", Optional.of(narrow), true, false), SyncWatcher.NOBODY);

    assertEquals(
        List.of("1|running", "2|done"),
        rig.receiver.rows("SELECT id, status FROM sync_runs ORDER BY id"));
    assertTrue(rig.sync().anyUnfinished());
    rig.clock.advance(Duration.ofHours(1));
    rig.sync().run(SyncRequest.BROKEN_OFF, SyncWatcher.NOBODY);

    assertEquals(
        List.of("1|done", "2|done"),
        rig.receiver.rows("SELECT id, status FROM sync_runs ORDER BY id"));
  }

  @Test
  void what_was_broken_off_a_day_ago_is_begun_anew() throws Exception {
    book("Ada");
    breakOff(SyncRequest.anew("night"));

    rig.clock.advance(Duration.ofHours(24));
    rig.sync().run(SyncRequest.BROKEN_OFF, SyncWatcher.NOBODY);

    assertEquals(
        List.of("1|given_up", "2|done"),
        rig.receiver.rows("SELECT id, status FROM sync_runs ORDER BY id"));
  }

  @Test
  void a_command_brings_in_what_was_missed_since_the_servers_own_sync_was_broken_off()
      throws Exception {
    book("Ada");
    breakOffBehind(SyncRequest.anew("night"));
    rig.clock.advance(Duration.ofMinutes(5));
    rig.calendly.bookings().book("Lost", rig.clock.instant().plus(Duration.ofDays(1)));

    rig.sync().run(SyncRequest.command(Optional.empty(), false), SyncWatcher.NOBODY);

    assertEquals(List.of("Ada|active|0", "Lost|active|0"), rig.receiver.rows(BOOKED));
    assertEquals(
        List.of("night|given_up", "command|done"),
        rig.receiver.rows("SELECT reason, status FROM sync_runs ORDER BY id"));
  }

  @Test
  void a_command_goes_on_with_its_own_of_the_last_day_only() throws Exception {
    SyncRequest command = SyncRequest.command(Optional.empty(), false);
    breakOff(command);
    rig.clock.advance(Duration.ofHours(23));
    breakOff(command);
    assertEquals(List.of("1|running"), rig.receiver.rows("SELECT id, status FROM sync_runs"));

    rig.clock.advance(Duration.ofHours(1));
    rig.sync().run(command, SyncWatcher.NOBODY);

    assertEquals(
        List.of("1|given_up", "2|done"),
        rig.receiver.rows("SELECT id, status FROM sync_runs ORDER BY id"));
  }

  @Test
  void what_was_broken_off_is_begun_from_the_beginning_for_other_peoples_meetings()
      throws Exception {
    book("Ada");
    Instant sooner = rig.clock.instant().plus(Duration.ofDays(1));
    rig.calendly.bookings().book("Bob", sooner, rig.calendly.account().colleague(), 1);
    SyncRequest command = SyncRequest.command(Optional.empty(), false);
    breakOffBehind(command);

    Sync everybodys = rig.sync(SubscriptionScope.ORGANIZATION);
    SyncOutcome outcome = everybodys.run(command, SyncWatcher.NOBODY);

    assertEquals(List.of("Ada|active|0", "Bob|active|0"), rig.receiver.rows(BOOKED));
    assertEquals(new SyncOutcome.Done(new Tally(2, 2, 1, 0)), outcome);
  }

  /** When all that there is was looked at. */
  private void breakOffBehind(SyncRequest request) throws Exception {
    class Crash extends RuntimeException {}
    SyncWatcher crashing =
        new SyncWatcher() {
          @Override
          public void movedOn() {
            throw new Crash();
          }
        };
    assertThrows(Crash.class, () -> rig.sync().run(request, crashing));
  }

  @Test
  void one_that_is_done_keeps_no_error() throws Exception {
    breakOff(SyncRequest.anew("night"));
    assertEquals(
        List.of("1"),
        rig.receiver.rows("SELECT count(*) FROM sync_runs WHERE last_error IS NOT NULL"));

    rig.sync().run(SyncRequest.BROKEN_OFF, SyncWatcher.NOBODY);

    assertEquals(
        List.of("1|done|null"),
        rig.receiver.rows("SELECT id, status, coalesce(last_error, 'null') FROM sync_runs"));
  }

  @Test
  void which_meeting_was_skipped_is_known_also_of_one_that_was_stopped_and_went_on()
      throws Exception {
    Booking ada = book("Ada");
    rig.calendly.bookings().book("Bob", rig.clock.instant().plus(Duration.ofDays(9)));
    rig.calendly.bookings().book("Cleo", rig.clock.instant().plus(Duration.ofDays(11)));
    String bad = ada.event().substring(ada.event().lastIndexOf('/')) + "/invitees";
    rig.calendly
        .faults()
        .next(Integer.MAX_VALUE, Fault.GARBAGE_BYTES, call -> call.path().endsWith(bad));
    SyncWatcher losingTheToken =
        new SyncWatcher() {
          @Override
          public void at(Tally tally) {
            if (tally.looked() == 2) {
              rig.calendly.account().tokenExpires();
            }
          }
        };
    rig.sync().run(SyncRequest.anew("night"), losingTheToken);
    String stopped = lastErrorOf("running");
    String skipped = "skipped " + ada.event() + ": ";
    assertTrue(
        stopped.startsWith("Calendly refuses the token (401)") && stopped.contains(skipped),
        stopped);
    // Another stop, before it has come to the meetings, changes nothing of that.
    rig.sync().run(SyncRequest.BROKEN_OFF, SyncWatcher.NOBODY);
    assertEquals(stopped, lastErrorOf("running"));
    rig.calendly.account().tokenIsGoodAgain();

    rig.sync().run(SyncRequest.BROKEN_OFF, SyncWatcher.NOBODY);

    String done = lastErrorOf("done");
    assertTrue(done.startsWith(skipped), done);
    assertEquals(List.of("Bob|active|0", "Cleo|active|0"), rig.receiver.rows(BOOKED));
  }

  private String lastErrorOf(String status) throws Exception {
    return rig.receiver
        .rows("SELECT coalesce(last_error, 'null') FROM sync_runs WHERE status = '" + status + "'")
        .get(0);
  }

  private void breakOff(SyncRequest request) throws Exception {
    rig.calendly.account().tokenExpires();
    assertInstanceOf(SyncOutcome.Stopped.class, rig.sync().run(request, SyncWatcher.NOBODY));
    rig.calendly.account().tokenIsGoodAgain();
  }

  @Test
  void who_cancels_while_the_sync_is_under_way_is_canceled_with_the_meeting() throws Exception {
    cancelWhileTheSyncIsUnderWay(() -> {});
  }

  @Test
  void who_cancels_meanwhile_is_canceled_with_the_meeting_also_where_our_clock_is_ahead()
      throws Exception {
    rig.ahead = Duration.ofMinutes(8);

    cancelWhileTheSyncIsUnderWay(() -> {});
  }

  @Test
  void who_cancels_after_our_clock_was_set_right_is_canceled_with_the_meeting() throws Exception {
    rig.ahead = Duration.ofMinutes(-8);
    rig.calendly
        .faults()
        .next(1, Fault.INTERNAL_ERROR, call -> call.path().endsWith("/scheduled_events"));

    cancelWhileTheSyncIsUnderWay(
        () -> {
          if (rig.calendly.lines().contains("GET /scheduled_events")) {
            rig.ahead = Duration.ZERO;
          }
        });
  }

  /**
   * @param meanwhile done at each wait for Calendly
   */
  private void cancelWhileTheSyncIsUnderWay(Runnable meanwhile) throws Exception {
    Booking ada = book("Ada");
    rig.deliver(ada.messages());
    rig.calendly.faults().next(1, Fault.INTERNAL_ERROR, call -> call.path().endsWith("/invitees"));
    List<WebhookMessage> told = new ArrayList<>();
    rig.whileCalendlyIsAsked =
        () -> {
          meanwhile.run();
          boolean askedForInvitees =
              rig.calendly.lines().stream().anyMatch(line -> line.endsWith("/invitees"));
          if (askedForInvitees && told.isEmpty()) {
            told.addAll(rig.calendly.bookings().cancel(ada.invitee(), "ill"));
          }
        };
    rig.run();

    rig.deliver(told);

    assertEquals(
        List.of("canceled|ill"), rig.receiver.rows("SELECT status, cancel_reason FROM meetings"));
    assertEquals(List.of(), rig.dryRun());
  }

  @Test
  void the_meeting_of_somebody_who_was_forgotten_comes_back_with_somebody_else_only()
      throws Exception {
    Booking ada =
        rig.calendly
            .bookings()
            .book("Ada", rig.clock.instant().plusSeconds(3600), rig.calendly.account().user(), 2);
    rig.deliver(ada.messages());
    rig.forget(ada.invitee());

    assertEquals(new Tally(1, 0, 0, 0), rig.run());
    assertEquals(List.of(), rig.receiver.rows("SELECT uri FROM meetings"));
    rig.calendly.bookings().inviteesVanish(ada.event());
    assertEquals(new Tally(1, 0, 0, 0), rig.run());
    assertEquals(List.of(), rig.receiver.rows("SELECT uri FROM meetings"));

    rig.calendly.bookings().join(ada.event(), "Bob");
    rig.run();

    assertEquals(List.of("Bob|active|0"), rig.receiver.rows(BOOKED));
    assertEquals(List.of(ada.event()), rig.receiver.rows("SELECT uri FROM meetings"));
  }
}
