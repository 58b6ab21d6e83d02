package calendlyinbox.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Deliveries;
import calendlyinbox.OtherWriter;
import calendlyinbox.RunningReceiver;
import calendlyinbox.SettableClock;
import calendlyinbox.delivery.Answers.Refusal;
import calendlyinbox.delivery.SignatureHeader;
import calendlyinbox.delivery.SigningKey;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FiguresTest {
  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-23T09:30:00Z"));

  @Test
  void answer_times_are_those_of_the_last_hour() {
    AnswerTimes times = new AnswerTimes(clock);
    for (int millis = 1; millis <= 100; millis++) {
      times.received(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    Map<String, Object> figures = times.milliseconds();
    assertEquals(100L, figures.get("count"));
    assertEquals(50, (double) figures.get("p50"), 0.5);
    assertEquals(95, (double) figures.get("p95"), 1);
    assertEquals(99, (double) figures.get("p99"), 1);
    assertEquals(100, (double) figures.get("max"), 1);

    clock.advance(Duration.ofMinutes(50));
    times.received(TimeUnit.HOURS.toNanos(1));
    assertEquals(101L, times.milliseconds().get("count"));
    clock.advance(Duration.ofMinutes(10));
    assertEquals(1L, times.milliseconds().get("count"));
    assertEquals(60_000, (double) times.milliseconds().get("max"), 600);
    clock.advance(Duration.ofHours(2));
    assertEquals(
        "{count=0, p50=null, p95=null, p99=null, max=null}", times.milliseconds().toString());
  }

  @Test
  void of_refused_requests_the_last_200_are_kept_newest_first() {
    RefusedRequests refused = new RefusedRequests(clock);
    for (int i = 0; i < 250; i++) {
      refused.refused(Refusal.SIGNATURE_MISMATCH, "192.0.2." + i);
    }

    List<Map<String, String>> shown = refused.newestFirst();

    assertEquals(200, shown.size());
    assertEquals(
        "{at=2026-11-23T09:30:00.000000Z, reason=signature_mismatch, address=192.0.2.249}",
        shown.get(0).toString());
    assertEquals("192.0.2.50", shown.get(199).get("address"));
  }

  @Test
  void what_happens_at_the_door_is_shown_at_once_and_still_there_after_a_restart(
      @TempDir Path folder) throws Exception {
    try (RunningReceiver receiver = RunningReceiver.start(folder)) {
      receiver.post(Deliveries.booking("m", "ada"));
      receiver.post("no JSON".getBytes(StandardCharsets.UTF_8));
      byte[] late = {'x'};
      receiver.post(late, Deliveries.signature(RunningReceiver.KEY, late, Instant.EPOCH));
      receiver.awaitEvents(2);
      // Told once the transaction is over.
      calendlyinbox.Eventually.holds(
          "the failed one is counted", () -> last(receiver, "24h", "failed") == 1);

      JsonNode refused = json(receiver, "/api/refused").get("refused");
      assertEquals(1, refused.size());
      assertEquals("signature_stale", refused.get(0).get("reason").textValue());
      assertEquals("127.0.0.1", refused.get(0).get("address").textValue());
      assertEquals(400, receiver.getAsAdmin("/api/refused?x=1").statusCode());
    }
    try (RunningReceiver again = RunningReceiver.start(folder)) {
      for (String range : List.of("24h", "30d")) {
        assertEquals(2, last(again, range, "received"));
        assertEquals(1, last(again, range, "failed"));
        assertEquals(1, last(again, range, "signature_stale"));
        assertEquals(0, last(again, range, "signature_missing"));
      }
      assertEquals(0, json(again, "/api/refused").get("refused").size());
      assertTrue(json(again, "/api/status").get("last_delivery_at").isTextual());
      // What failed and fails again is one that failed.
      again.postAsAdmin("/api/events/2/replay");
      assertEquals(1, last(again, "24h", "failed"));
    }
  }

  @Test
  void the_last_delivery_is_known_though_a_sync_found_thousands_of_events_since(
      @TempDir Path folder) throws Exception {
    try (RunningReceiver receiver = RunningReceiver.start(folder)) {
      receiver.post(Deliveries.booking("m", "ada"));
      receiver.awaitEvents(1);
      found(receiver, 2, 3000);
    }
    try (RunningReceiver again = RunningReceiver.start(folder)) {
      String received =
          again.rows("SELECT received_at FROM calendly_webhook_events WHERE id = 1").get(0);

      assertEquals(received, json(again, "/api/status").get("last_delivery_at").textValue());
      found(again, 4000, 4001);
      calendlyinbox.Eventually.holds(
          "it is looked again",
          () -> json(again, "/api/status").get("events").get("ignored").longValue() == 3001);
      assertEquals(received, json(again, "/api/status").get("last_delivery_at").textValue());
    }
  }

  private static void found(RunningReceiver receiver, int first, int last) throws Exception {
    try (Connection connection = OtherWriter.at(receiver.database())) {
      connection
          .createStatement()
          .execute(
              "WITH RECURSIVE n(i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
                      .formatted(first, last)
                  + " INSERT INTO calendly_webhook_events"
                  + " (id, event_id, event_type, status, payload, received_at, source)"
                  + " SELECT i, i, 'x', 'ignored', '{}', '2026-11-23T09:00:00.000000Z', 'sync' FROM n");
    }
  }

  @Test
  void what_send_test_delivers_does_not_take_back_that_calendlys_are_refused(@TempDir Path folder)
      throws Exception {
    try (RunningReceiver receiver = RunningReceiver.start(folder)) {
      byte[] body = Deliveries.booking("m", "ada").body();
      SigningKey another = new SigningKey("another-key-for-tests-0123");
      for (int i = 0; i < 3; i++) {
        receiver.post(body, Deliveries.signature(another, body, Instant.now()));
      }

      receiver.post(
          body, SignatureHeader.ofOwnClock(RunningReceiver.KEY, Instant.now(), List.of(body)));
      assertEquals(3, json(receiver, "/api/status").get("refused_since").asInt());
      assertTrue(json(receiver, "/api/status").get("last_delivery_at").isTextual());

      receiver.post(Deliveries.booking("m", "bob"));
      assertEquals(0, json(receiver, "/api/status").get("refused_since").asInt());
    }
  }

  @Test
  void charts_have_every_step_up_to_the_present_one(@TempDir Path folder) throws Exception {
    try (RunningReceiver receiver = RunningReceiver.start(folder, Map.of(), clock)) {
      receiver.awaitEvents(0);

      JsonNode day = json(receiver, "/api/deliveries");
      assertEquals("24h 3600 2026-11-22T10:00:00.000000Z", head(day));
      JsonNode month = json(receiver, "/api/deliveries?range=30d");
      assertEquals("30d 86400 2026-10-25T00:00:00.000000Z", head(month));
      day.get("counts").forEach(row -> assertEquals(24, row.size()));
      month.get("counts").forEach(row -> assertEquals(30, row.size()));
      assertEquals(8, month.get("counts").size());
    }
  }

  private static String head(JsonNode chart) {
    return chart.get("range").textValue()
        + " "
        + chart.get("step_seconds")
        + " "
        + chart.get("from").textValue();
  }

  private static long last(RunningReceiver receiver, String range, String name) throws Exception {
    JsonNode row = json(receiver, "/api/deliveries?range=" + range).get("counts").get(name);
    // The hour may have turned since.
    return row.get(row.size() - 1).longValue() + row.get(row.size() - 2).longValue();
  }

  private static JsonNode json(RunningReceiver receiver, String path) throws Exception {
    return new ObjectMapper().readTree(receiver.getAsAdmin(path).body());
  }
}
