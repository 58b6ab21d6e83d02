package calendlyinbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.calendly.FakeBookings.Booking;
import calendlyinbox.calendly.FakeCalendly;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole server beside Calendly's API: it catches up by itself, and waits for nobody. */
class CatchUpTest {
  private static final Duration CALL_TAKES = Duration.ofSeconds(20);

  /** Who waits for the API takes longer; a machine at its slowest does not. */
  private static final Duration WITHOUT_IT = Duration.ofSeconds(15);

  @TempDir Path folder;
  private final FakeCalendly calendly = FakeCalendly.start(Clock.systemUTC());

  @AfterEach
  void close() {
    calendly.close();
  }

  private RunningReceiver start(String fetchDetails) {
    return RunningReceiver.start(
        folder,
        Map.of(
            "CALENDLY_API_TOKEN", calendly.account().token(),
            "CALENDLY_API_URL", calendly.url().toString(),
            "FETCH_EVENT_DETAILS", fetchDetails));
  }

  private byte[] body(Booking booking) {
    return booking.messages().get(0).body(calendly.account().user());
  }

  @Test
  void an_api_that_takes_20_s_for_each_call_slows_neither_the_door_nor_a_booking()
      throws Exception {
    calendly.answersAfter(CALL_TAKES);
    try (RunningReceiver receiver = start("always")) {
      // The first answer of a server is of code that was never run.
      receiver.post(body(calendly.bookings().book("First")));
      receiver.awaitEvents(1);
      List<Duration> took = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        byte[] body = body(calendly.bookings().book("P" + i));
        long asked = System.nanoTime();
        assertEquals(200, receiver.post(body));
        took.add(Duration.ofNanos(System.nanoTime() - asked));
      }
      Eventually.holds(
          "all are in bookings",
          WITHOUT_IT,
          () ->
              receiver
                  .rows("SELECT count(*), count(meeting) FROM bookings")
                  .get(0)
                  .equals("21|21"));
      assertTrue(Collections.max(took).compareTo(WITHOUT_IT) < 0, "answers took " + took);
      Collections.sort(took);
      assertTrue(took.get(took.size() / 2).toMillis() < 500, "answers took " + took);
      Eventually.holds("Calendly was asked", () -> !calendly.calls().isEmpty());
    }
  }

  @Test
  void a_server_that_was_down_brings_in_what_it_missed() throws Exception {
    try (RunningReceiver receiver = start("never")) {
      receiver.awaitRows("SELECT reason, status FROM sync_runs", "first start|done");
    }
    calendly.bookings().book("Ada");
    Files.writeString(
        folder.resolve("last-alive"), Clock.systemUTC().instant().minusSeconds(3600).toString());

    try (RunningReceiver receiver = start("never")) {
      receiver.awaitRows("SELECT name, status FROM bookings", "Ada|active");
    }
  }

  @Test
  void details_are_fetched_by_the_running_server() throws Exception {
    try (RunningReceiver receiver = start("missing")) {
      receiver.awaitRows("SELECT status FROM sync_runs", "done");
      Booking ada = calendly.bookings().book("Ada");
      String whole = new String(body(ada), StandardCharsets.UTF_8);
      String without = whole.replace("\"scheduled_event\":", "\"something_else\":");
      assertTrue(!whole.equals(without));

      receiver.post(without.getBytes(StandardCharsets.UTF_8));

      receiver.awaitRows("SELECT name, meeting FROM bookings", "Ada|30 Minute Meeting");
      receiver.awaitRows("SELECT count(*) FROM detail_fetches", "0");
    }
  }
}
