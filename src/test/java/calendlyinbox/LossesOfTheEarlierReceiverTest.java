package calendlyinbox;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.delivery.Door;
import calendlyinbox.delivery.SignatureHeader;
import calendlyinbox.delivery.SigningKey;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An earlier receiver lost bookings in ways that looked right when they were written. Each is a
 * test here, named after what went wrong there.
 */
class LossesOfTheEarlierReceiverTest {
  @TempDir Path folder;

  @Test
  void it_deduplicated_by_scheduled_event_so_a_groups_second_invitee_vanished() throws Exception {
    try (RunningReceiver receiver = RunningReceiver.start(folder)) {
      receiver.post(Deliveries.booking("group", "ada"));
      receiver.post(Deliveries.booking("group", "bob"));

      receiver.awaitEvents(2);
      assertEquals(
          List.of("Name of ada", "Name of bob"),
          receiver.rows("SELECT name FROM bookings ORDER BY name"));
      assertEquals(List.of("1"), receiver.rows("SELECT count(*) FROM meetings"));
    }
  }

  @Test
  void its_unique_index_covered_the_event_id_alone_so_a_cancellation_was_dropped_as_a_duplicate()
      throws Exception {
    try (RunningReceiver receiver = RunningReceiver.start(folder)) {
      receiver.post(Deliveries.booking("m", "ada"));
      receiver.post(Deliveries.cancellation("m", "ada"));

      receiver.awaitEvents(2);
      assertEquals(
          List.of("canceled|canceled|other plans"),
          receiver.rows("SELECT status, meeting_status, cancel_reason FROM bookings"));
    }
  }

  @Test
  void it_claimed_before_working_and_never_retried_so_a_failure_lost_the_booking()
      throws Exception {
    SettableClock clock = new SettableClock(Instant.now());
    try (RunningReceiver receiver = RunningReceiver.start(folder, Map.of(), clock)) {
      receiver.post(Deliveries.booking("m", "first"));
      receiver.awaitEvents(1);
      execute(
          receiver.database(),
          "CREATE TRIGGER refuse BEFORE INSERT ON invitees WHEN NEW.email = 'ada@example.com'"
              + " BEGIN SELECT RAISE(ABORT, 'not now'); END");

      receiver.post(Deliveries.booking("m2", "ada"));
      receiver.awaitRows(
          "SELECT status, attempts FROM calendly_webhook_events ORDER BY id",
          "processed|1",
          "pending|1");

      execute(receiver.database(), "DROP TRIGGER refuse");
      clock.advance(Duration.ofSeconds(7));
      receiver.awaitRows(
          "SELECT status, attempts, last_error FROM calendly_webhook_events ORDER BY id",
          "processed|1|null",
          "processed|2|null");
      assertEquals(
          List.of("Name of ada"),
          receiver.rows("SELECT name FROM bookings WHERE email LIKE 'ada%'"));
    }
  }

  @Test
  void with_the_database_down_it_skipped_verification_answered_200_and_dropped_the_event()
      throws Exception {
    Files.write(folder.resolve("calendly.db"), new byte[4096]);
    try (RunningReceiver receiver = RunningReceiver.start(folder)) {
      byte[] body = Deliveries.booking("m", "ada").body();
      String forged = Deliveries.signature(new SigningKey("another"), body, Instant.now());

      assertEquals(401, receiver.post(body, forged).statusCode());
      assertEquals(200, receiver.post(body));

      Files.delete(receiver.database());
      receiver.awaitRows("SELECT name FROM bookings", "Name of ada");
    }
  }

