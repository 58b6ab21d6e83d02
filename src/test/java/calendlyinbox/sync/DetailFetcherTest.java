package calendlyinbox.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.OtherWriter;
import calendlyinbox.calendly.EventParser;
import calendlyinbox.calendly.FakeBookings.Booking;
import calendlyinbox.calendly.Fault;
import calendlyinbox.calendly.Parsed;
import calendlyinbox.calendly.WebhookMessage;
import calendlyinbox.events.AfterApply;
import calendlyinbox.meetings.Mirror;
import calendlyinbox.store.Database;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fetcher's thread is not started: its rounds are made by hand. */
class DetailFetcherTest {
  private static final String MEETING = "SELECT name, status, join_url FROM meetings";
  private static final String WISHES =
      "SELECT wanted, looks, attempts, next_at IS NOT NULL FROM detail_fetches";

  @TempDir Path folder;
  private SyncRig rig;
  private Database database;

  @BeforeEach
  void open() {
    rig = new SyncRig(folder);
    database = rig.database();
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private DetailFetcher fetcher() {
    return new DetailFetcher(rig.api(), database, new Random(1), rig.ours);
  }

  /** As the receiver does it: applied, and what is missing noted, in one transaction. */
  private void apply(byte[] body, FetchDetails fetch) throws Exception {
    AfterApply wishes = DetailWishes.of(fetch, rig.ours);
    Parsed.Understood event = (Parsed.Understood) new EventParser().parse(body);
    database.write(
        handle -> {
          new Mirror().apply(handle, List.of(event));
          wishes.applied(handle, List.of(event));
          return null;
        });
  }

  private byte[] body(WebhookMessage message) {
    return message.body(rig.calendly.account().user());
  }

  /** As payloads were from 2020 to 2023. */
  private byte[] bodyWithoutEvent(WebhookMessage message) {
    ObjectNode payload = message.payload().deepCopy();
    payload.remove("scheduled_event");
    return body(new WebhookMessage(message.event(), message.createdAt(), message.host(), payload));
  }

  private Booking conference(String name) {
    Booking booked = rig.calendly.bookings().book(name);
    rig.calendly.bookings().conferenceIsProcessing(booked.event());
    return booked;
  }

  private byte[] processing(Booking booked) {
    ObjectNode payload = booked.messages().get(0).payload().deepCopy();
    ObjectNode event = rig.calendly.bookings().event(booked.event()).orElseThrow();
    payload.set("scheduled_event", event);
    WebhookMessage told = booked.messages().get(0);
    return body(new WebhookMessage(told.event(), told.createdAt(), told.host(), payload));
  }

  private List<String> wishes() throws Exception {
    return rig.receiver.rows(WISHES);
  }

  @Test
  void a_payload_without_its_event_is_applied_at_once_and_the_event_is_fetched() throws Exception {
    Booking ada = rig.calendly.bookings().book("Ada");

    apply(bodyWithoutEvent(ada.messages().get(0)), FetchDetails.MISSING);
    assertEquals(List.of("null|active|null"), rig.receiver.rows(MEETING));
    assertEquals(List.of("details|0|0|1"), wishes());
    fetcher().run();

    assertEquals(List.of("30 Minute Meeting|active|null"), rig.receiver.rows(MEETING));
    assertEquals(
        List.of(
            rig.calendly.bookings().event(ada.event()).orElseThrow().path("updated_at").asText()),
        rig.receiver.rows("SELECT updated_at FROM meetings"));
    assertEquals(List.of(), wishes());
  }

  @Test
  void a_complete_payload_is_not_fetched_with_missing_but_with_always() throws Exception {
    byte[] body = body(rig.calendly.bookings().book("Ada").messages().get(0));

    apply(body, FetchDetails.MISSING);
    assertEquals(List.of(), wishes());

    apply(body, FetchDetails.ALWAYS);
    fetcher().run();
    assertEquals(1, rig.calendly.calls().size());
    assertEquals(List.of(), wishes());
  }

  @Test
  void never_never_fetches() throws Exception {
    Booking ada = conference("Ada");

    apply(processing(ada), FetchDetails.NEVER);
    apply(bodyWithoutEvent(ada.messages().get(0)), FetchDetails.NEVER);

    assertEquals(List.of(), wishes());
  }

  @Test
  void a_link_on_its_way_is_looked_at_four_times_within_an_hour_and_then_given_up()
      throws Exception {
    apply(processing(conference("Ada")), FetchDetails.MISSING);
    DetailFetcher fetcher = fetcher();
    var begun = rig.clock.instant();

    for (int second = 0; second < 2 * 3600; second += 10) {
      fetcher.run();
      rig.clock.advance(Duration.ofSeconds(10));
    }

    assertEquals(
        List.of(30L, 120L, 600L, 3600L),
        rig.calendly.calls().stream()
            .map(call -> Duration.between(begun, call.at()).toSeconds())
            .toList());
    assertEquals(
        List.of("the conference link was not made within an hour|null"),
        rig.receiver.rows("SELECT last_error, next_at FROM detail_fetches"));
  }

  @Test
  void a_link_that_is_made_is_in_the_table_at_the_next_look_and_not_looked_at_again()
      throws Exception {
    Booking ada = conference("Ada");
    apply(processing(ada), FetchDetails.MISSING);
    DetailFetcher fetcher = fetcher();
    rig.clock.advance(Duration.ofSeconds(31));
    fetcher.run();
    rig.calendly.bookings().conferenceIsPushed(ada.event(), "https://meet.example.com/abc");

    for (int minute = 0; minute < 180; minute++) {
      rig.clock.advance(Duration.ofMinutes(1));
      fetcher.run();
    }

    assertEquals(
        List.of("30 Minute Meeting|active|https://meet.example.com/abc"),
        rig.receiver.rows(MEETING));
    assertEquals(2, rig.calendly.calls().size());
    assertEquals(List.of(), wishes());
  }

  @Test
  void an_old_payload_applied_again_does_not_have_a_known_link_fetched_again() throws Exception {
    Booking ada = conference("Ada");
    byte[] old = processing(ada);
    apply(old, FetchDetails.MISSING);
    rig.calendly.bookings().conferenceIsPushed(ada.event(), "https://meet.example.com/abc");
    rig.clock.advance(Duration.ofSeconds(31));
    fetcher().run();

    apply(old, FetchDetails.MISSING);

    assertEquals(List.of(), wishes());
    assertEquals(
        List.of("30 Minute Meeting|active|https://meet.example.com/abc"),
        rig.receiver.rows(MEETING));
  }

  @Test
  void what_is_told_after_it_was_fetched_counts_also_where_our_clock_is_ahead() throws Exception {
    rig.ahead = Duration.ofMinutes(8);
    Booking ada = rig.calendly.bookings().book("Ada");
    apply(bodyWithoutEvent(ada.messages().get(0)), FetchDetails.MISSING);
    fetcher().run();
    assertEquals(List.of("1"), rig.receiver.rows("SELECT invitees_active FROM meetings"));
    ObjectNode fetched = rig.calendly.bookings().event(ada.event()).orElseThrow();
    String updatedAt = fetched.path("updated_at").asText();

    rig.clock.advance(Duration.ofMinutes(1));
    WebhookMessage told = rig.calendly.bookings().cancel(ada.invitee(), "ill").get(0);
    // Where Calendly counts and leaves that as it was, the moment of the telling decides.
    ((ObjectNode) told.payload().path("scheduled_event")).put("updated_at", updatedAt);
    apply(body(told), FetchDetails.MISSING);

    assertEquals(List.of("0"), rig.receiver.rows("SELECT invitees_active FROM meetings"));
  }

  @Test
  void a_link_that_a_clock_that_is_behind_puts_before_what_was_told_is_looked_at_again()
      throws Exception {
    rig.ahead = Duration.ofSeconds(-150);
    Booking ada = conference("Ada");
    apply(processing(ada), FetchDetails.MISSING);
    // Where Calendly leaves that as it was, the moment of the telling decides.
    ObjectNode pushed = rig.calendly.bookings().event(ada.event()).orElseThrow();
    pushed.withObject("location").put("status", "pushed").put("join_url", "https://meet/abc");
    rig.calendly.bookings().isShownAs(ada.event(), pushed);
    DetailFetcher fetcher = fetcher();

    for (int second = 0; second < 3600; second += 10) {
      fetcher.run();
      rig.clock.advance(Duration.ofSeconds(10));
    }

    assertEquals(List.of("https://meet/abc"), rig.receiver.rows("SELECT join_url FROM meetings"));
    assertEquals(3, rig.calendly.calls().size());
    assertEquals(List.of(), wishes());
  }

  @Test
  void an_event_that_is_gone_leaves_the_reason_and_the_row_as_the_payload_told_it()
      throws Exception {
    Booking ada = rig.calendly.bookings().book("Ada");
    apply(bodyWithoutEvent(ada.messages().get(0)), FetchDetails.MISSING);
    rig.calendly.bookings().vanishes(ada.event());
    DetailFetcher fetcher = fetcher();

    fetcher.run();
    rig.clock.advance(Duration.ofDays(2));
    fetcher.run();

    assertEquals(
        List.of(
            "null|Calendly does not know it (404): The server could not find the requested resource."),
        rig.receiver.rows("SELECT next_at, last_error FROM detail_fetches"));
    assertEquals(List.of("Ada|active"), rig.receiver.rows("SELECT name, status FROM bookings"));
    assertEquals(1, rig.calendly.calls().size());
  }

  @Test
  void calendly_down_or_talking_rubbish_is_asked_again_until_it_is_well() throws Exception {
    Booking ada = rig.calendly.bookings().book("Ada");
    apply(bodyWithoutEvent(ada.messages().get(0)), FetchDetails.MISSING);
    DetailFetcher fetcher = fetcher();
    for (Fault fault : List.of(Fault.INTERNAL_ERROR, Fault.HTML_PAGE, Fault.TRUNCATED_JSON)) {
      rig.calendly.faults().always(fault);
      fetcher.run();
      rig.calendly.faults().over();
      rig.clock.advance(Duration.ofMinutes(10));
    }
    assertEquals(List.of("details|0|3|1"), wishes());

    fetcher.run();

    assertEquals(List.of("30 Minute Meeting|active|null"), rig.receiver.rows(MEETING));
    assertEquals(List.of(), wishes());
  }

  @Test
  void a_clock_that_was_ahead_and_is_set_back_pauses_nobody() throws Exception {
    apply(
        bodyWithoutEvent(rig.calendly.bookings().book("Ada").messages().get(0)),
        FetchDetails.MISSING);
    DetailFetcher fetcher = fetcher();
    rig.clock.advance(Duration.ofDays(30));
    rig.calendly.faults().always(Fault.INTERNAL_ERROR);
    fetcher.run();
    rig.calendly.faults().over();
    rig.clock.advance(Duration.ofDays(-30));
    Booking bob = rig.calendly.bookings().book("Bob");
    apply(bodyWithoutEvent(bob.messages().get(0)), FetchDetails.MISSING);

    fetcher.run();

    assertEquals(
        List.of("30 Minute Meeting", "30 Minute Meeting"),
        rig.receiver.rows("SELECT name FROM meetings"));
  }

  @Test
  void a_link_that_was_looked_at_by_a_clock_that_was_ahead_is_looked_at_once_that_is_set_back()
      throws Exception {
    Booking ada = conference("Ada");
    apply(processing(ada), FetchDetails.MISSING);
    DetailFetcher fetcher = fetcher();
    rig.clock.advance(Duration.ofHours(10));
    fetcher.run();
    assertEquals(List.of("link|1|0|1"), wishes());
    rig.clock.advance(Duration.ofHours(-10));
    rig.calendly.bookings().conferenceIsPushed(ada.event(), "https://meet.example.com/abc");

    fetcher.run();

    assertEquals(
        List.of("30 Minute Meeting|active|https://meet.example.com/abc"),
        rig.receiver.rows(MEETING));
    assertEquals(List.of(), wishes());
  }

  @Test
  void
      a_link_that_was_first_wanted_by_a_clock_that_was_ahead_is_looked_at_for_an_hour_all_the_same()
          throws Exception {
    rig.clock.advance(Duration.ofHours(10));
    Booking ada = conference("Ada");
    apply(processing(ada), FetchDetails.MISSING);
    rig.clock.advance(Duration.ofHours(-10));
    DetailFetcher fetcher = fetcher();
    for (int minute = 0; minute < 30; minute++) {
      fetcher.run();
      rig.clock.advance(Duration.ofMinutes(1));
    }
    assertEquals(List.of("link|3|0|1"), wishes());
    rig.calendly.bookings().conferenceIsPushed(ada.event(), "https://meet.example.com/abc");

    rig.clock.advance(Duration.ofHours(1));
    fetcher.run();

    assertEquals(
        List.of("https://meet.example.com/abc"),
        rig.receiver.rows("SELECT join_url FROM meetings"));
    assertEquals(List.of(), wishes());
  }

  @Test
  void an_event_that_this_token_may_not_see_leaves_the_reason_and_holds_up_nobody()
      throws Exception {
    Booking ada = rig.calendly.bookings().book("Ada");
    Booking bob = rig.calendly.bookings().book("Bob");
    apply(bodyWithoutEvent(ada.messages().get(0)), FetchDetails.MISSING);
    apply(bodyWithoutEvent(bob.messages().get(0)), FetchDetails.MISSING);
    String hers = ada.event().substring(ada.event().lastIndexOf('/'));
    rig.calendly.faults().next(Integer.MAX_VALUE, Fault.DENIED, call -> call.path().endsWith(hers));

    asksOnceAndGoesOn("Calendly does not allow it (403): You do not have permission.", bob);
  }

  /** With one that is refused for good before one that is not: two calls, however long it lasts. */
  private void asksOnceAndGoesOn(String refusal, Booking other) throws Exception {
    DetailFetcher fetcher = fetcher();

    fetcher.run();

    assertEquals(
        List.of("null|" + refusal),
        rig.receiver.rows("SELECT next_at, last_error FROM detail_fetches"));
    assertEquals(
        List.of("30 Minute Meeting"),
        rig.receiver.rows("SELECT name FROM meetings WHERE uri = '" + other.event() + "'"));
    rig.clock.advance(Duration.ofDays(2));
    fetcher.run();
    assertEquals(2, rig.calendly.calls().size());
  }

  @Test
  void a_missing_scope_concerns_all_events_and_is_tried_hourly() throws Exception {
    Booking ada = rig.calendly.bookings().book("Ada");
    apply(bodyWithoutEvent(ada.messages().get(0)), FetchDetails.MISSING);
    rig.calendly.account().losesScope("scheduled_events:read");
    DetailFetcher fetcher = fetcher();
    fetcher.run();
    rig.calendly.account().gainsScope("scheduled_events:read");
    rig.clock.advance(Duration.ofHours(1));

    fetcher.run();

    assertEquals(List.of("30 Minute Meeting|active|null"), rig.receiver.rows(MEETING));
  }

  @Test
  void what_was_forgotten_while_calendly_was_asked_does_not_come_back() throws Exception {
    Booking ada = rig.calendly.bookings().book("Ada");
    apply(bodyWithoutEvent(ada.messages().get(0)), FetchDetails.MISSING);
    rig.calendly.faults().always(Fault.INTERNAL_ERROR);
    rig.whileCalendlyIsAsked =
        () -> {
          rig.calendly.faults().over();
          rig.forget(ada.invitee());
        };

    fetcher().run();

    assertEquals(List.of(), rig.receiver.rows(MEETING));
    assertEquals(List.of(), rig.receiver.rows("SELECT resource FROM sightings"));
    assertEquals(List.of(), wishes());
  }

  @Test
  void an_answer_about_another_event_is_written_nowhere() throws Exception {
    Booking ada = rig.calendly.bookings().book("Ada");
    Booking bob = rig.calendly.bookings().book("Bob");
    ObjectNode honest = rig.calendly.bookings().event(ada.event()).orElseThrow();
    apply(bodyWithoutEvent(ada.messages().get(0)), FetchDetails.MISSING);
    apply(body(bob.messages().get(0)), FetchDetails.MISSING);
    List<List<String>> before = rig.tables(SyncRig.ALL_BYTES);
    DetailFetcher fetcher = fetcher();

    for (String uri :
        List.of(bob.event(), "https://evil.example.com/scheduled_events/X", "", "\u0000")) {
      ObjectNode other = honest.deepCopy();
      other.put("uri", uri).put("name", "Forged").put("updated_at", "2030-01-01T00:00:00.000000Z");
      rig.calendly.bookings().isShownAs(ada.event(), other);
      fetcher.run();
      rig.clock.advance(Duration.ofHours(1));
    }

    assertEquals(before, rig.tables(SyncRig.ALL_BYTES));
    assertEquals(
        List.of(
            "Calendly could not be reached: HTTP 200 with another resource than was asked for, 4 tries"),
        rig.receiver.rows("SELECT last_error FROM detail_fetches"));
    rig.calendly.bookings().isShownAs(ada.event(), honest);
    fetcher.run();
    assertEquals(List.of(), wishes());
  }

  @Test
  void fields_of_wrong_types_leave_the_row_and_hold_up_nobody() throws Exception {
    Booking ada = rig.calendly.bookings().book("Ada");
    Booking bob = rig.calendly.bookings().book("Bob");
    apply(bodyWithoutEvent(ada.messages().get(0)), FetchDetails.MISSING);
    apply(bodyWithoutEvent(bob.messages().get(0)), FetchDetails.MISSING);
    ObjectNode wrong = rig.calendly.bookings().event(ada.event()).orElseThrow();
    wrong.fieldNames().forEachRemaining(field -> wrong.putArray(field).add(7));
    wrong.put("uri", ada.event());
    rig.calendly.bookings().isShownAs(ada.event(), wrong);
    DetailFetcher fetcher = fetcher();

    fetcher.run();

    assertEquals(
        List.of("null|active|null", "30 Minute Meeting|active|null"),
        rig.receiver.rows(MEETING + " ORDER BY name IS NOT NULL"));
    assertEquals(
        List.of("Ada|active", "Bob|active"),
        rig.receiver.rows("SELECT name, status FROM bookings ORDER BY name"));
  }

  @Test
  void one_event_that_the_tables_refuse_is_put_off_and_holds_up_nobody() throws Exception {
    Booking ada = rig.calendly.bookings().book("Ada");
    Booking bob = rig.calendly.bookings().book("Bob");
    apply(bodyWithoutEvent(ada.messages().get(0)), FetchDetails.MISSING);
    rig.clock.advance(Duration.ofSeconds(1));
    apply(bodyWithoutEvent(bob.messages().get(0)), FetchDetails.MISSING);
    rig.refuse("BEFORE UPDATE OF name ON meetings WHEN NEW.uri = '" + ada.event() + "'");
    DetailFetcher fetcher = fetcher();

    fetcher.run();
    fetcher.run();

    assertEquals(
        List.of(bob.event()),
        rig.receiver.rows("SELECT uri FROM meetings WHERE name = '30 Minute Meeting'"));
    assertEquals(List.of("details|0|1|1"), wishes());
    String error = rig.receiver.rows("SELECT last_error FROM detail_fetches").get(0);
    assertTrue(error.contains("refused by a test"), error);
  }

  /** As on a full disk: what is due can be read, and what was fetched cannot be written. */
  @Test
  void while_the_database_takes_nothing_calendly_is_asked_once_and_not_over_and_over()
      throws Exception {
    Booking ada = rig.calendly.bookings().book("Ada");
    apply(bodyWithoutEvent(ada.messages().get(0)), FetchDetails.MISSING);
    execute("CREATE TRIGGER away BEFORE UPDATE ON meetings BEGIN DELETE FROM no_table; END");
    DetailFetcher fetcher = fetcher();
    for (int second = 0; second < 590; second++) {
      fetcher.run();
      rig.clock.advance(Duration.ofSeconds(1));
    }
    assertEquals(List.of("null|active|null"), rig.receiver.rows(MEETING));
    assertEquals(List.of("details|0|0|1"), wishes());
    assertEquals(1, rig.calendly.calls().size());

    execute("DROP TRIGGER away");
    rig.clock.advance(Duration.ofSeconds(2));
    fetcher.run();

    assertEquals(List.of("30 Minute Meeting|active|null"), rig.receiver.rows(MEETING));
    assertEquals(List.of(), wishes());
    assertEquals(1, rig.calendly.calls().size());
  }

  @Test
  void a_refusal_that_the_database_does_not_take_is_not_asked_for_again_either() throws Exception {
    Booking ada = rig.calendly.bookings().book("Ada");
    rig.calendly.bookings().vanishes(ada.event());
    DetailFetcher fetcher = fetcher();
    fetcher.run();
    apply(bodyWithoutEvent(ada.messages().get(0)), FetchDetails.MISSING);
    execute("CREATE TRIGGER away BEFORE UPDATE ON detail_fetches BEGIN DELETE FROM no_table; END");
    for (int second = 0; second < 60; second++) {
      fetcher.run();
      rig.clock.advance(Duration.ofSeconds(1));
    }

    execute("DROP TRIGGER away");
    rig.clock.advance(Duration.ofSeconds(2));
    fetcher.run();

    assertEquals(List.of("details|0|1|0"), wishes());
    assertEquals(1, rig.calendly.calls().size());
  }

  @Test
  void a_link_that_was_made_while_the_database_took_nothing_is_found_by_the_last_look()
      throws Exception {
    Booking ada = conference("Ada");
    apply(processing(ada), FetchDetails.MISSING);
    DetailFetcher fetcher = fetcher();
    for (int second = 0; second < 3590; second += 10) {
      fetcher.run();
      rig.clock.advance(Duration.ofSeconds(10));
    }
    assertEquals(List.of("link|3|0|1"), wishes());
    execute("CREATE TRIGGER away BEFORE UPDATE ON detail_fetches BEGIN DELETE FROM no_table; END");
    rig.clock.advance(Duration.ofSeconds(20));
    fetcher.run();
    assertEquals(4, rig.calendly.calls().size());
    rig.calendly.bookings().conferenceIsPushed(ada.event(), "https://meet.example.com/abc");
    for (int minute = 0; minute < 70; minute++) {
      rig.clock.advance(Duration.ofMinutes(1));
      fetcher.run();
    }
    assertTrue(rig.calendly.calls().size() <= 4 + 7, rig.calendly.calls().size() + " calls");
    execute("DROP TRIGGER away");
    rig.clock.advance(Duration.ofMinutes(1));

    fetcher.run();

    assertEquals(
        List.of("30 Minute Meeting|active|https://meet.example.com/abc"),
        rig.receiver.rows(MEETING));
    assertEquals(List.of(), wishes());
  }

  private void execute(String sql) throws Exception {
    try (Connection connection = OtherWriter.at(rig.receiver.database());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void an_answer_without_end_is_asked_for_once_holds_up_nobody_and_is_left_to_the_sync()
      throws Exception {
    Booking ada = rig.calendly.bookings().book("Ada");
    Booking bob = rig.calendly.bookings().book("Bob");
    apply(bodyWithoutEvent(ada.messages().get(0)), FetchDetails.MISSING);
    apply(bodyWithoutEvent(bob.messages().get(0)), FetchDetails.MISSING);
    ObjectNode huge = rig.calendly.bookings().event(ada.event()).orElseThrow();
    rig.calendly
        .bookings()
        .isShownAs(ada.event(), huge.deepCopy().put("name", "x".repeat(3_000_000)));

    asksOnceAndGoesOn("Calendly answered too much: an answer of more than 2097152 bytes", bob);

    rig.calendly.bookings().isShownAs(ada.event(), huge);
    rig.run();
    assertEquals(
        List.of("30 Minute Meeting|active|null", "30 Minute Meeting|active|null"),
        rig.receiver.rows(MEETING));
  }

  @Test
  void a_refused_token_is_tried_hourly_and_at_once_after_a_restart() throws Exception {
    Booking ada = rig.calendly.bookings().book("Ada");
    apply(bodyWithoutEvent(ada.messages().get(0)), FetchDetails.MISSING);
    rig.calendly.account().tokenExpires();
    DetailFetcher fetcher = fetcher();
    for (int minute = 0; minute < 90; minute++) {
      fetcher.run();
      rig.clock.advance(Duration.ofMinutes(1));
    }
    assertEquals(2, rig.calendly.calls().size());
    assertEquals(
        List.of("Calendly refuses the token (401): The access token expired"),
        rig.receiver.rows("SELECT last_error FROM detail_fetches"));

    rig.calendly.account().tokenIsGoodAgain();
    fetcher().run();

    assertEquals(List.of("30 Minute Meeting|active|null"), rig.receiver.rows(MEETING));
  }

  @Test
  void a_cancellation_that_comes_while_details_are_fetched_stays() throws Exception {
    Booking ada = rig.calendly.bookings().book("Ada");
    apply(bodyWithoutEvent(ada.messages().get(0)), FetchDetails.MISSING);
    DetailFetcher fetcher = fetcher();
    List<WebhookMessage> canceled = rig.calendly.bookings().cancel(ada.invitee(), "ill");
    apply(body(canceled.get(0)), FetchDetails.MISSING);

    fetcher.run();

    assertEquals(List.of("30 Minute Meeting|canceled|null"), rig.receiver.rows(MEETING));
    assertTrue(wishes().isEmpty());
  }
}
