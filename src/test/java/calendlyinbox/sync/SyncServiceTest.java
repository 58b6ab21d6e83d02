package calendlyinbox.sync;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Eventually;
import calendlyinbox.OtherWriter;
import calendlyinbox.calendly.FakeBookings.Booking;
import calendlyinbox.calendly.Fault;
import calendlyinbox.calendly.SubscriptionScope;
import calendlyinbox.events.AfterApply;
import calendlyinbox.store.Database;
import calendlyinbox.store.FolderLock;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service's threads are not started: ticks are made by hand. */
class SyncServiceTest {
  private static final String RUNS = "SELECT reason, status FROM sync_runs ORDER BY id";

  @TempDir Path folder;
  private SyncRig rig;
  private LastAlive lastAlive;

  /** How each go ended. */
  private final List<String> ended = new ArrayList<>();

  private final SyncEnds ends =
      new SyncEnds() {
        @Override
        public void ended(SyncOutcome outcome) {
          ended.add(outcome.getClass().getSimpleName());
        }

        @Override
        public void failed() {
          ended.add("failed");
        }
      };

  @BeforeEach
  void open() {
    rig = new SyncRig(folder);
    lastAlive = new LastAlive(folder);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  /** As after a start. */
  private SyncService started() {
    return started(rig.sync());
  }

  private SyncService started(Sync sync) {
    SyncService service =
        new SyncService(sync, folder, ZoneOffset.UTC, ends, new Random(1), rig.clock);
    service.lookBack();
    return service;
  }

  private Sync withoutDatabase() {
    return over(new Database(folder.resolve("none/calendly.db"), Duration.ZERO, rig.clock));
  }

  private Sync over(Database database) {
    return new Sync(
        rig.api(), SubscriptionScope.USER, database, folder, AfterApply.NOTHING, rig.clock);
  }

  private static void run(Statement statement, String sql) {
    try {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private void wasAlive(Duration ago) {
    lastAlive.write(rig.clock.instant().minus(ago));
  }

  private List<String> runs() throws Exception {
    return rig.receiver.rows(RUNS);
  }

  @Test
  void who_was_last_seen_in_the_future_may_have_been_down_for_long() throws Exception {
    lastAlive.write(rig.clock.instant().plus(Duration.ofMinutes(5)));

    started().tick();

    assertEquals(
        List.of("downtime of unknown length, since the clock was set back|done"),
        rig.receiver.rows(RUNS));
  }

  @Test
  void a_start_after_more_than_ten_minutes_of_downtime_syncs() throws Exception {
    rig.run();
    wasAlive(Duration.ofMinutes(11));

    started().tick();

    assertEquals(List.of("test|done", "downtime of 11 min|done"), runs());
  }

  @Test
  void who_was_away_for_longer_than_a_sync_reaches_back_is_told_how_to_fetch_the_rest() {
    String said = saidAtAStartAfter(Duration.ofDays(45));
    assertTrue(
        said.contains(
            "WARN The server was away since 2026-10-09T10:00:00Z, and a sync by itself looks only at meetings from"
                + " 2026-10-24T10:00:00Z on; next: ./run.sh sync --from 2026-10-09"),
        said);
  }

  @Test
  void who_was_away_for_no_longer_than_a_sync_reaches_back_is_told_nothing() {
    assertFalse(saidAtAStartAfter(Duration.ofDays(30)).contains("WARN"));
  }

  private String saidAtAStartAfter(Duration downtime) {
    wasAlive(downtime);
    PrintStream err = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      started();
    } finally {
      System.setErr(err);
    }
    return log.toString(StandardCharsets.UTF_8);
  }

  @Test
  void a_start_after_a_short_downtime_does_not() throws Exception {
    rig.run();
    int calls = rig.calendly.calls().size();
    wasAlive(Duration.ofMinutes(9));

    started().tick();

    assertEquals(List.of("test|done"), runs());
    assertEquals(calls, rig.calendly.calls().size());
  }

  @Test
  void the_first_start_syncs_and_a_stop_notes_the_time() throws Exception {
    SyncService service = started();
    service.tick();
    service.close();

    assertEquals(List.of("first start|done"), runs());
    assertEquals(rig.clock.instant(), lastAlive.read().orElseThrow());
  }

  @Test
  void a_database_that_was_lost_and_made_anew_is_synced_also_while_the_server_runs()
      throws Exception {
    rig.calendly.bookings().book("Ada", rig.clock.instant().plus(Duration.ofDays(1)));
    SyncService service = started();
    service.tick();
    assertEquals(List.of("first start|done"), runs());
    // As in a new one.
    try (Connection other = OtherWriter.at(rig.receiver.database())) {
      other
          .createStatement()
          .executeUpdate("DELETE FROM sync_runs; DELETE FROM meetings; DELETE FROM invitees");
    }

    rig.clock.advance(Duration.ofMinutes(1));
    service.tick();
    service.tick();
    service.tick();

    assertEquals(List.of("database made anew|done"), runs());
    assertEquals(List.of("1"), rig.receiver.rows("SELECT count(*) FROM meetings"));
  }

  /** Of a schedule, what is thrown would be the last round. */
  @Test
  void what_fails_while_it_looks_what_is_to_be_done_is_not_the_end_of_it() throws Exception {
    SyncService service = started();
    service.tick();
    try (Connection other = OtherWriter.at(rig.receiver.database())) {
      other
          .createStatement()
          .executeUpdate(
              """
              ALTER TABLE sync_runs RENAME TO kept;
              CREATE VIEW sync_runs AS SELECT 1 AS id WHERE zeroblob(2000000000) IS NOT NULL;
              """);
    }
    rig.clock.advance(Duration.ofMinutes(1));

    assertDoesNotThrow(service::tick);
  }

  @Test
  void who_asks_for_a_sync_gets_one_from_the_beginning_and_only_one() throws Exception {
    wasAlive(Duration.ofMinutes(1));
    SyncService service = started();

    service.requestSync("subscription replaced");
    service.requestSync("subscription replaced");
    service.tick();
    service.tick();

    assertEquals(List.of("subscription replaced|done"), runs());
  }

  @Test
  void what_was_asked_for_before_a_restart_is_synced_after_it_and_once() throws Exception {
    wasAlive(Duration.ofMinutes(1));
    started().requestSync("subscription replaced");

    started().tick();
    started().tick();

    assertEquals(List.of("subscription replaced|done"), runs());
  }

  @Test
  void what_is_asked_for_while_a_sync_is_under_way_is_from_the_beginning_also_after_a_restart()
      throws Exception {
    wasAlive(Duration.ofMinutes(11));
    SyncService service = started();
    rig.calendly.faults().always(Fault.INTERNAL_ERROR);
    rig.whileCalendlyIsAsked = () -> service.requestSync("subscription replaced");
    service.tick();
    rig.calendly.faults().over();
    wasAlive(Duration.ofMinutes(1));

    started().tick();

    assertEquals(List.of("downtime of 11 min|given_up", "subscription replaced|done"), runs());
  }

  @Test
  void a_downtime_is_not_forgotten_by_restarts_while_the_database_is_away() throws Exception {
    wasAlive(Duration.ofMinutes(11));
    started(withoutDatabase()).tick();
    wasAlive(Duration.ofMinutes(1));
    started(withoutDatabase()).tick();

    started().tick();

    assertEquals(List.of("downtime of 11 min|done"), runs());
  }

  @Test
  void what_waits_for_a_command_that_syncs_is_not_forgotten_by_a_restart() throws Exception {
    wasAlive(Duration.ofMinutes(1));
    SyncService service = started();
    service.requestSync("subscription replaced");
    try (FolderLock command =
        FolderLock.take(folder, "sync.lock", "pid=4711").lock().orElseThrow()) {
      service.tick();
    }

    started().tick();

    assertEquals(List.of("subscription replaced|done"), runs());
  }

  @Test
  void a_folder_that_cannot_be_written_keeps_nobody_from_syncing() throws Exception {
    wasAlive(Duration.ofMinutes(1));
    SyncService service = started();
    Files.createDirectories(folder.resolve("sync-wanted/in-the-way"));

    service.requestSync("subscription replaced");
    service.tick();

    assertEquals(List.of("subscription replaced|done"), runs());
  }

  @Test
  void a_request_of_which_a_crash_left_no_words_is_one_all_the_same() throws Exception {
    wasAlive(Duration.ofMinutes(1));
    Files.createFile(folder.resolve("sync-wanted"));

    started().tick();

    assertEquals(List.of("asked for before the restart|done"), runs());
    assertFalse(Files.exists(folder.resolve("sync-wanted")));
  }

  @Test
  void a_first_start_and_the_gap_before_its_subscription_are_one_sync() throws Exception {
    SyncService service =
        new SyncService(rig.sync(), folder, ZoneOffset.UTC, ends, new Random(1), rig.clock);
    service.start();
    Eventually.holds("its threads run", () -> lastAlive.read().isPresent());

    service.requestSync("subscription new or no longer failing");

    Eventually.holds("done", () -> runs().contains("first start|done"));
    service.close();
    assertEquals(List.of("first start|done"), runs());
    assertFalse(Files.exists(folder.resolve("sync-wanted")), "another one is wanted");
  }

  @Test
  void it_syncs_once_a_night() throws Exception {
    rig.run();
    wasAlive(Duration.ofMinutes(1));
    SyncService service = started();

    for (int quarter = 0; quarter < 3 * 24 * 4; quarter++) {
      rig.clock.advance(Duration.ofMinutes(15));
      service.tick();
    }

    assertEquals(List.of("test|done", "night|done", "night|done", "night|done"), runs());
    for (String at :
        rig.receiver.rows(
            "SELECT substr(started_at, 12, 2) FROM sync_runs WHERE reason = 'night'")) {
      assertTrue(List.of("03", "04").contains(at), at);
    }
  }

  @Test
  void a_first_start_at_night_is_one_sync() throws Exception {
    Instant endOfTheHour = Instant.parse("2026-11-25T03:59:59.999Z");
    rig.clock.advance(Duration.between(rig.clock.instant(), endOfTheHour));
    SyncService service = started();

    service.tick();
    service.tick();

    assertEquals(List.of("first start|done"), runs());
  }

  @Test
  void night_is_at_three_where_the_server_stands_also_when_clocks_change() {
    Nightly nightly = new Nightly(ZoneId.of("Europe/Berlin"), new Random(1));

    assertBetween("2026-11-24T02:00:00Z", nightly.next(Instant.parse("2026-11-23T10:00:00Z")));
    assertBetween("2026-10-25T02:00:00Z", nightly.next(Instant.parse("2026-10-24T10:00:00Z")));
    assertBetween("2026-07-02T01:00:00Z", nightly.next(Instant.parse("2026-07-01T10:00:00Z")));
    assertBetween("2026-11-24T02:00:00Z", nightly.first(Instant.parse("2026-11-24T02:30:00Z")));
  }

  private static void assertBetween(String hour, Instant at) {
    Instant from = Instant.parse(hour);
    assertTrue(!at.isBefore(from) && at.isBefore(from.plus(Duration.ofHours(1))), at.toString());
  }

  @Test
  void one_that_calendly_broke_off_goes_on_by_itself_when_calendly_is_back() throws Exception {
    book(4);
    wasAlive(Duration.ofMinutes(11));
    SyncService service = started();
    rig.calendly.faults().always(Fault.INTERNAL_ERROR);
    service.tick();
    assertEquals(List.of("downtime of 11 min|running"), runs());

    service.tick();
    rig.calendly.faults().over();
    rig.clock.advance(Duration.ofMinutes(1));
    service.tick();

    assertEquals(List.of("downtime of 11 min|done"), runs());
    assertEquals(List.of("4"), rig.receiver.rows("SELECT count(*) FROM bookings"));
  }

  /** Calendly goes away after so many meetings; the next time it is asked, it is back. */
  private void goesAwayAfter(int meetings) {
    AtomicInteger asked = new AtomicInteger();
    rig.calendly.faults().over();
    rig.calendly
        .faults()
        .next(
            Integer.MAX_VALUE,
            Fault.INTERNAL_ERROR,
            call -> {
              int so = call.path().endsWith("/invitees") ? asked.incrementAndGet() : asked.get();
              return so > meetings;
            });
  }

  private void book(int meetings) {
    for (int i = 1; i <= meetings; i++) {
      rig.calendly.bookings().book("P" + i, rig.clock.instant().plus(Duration.ofDays(i)));
    }
  }

  @Test
  void one_that_moves_on_between_its_stops_waits_no_longer_after_each() throws Exception {
    book(12);
    wasAlive(Duration.ofMinutes(11));
    SyncService service = started();

    for (int stop = 0; stop < 6; stop++) {
      goesAwayAfter(3);
      service.tick();
      rig.clock.advance(Duration.ofSeconds(10));
    }

    assertEquals(List.of("downtime of 11 min|done"), runs());
    assertEquals(List.of("12"), rig.receiver.rows("SELECT count(*) FROM bookings"));
  }

  @Test
  void one_that_only_looks_again_at_the_meeting_where_it_stood_waits_longer_each_time()
      throws Exception {
    book(5);
    wasAlive(Duration.ofMinutes(11));
    SyncService service = started();
    goesAwayAfter(3);
    service.tick();
    int before = rig.calendly.calls().size();

    Instant end = rig.clock.instant().plus(Duration.ofHours(1));
    while (rig.clock.instant().isBefore(end)) {
      goesAwayAfter(1);
      service.tick();
      rig.clock.advance(Duration.ofSeconds(10));
    }

    List<String> lines = rig.calendly.lines();
    long goes =
        lines.subList(before, lines.size()).stream()
            .filter("GET /scheduled_events"::equals)
            .count();
    assertTrue(goes >= 4 && goes <= 6, "looked again " + goes + " times");
  }

  @Test
  void one_that_loses_the_database_on_its_way_goes_on_where_it_stood() throws Exception {
    book(5);
    wasAlive(Duration.ofMinutes(11));
    try (Database impatient = new Database(rig.receiver.database(), Duration.ZERO, rig.clock);
        Connection connection = OtherWriter.at(rig.receiver.database());
        Statement another = connection.createStatement()) {
      SyncService service = started(over(impatient));
      rig.whileCalendlyIsAsked =
          () -> {
            if (rig.calendly.calls().size() == 6) {
              run(another, "BEGIN IMMEDIATE");
              rig.whileCalendlyIsAsked = () -> {};
            }
          };
      service.tick();
      assertEquals(List.of("downtime of 11 min|running"), runs());
      run(another, "ROLLBACK");
      rig.clock.advance(Duration.ofSeconds(10));

      service.tick();
    }

    assertEquals(List.of("downtime of 11 min|done"), runs());
    assertEquals(List.of("5"), rig.receiver.rows("SELECT count(*) FROM bookings"));
  }

  @Test
  void one_meeting_that_the_tables_refuse_has_no_sync_repeated() throws Exception {
    book(8);
    wasAlive(Duration.ofMinutes(11));
    rig.refuse("BEFORE INSERT ON invitees WHEN NEW.name = 'P3'");
    SyncService service = started();

    for (int hour = 0; hour < 3; hour++) {
      service.tick();
      rig.clock.advance(Duration.ofHours(1));
    }

    assertEquals(List.of("7"), rig.receiver.rows("SELECT count(*) FROM bookings"));
    assertEquals(
        List.of("downtime of 11 min|done|8|1|1"),
        rig.receiver.rows(
            "SELECT reason, status, looked, skipped, last_error IS NOT NULL FROM sync_runs"));
  }

  @Test
  void a_refused_token_is_tried_again_hourly() throws Exception {
    wasAlive(Duration.ofMinutes(11));
    rig.calendly.account().tokenIsRevoked();
    SyncService service = started();

    for (int minute = 0; minute < 150; minute++) {
      service.tick();
      rig.clock.advance(Duration.ofMinutes(1));
    }

    assertEquals(3, rig.calendly.calls().size());
    assertEquals(
        List.of("Calendly refuses the token (401): The access token was revoked"),
        rig.receiver.rows("SELECT last_error FROM sync_runs"));
  }

  @Test
  void how_each_go_ended_is_told_also_that_there_is_nothing_to_be_done() throws Exception {
    wasAlive(Duration.ofMinutes(1));
    SyncService service = started();
    service.tick();
    service.tick();
    assertEquals(List.of("Done"), ended);

    service.requestSync("test");
    try (FolderLock command =
        FolderLock.take(folder, "sync.lock", "pid=4711").lock().orElseThrow()) {
      service.tick();
    }
    rig.calendly.account().losesScope("scheduled_events:read");
    rig.clock.advance(Duration.ofHours(1));
    service.tick();
    assertEquals(List.of("Done", "Busy", "Stopped"), ended);

    rig.calendly.account().gainsScope("scheduled_events:read");
    rig.clock.advance(Duration.ofHours(1));
    service.tick();
    assertEquals(List.of("Done", "Busy", "Stopped", "Done"), ended);
  }

  @Test
  void a_fault_of_ours_is_told_as_one() throws Exception {
    wasAlive(Duration.ofMinutes(11));
    SyncService service = started(over(null));

    service.tick();

    assertEquals(List.of("failed"), ended);
  }

  @Test
  void a_clock_that_was_ahead_and_is_set_back_puts_off_no_night() throws Exception {
    rig.clock.advance(Duration.ofDays(30));
    rig.run();
    wasAlive(Duration.ofMinutes(1));
    SyncService service = started();
    rig.clock.advance(Duration.ofDays(-30));

    for (int quarter = 0; quarter < 2 * 24 * 4; quarter++) {
      rig.clock.advance(Duration.ofMinutes(15));
      service.tick();
    }

    assertEquals(List.of("test|done", "night|done", "night|done"), runs());
  }

  @Test
  void a_clock_that_was_ahead_and_is_set_back_puts_off_no_sync_that_waits() throws Exception {
    wasAlive(Duration.ofMinutes(11));
    rig.calendly.account().tokenIsRevoked();
    SyncService service = started();
    rig.clock.advance(Duration.ofDays(30));
    service.tick();
    rig.clock.advance(Duration.ofDays(-30));
    rig.calendly.account().tokenIsGoodAgain();

    service.tick();

    assertEquals(
        List.of("2026-12-23|given_up", "2026-11-23|done"),
        rig.receiver.rows("SELECT substr(started_at, 1, 10), status FROM sync_runs ORDER BY id"));
  }

  @Test
  void what_a_crash_broke_off_is_gone_on_with_at_the_next_start() throws Exception {
    wasAlive(Duration.ofMinutes(1));
    rig.calendly.faults().always(Fault.INTERNAL_ERROR);
    rig.sync().run(SyncRequest.anew("command"), SyncWatcher.NOBODY);
    rig.calendly.faults().over();

    started().tick();

    assertEquals(List.of("command|done"), runs());
  }

  @Test
  void while_a_command_syncs_the_server_waits_and_then_does_its_own() throws Exception {
    FolderLock command = FolderLock.take(folder, "sync.lock", "pid=4711").lock().orElseThrow();
    wasAlive(Duration.ofMinutes(11));
    SyncService service = started();
    service.tick();
    assertEquals(List.of(), rig.calendly.calls());

    command.close();
    rig.clock.advance(Duration.ofMinutes(2));
    service.tick();

    assertEquals(List.of("downtime of 11 min|done"), runs());
  }

  @Test
  void a_sync_that_is_in_the_way_for_an_hour_is_told_of_as_one_that_may_be_suspended()
      throws Exception {
    wasAlive(Duration.ofMinutes(11));
    SyncService service = started();
    PrintStream err = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try (FolderLock command =
        FolderLock.take(folder, "sync.lock", "pid=4711").lock().orElseThrow()) {
      service.tick();
      rig.clock.advance(Duration.ofMinutes(59));
      service.tick();
      assertFalse(log.toString(StandardCharsets.UTF_8).contains("ERROR"), log.toString());
      rig.clock.advance(Duration.ofHours(1));
      service.tick();
    } finally {
      System.setErr(err);
    }

    assertTrue(
        log.toString(StandardCharsets.UTF_8)
            .contains("ERROR Sync held up by another for 119 min: holder=\"pid=4711\""),
        log.toString());
  }

  /** It asks for less then, and lists anew from where it stands. */
  @Test
  void a_page_that_calendly_cannot_serve_keeps_no_other_meeting_out() throws Exception {
    book(6);
    rig.calendly.paging().pagesOfAtMost(2);
    rig.calendly
        .faults()
        .next(
            Integer.MAX_VALUE,
            Fault.INTERNAL_ERROR,
            call ->
                call.path().equals("/scheduled_events") && call.query().containsKey("page_token"));
    wasAlive(Duration.ofMinutes(11));

    tickFor(Duration.ofHours(12), started());

    assertEquals(List.of("6"), rig.receiver.rows("SELECT count(*) FROM bookings"));
    assertEquals(List.of("downtime of 11 min|done"), runs());
  }

  @Test
  void one_meeting_that_calendly_cannot_list_keeps_out_none_of_those_before_it() throws Exception {
    book(16);
    Booking broken =
        rig.calendly.bookings().book("P17", rig.clock.instant().plus(Duration.ofDays(17)));
    rig.calendly.bookings().book("P18", rig.clock.instant().plus(Duration.ofDays(18)));
    rig.calendly.paging().breaksAt(broken.event());
    wasAlive(Duration.ofMinutes(11));

    SyncService service = started();

    tickFor(Duration.ofHours(12), service);

    assertEquals(List.of("16"), rig.receiver.rows("SELECT count(*) FROM bookings"));
    assertEquals(List.of("downtime of 11 min|running"), runs());

    rig.calendly.paging().breaksNowhere();
    tickFor(Duration.ofHours(1), service);
    assertEquals(List.of("18"), rig.receiver.rows("SELECT count(*) FROM bookings"));
  }

  private void tickFor(Duration length, SyncService service) {
    Instant end = rig.clock.instant().plus(length);
    while (rig.clock.instant().isBefore(end)) {
      service.tick();
      rig.clock.advance(Duration.ofMinutes(10));
    }
  }

  @Test
  void how_a_sync_goes_on_is_told_once_a_minute() {
    List<String> lines = new ArrayList<>();
    MinuteLines minutes = new MinuteLines(rig.clock, lines::add);

    minutes.began(new Tally(100, 0, 0, 0), Optional.of(900L));
    for (int second = 1; second <= 150; second++) {
      rig.clock.advance(Duration.ofSeconds(1));
      minutes.at(new Tally(100 + second, 0, 0, 0));
    }

    assertEquals(
        List.of(
            "160 of 900 meetings, 60 a minute, 12 min left",
            "220 of 900 meetings, 60 a minute, 11 min left"),
        lines);
  }

  @Test
  void of_meetings_that_could_not_be_counted_nobody_says_how_long_they_take() {
    List<String> lines = new ArrayList<>();
    MinuteLines minutes = new MinuteLines(rig.clock, lines::add);

    minutes.began(Tally.NONE, Optional.empty());
    rig.clock.advance(Duration.ofMinutes(1));
    minutes.at(new Tally(60, 0, 0, 0));

    assertEquals(List.of("60 meetings, 60 a minute"), lines);
  }
}