  @Test
  void a_body_with_another_content_type_was_answered_200_and_dropped() throws Exception {
    List<String> types =
        List.of(
            "",
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/json; charset=utf-16",
            "nonsense");
    try (RunningReceiver receiver = RunningReceiver.start(folder)) {
      for (String type : types) {
        String name = "type" + types.indexOf(type);
        byte[] body = Deliveries.booking(name, name).body();
        HttpRequest.Builder request =
            HttpRequest.newBuilder(receiver.uri(Door.WEBHOOK_PATH))
                .header(
                    SignatureHeader.NAME,
                    Deliveries.signature(RunningReceiver.KEY, body, Instant.now()))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (!type.isEmpty()) {
          request.header("Content-Type", type);
        }
        HttpResponse<Void> answer =
            HttpClient.newHttpClient()
                .send(request.build(), HttpResponse.BodyHandlers.discarding());
        assertEquals(200, answer.statusCode(), type);
      }

      receiver.awaitRows("SELECT count(*) FROM bookings", Integer.toString(types.size()));
    }
  }

  @Test
  void a_per_address_rate_limit_refused_calendlys_bursts() throws Exception {
    int burst = 500;
    try (RunningReceiver receiver = RunningReceiver.start(folder)) {
      HttpClient client = HttpClient.newHttpClient();
      List<CompletableFuture<HttpResponse<Void>>> answers = new ArrayList<>();
      for (int i = 0; i < burst; i++) {
        byte[] body = Deliveries.booking("m" + i, "i" + i).body();
        HttpRequest request =
            HttpRequest.newBuilder(receiver.uri(Door.WEBHOOK_PATH))
                .header(
                    SignatureHeader.NAME,
                    Deliveries.signature(RunningReceiver.KEY, body, Instant.now()))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        answers.add(client.sendAsync(request, HttpResponse.BodyHandlers.discarding()));
      }
      for (CompletableFuture<HttpResponse<Void>> answer : answers) {
        assertEquals(200, answer.get().statusCode());
      }
      receiver.awaitEvents(burst);
    }
  }

  @Test
  void it_logged_the_signature_it_expected() throws Exception {
    Instant now = Instant.now();
    byte[] body = Deliveries.booking("m", "ada").body();
    String expected =
        HexFormat.of().formatHex(RunningReceiver.KEY.sign("" + now.getEpochSecond(), body));
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    PrintStream error = System.err;
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try (RunningReceiver receiver = RunningReceiver.start(folder)) {
      String forged = Deliveries.signature(new SigningKey("another"), body, now);
      HttpResponse<String> answer = receiver.post(body, forged);

      assertEquals("{\"error\":\"signature_mismatch\"}", answer.body());
      assertFalse(answer.headers().toString().contains(expected));
    } finally {
      System.setErr(error);
    }
    String written = log.toString(StandardCharsets.UTF_8);
    assertTrue(written.contains("Invalid webhook signature: reason=signature_mismatch"), written);
    assertFalse(written.contains(expected));
  }

  @Test
  void it_took_the_body_through_a_utf_8_string() throws Exception {
    byte[] body =
        "{\"event\":\"x\",\"payload\":{},\"bytes\":\"\u00ff\u00fe\u0000é\"}"
            .getBytes(StandardCharsets.ISO_8859_1);
    try (RunningReceiver receiver = RunningReceiver.start(folder)) {
      assertEquals(200, receiver.post(body));
      receiver.awaitEvents(1);

      assertArrayEquals(body, payload(receiver.database()));
    }
  }

  @Test
  void its_health_page_said_ok_with_the_database_gone() throws Exception {
    try (RunningReceiver receiver = RunningReceiver.start(folder)) {
      receiver.post(Deliveries.booking("m", "ada"));
      receiver.awaitEvents(1);
      Files.move(receiver.database(), folder.resolve("aside"));
      Files.createDirectory(receiver.database());

      Eventually.holds("health says so", () -> receiver.get("/health").statusCode() == 503);
      assertFalse(receiver.get("/health").body().contains("\"database\":\"ok\""));
    }
  }

  private static void execute(Path database, String sql) throws Exception {
    try (Connection connection = OtherWriter.at(database);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static byte[] payload(Path database) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT payload FROM calendly_webhook_events")) {
      result.next();
      return result.getBytes(1);
    }
  }
}
