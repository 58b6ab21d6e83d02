package calendlyinbox.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import biweekly.Biweekly;
import biweekly.ICalendar;
import biweekly.component.VEvent;
import calendlyinbox.Deliveries;
import calendlyinbox.RunningReceiver;
import calendlyinbox.SettableClock;
import calendlyinbox.calendly.CalendlyTime;
import calendlyinbox.store.Database;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CalendarFeedTest {
  private static final Instant NOW = Instant.parse("2026-11-23T09:30:00Z");
  private static final int ROOM = 1024 * 1024;
  private static final String HOSTILE =
      "Ada\r\nEND:VEVENT\nBEGIN:VALARM;x,y\\n\u2028\u0000 \"quoted\" " + "long ".repeat(30);

  @TempDir static Path folder;
  private static RunningReceiver receiver;

  @BeforeAll
  static void given_meetings_of_all_times() throws Exception {
    receiver = RunningReceiver.start(folder, Map.of(), new SettableClock(NOW));
    post(booking("next", "ada", NOW.plus(Duration.ofDays(1))).named(HOSTILE));
    post(booking("recent", "bob", NOW.minus(Duration.ofDays(29))));
    post(booking("old", "cleo", NOW.minus(Duration.ofDays(31))));
    post(Deliveries.cancellation("gone", "dora"));
    receiver.awaitEvents(4);
  }

  @AfterAll
  static void stop() {
    receiver.close();
  }

  private static Deliveries booking(String meeting, String invitee, Instant start) {
    Deliveries booking = Deliveries.booking(meeting, invitee);
    ObjectNode event = (ObjectNode) booking.payload().get("scheduled_event");
    event.put("start_time", CalendlyTime.text(start));
    event.put("end_time", CalendlyTime.text(start.plus(Duration.ofMinutes(30))));
    return booking;
  }

  private static void post(Deliveries delivery) throws Exception {
    assertEquals(200, receiver.post(delivery));
  }

  private static String url() throws Exception {
    return new ObjectMapper()
        .readTree(receiver.getAsAdmin("/api/status").body())
        .get("calendar_url")
        .textValue();
  }

  @Test
  void its_own_address_opens_it_and_nothing_else() throws Exception {
    String url = url();
    String token = url.substring(url.indexOf('=') + 1);

    HttpResponse<String> feed = receiver.get(url);

    assertEquals(200, feed.statusCode());
    assertEquals(
        "text/calendar; charset=utf-8", feed.headers().firstValue("Content-Type").orElseThrow());
    assertEquals(feed.body(), receiver.getAsAdmin("/api/meetings.ics").body());
    for (String other :
        List.of(
            "/api/events?token=" + token,
            "/api/meetings?token=" + token,
            "/api/status?token=" + token,
            "/api/meetings.ics?token=" + token + "x",
            "/api/meetings.ics?token=" + token + "&x=1",
            "/api/meetings.ics/?token=" + token,
            "/api/meetings.ics;x?token=" + token)) {
      assertEquals(401, receiver.get(other).statusCode(), other);
    }
    assertFalse(url.contains(RunningReceiver.ADMIN_TOKEN));
  }

  @Test
  void it_has_upcoming_and_recent_active_bookings_whatever_people_call_themselves()
      throws Exception {
    String feed = receiver.getAsAdmin("/api/meetings.ics").body();

    ICalendar calendar = Biweekly.parse(feed).first();
    List<VEvent> entries = calendar.getEvents();
    assertEquals(2, entries.size(), feed);
    assertEquals(Deliveries.inviteeUri("recent", "bob"), entries.get(0).getUid().getValue());
    VEvent next = entries.get(1);
    assertEquals(Deliveries.inviteeUri("next", "ada"), next.getUid().getValue());
    assertEquals(Date.from(NOW.plus(Duration.ofDays(1))), next.getDateStart().getValue());
    assertEquals(
        Date.from(NOW.plus(Duration.ofDays(1)).plusSeconds(1800)), next.getDateEnd().getValue());
    assertTrue(
        next.getSummary()
            .getValue()
            .endsWith(
                " with Ada END:VEVENT BEGIN:VALARM;x,y\\n \"quoted\" "
                    + "long ".repeat(30).strip()),
        next.getSummary().getValue());
    assertTrue(next.getStatus().isConfirmed());
    assertEquals(0, next.getAlarms().size());
    assertTrue(feed.lines().allMatch(line -> line.length() <= 75), "a line is not folded");
    assertFalse(feed.contains("cancellations/") || feed.contains("@example.com"), feed);
  }

  @Test
  void where_there_are_too_many_the_upcoming_ones_come_first_and_of_the_past_the_latest(
      @TempDir Path other) throws Exception {
    SettableClock clock = new SettableClock(NOW);
    try (RunningReceiver many = RunningReceiver.start(other, Map.of(), clock)) {
      for (int day : List.of(-3, -2, -1, 1, 2, 3)) {
        many.post(booking("day" + day, "eve", NOW.plus(Duration.ofDays(day))));
      }
      many.awaitEvents(6);
      try (Database database = new Database(many.database(), Duration.ofSeconds(5), clock)) {
        assertEquals(List.of(1L, 2L), days(database, clock, 2));
        assertEquals(List.of(-2L, -1L, 1L, 2L, 3L), days(database, clock, 5));
        assertEquals(List.of(-3L, -2L, -1L, 1L, 2L, 3L), days(database, clock, 7));

        int all = CalendarFeed.of(database, clock, 7, ROOM).body().length;
        byte[] some = CalendarFeed.of(database, clock, 7, all * 3 / 4).body();
        assertEquals(List.of(-1L, 1L, 2L, 3L), days(some));
      }
    }
  }

  @Test
  void an_entry_is_of_the_last_revision_of_its_invitee_or_its_meeting(@TempDir Path other)
      throws Exception {
    SettableClock clock = new SettableClock(NOW);
    try (RunningReceiver revised = RunningReceiver.start(other, Map.of(), clock)) {
      Deliveries invitee = booking("M1", "eve", NOW.plus(Duration.ofDays(1)));
      invitee.payload().put("updated_at", "2026-11-24T08:00:00.000000Z");
      Deliveries meeting = booking("M2", "eve", NOW.plus(Duration.ofDays(2)));
      ((ObjectNode) meeting.payload().get("scheduled_event"))
          .put("updated_at", "2026-11-24T09:00:00.000000Z");
      revised.post(invitee);
      revised.post(meeting);
      revised.awaitEvents(2);
      try (Database database = new Database(revised.database(), Duration.ofSeconds(5), clock)) {
        assertEquals(
            List.of(Instant.parse("2026-11-24T08:00:00Z"), Instant.parse("2026-11-24T09:00:00Z")),
            entries(database, clock, 5).stream()
                .map(entry -> entry.getDateTimeStamp().getValue().toInstant())
                .toList());
      }
    }
  }

  @Test
  void links_are_whole_or_left_out_and_what_joins_letters_and_emoji_stays(@TempDir Path other)
      throws Exception {
    String link = "https://example.com/" + "j".repeat(625);
    SettableClock clock = new SettableClock(NOW);
    try (RunningReceiver joined = RunningReceiver.start(other, Map.of(), clock)) {
      joined.post(linked("M1", link).named("می\u200cخواهم \u202eevil"));
      joined.post(linked("M2", link + "j".repeat(2000)).named("👨‍👩‍👧".repeat(100)));
      joined.awaitEvents(2);
      try (Database database = new Database(joined.database(), Duration.ofSeconds(5), clock)) {
        List<VEvent> entries = entries(database, clock, 5);

        assertEquals(link, entries.get(0).getUrl().getValue());
        assertEquals(link, entries.get(0).getLocation().getValue());
        assertTrue(entries.get(0).getSummary().getValue().endsWith(" with می\u200cخواهم evil"));
        assertEquals(null, entries.get(1).getUrl());
        assertEquals(null, entries.get(1).getLocation());
        String name = entries.get(1).getSummary().getValue().replaceFirst("^.* with ", "");
        assertTrue(name.startsWith("👨‍👩‍👧👨‍👩‍👧"), name);
        assertTrue(name.endsWith("...") && name.length() <= 503, name);
        assertFalse(name.contains("?"), name);
      }
    }
  }

  @Test
  void an_end_that_is_not_after_its_start_is_left_out(@TempDir Path other) throws Exception {
    SettableClock clock = new SettableClock(NOW);
    try (RunningReceiver receiver = RunningReceiver.start(other, Map.of(), clock)) {
      Instant start = NOW.plus(Duration.ofDays(1));
      for (int minutes = -1; minutes <= 1; minutes++) {
        Deliveries booking = booking("M" + minutes, "eve", start.plusSeconds(minutes));
        ((ObjectNode) booking.payload().get("scheduled_event"))
            .put(
                "end_time",
                CalendlyTime.text(start.plusSeconds(minutes).plus(Duration.ofMinutes(minutes))));
        receiver.post(booking);
      }
      receiver.awaitEvents(3);
      try (Database database = new Database(receiver.database(), Duration.ofSeconds(5), clock)) {
        assertEquals(
            List.of(false, false, true),
            entries(database, clock, 5).stream().map(entry -> entry.getDateEnd() != null).toList());
      }
    }
  }

  private static Deliveries linked(String meeting, String link) {
    Deliveries booking = booking(meeting, "eve", NOW.plus(Duration.ofDays(1)));
    ((ObjectNode) booking.payload().get("scheduled_event"))
        .putObject("location")
        .put("type", "zoom")
        .put("status", "pushed")
        .put("join_url", link);
    return booking;
  }

  private static List<Long> days(Database database, SettableClock clock, int most)
      throws Exception {
    return days(CalendarFeed.of(database, clock, most, ROOM).body());
  }

  private static List<Long> days(byte[] feed) {
    return Biweekly.parse(new String(feed, StandardCharsets.UTF_8)).first().getEvents().stream()
        .map(entry -> Duration.between(NOW, entry.getDateStart().getValue().toInstant()).toDays())
        .toList();
  }

  private static List<VEvent> entries(Database database, SettableClock clock, int most)
      throws Exception {
    byte[] feed = CalendarFeed.of(database, clock, most, ROOM).body();
    return Biweekly.parse(new String(feed, StandardCharsets.UTF_8)).first().getEvents();
  }

  @Test
  void it_is_the_same_as_long_as_nothing_changes() throws Exception {
    assertEquals(receiver.get(url()).body(), receiver.get(url()).body());
  }
}
