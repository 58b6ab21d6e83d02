package calendlyinbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.calendly.FakeCalendly;
import calendlyinbox.calendly.FakeSubscription;
import calendlyinbox.calendly.Fault;
import calendlyinbox.calendly.Receipt;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Server and commands as processes of their own, on one folder. */
class SubscriptionProcessTest {
  private static final int ATTEMPTS = 4;

  @TempDir private Path folder;
  private FakeCalendly calendly;
  private Map<String, String> settings;

  @BeforeEach
  void open() throws Exception {
    calendly = FakeCalendly.start(Clock.systemUTC());
    settings = new HashMap<>();
    int port = FreePort.find();
    settings.put("PORT", Integer.toString(port));
    settings.put("PUBLIC_URL", "http://127.0.0.1:" + port);
    settings.put("CALENDLY_WEBHOOK_SIGNING_KEY", "");
    settings.put("CALENDLY_API_TOKEN", calendly.account().token());
    settings.put("CALENDLY_API_URL", calendly.url().toString());
    settings.put("SUBSCRIPTION_CHECK", "1s");
  }

  @AfterEach
  void close() {
    calendly.close();
  }

  @Test
  void commands_beside_a_running_server_rotate_disconnect_and_connect() throws Exception {
    try (ServerProcess server = ServerProcess.start(folder, settings)) {
      Eventually.holds("connected", () -> calendly.subscriptions().all().size() == 1);
      FakeSubscription first = calendly.subscriptions().only();

      rotate();
      assertNotEquals(first.signingKey(), calendly.subscriptions().only().signingKey());
      assertDelivered();

      assertEquals(0, command("disconnect"));
      assertEquals(List.of(), calendly.subscriptions().all());
      assertEquals(0, command("connect"));
      assertDelivered();

      settings.put("CALENDLY_WEBHOOK_SIGNING_KEY", "another-one-than-the-server-has");
      assertEquals(2, command("connect"));
      assertDelivered();
      assertEquals(0, server.terminate());
    }
  }

  @Test
  void a_process_killed_right_after_calendly_made_the_subscription_finds_it_again()
      throws Exception {
    calendly.faults().next(1, Fault.STUCK, "POST");
    try (ServerProcess server = ServerProcess.start(folder, settings)) {
      Eventually.holds("made, unanswered", () -> calendly.subscriptions().all().size() == 1);
      server.kill();
    }
    FakeSubscription made = calendly.subscriptions().only();

    try (ServerProcess again = ServerProcess.start(folder, settings)) {
      Eventually.holds(
          "found",
          () -> again.log().stream().anyMatch(line -> line.contains("Subscription found")));
      assertEquals(made.uri(), calendly.subscriptions().only().uri());
      assertDelivered();
    }
  }

  @Test
  void the_log_warns_once_of_failing_deliveries_and_holds_no_secret() throws Exception {
    Map<String, String> detailed = new HashMap<>(settings);
    detailed.put("JAVA_TOOL_OPTIONS", "-Dorg.slf4j.simpleLogger.log.calendlyinbox=trace");
    try (ServerProcess server = ServerProcess.start(folder, detailed)) {
      Eventually.holds("connected", () -> calendly.subscriptions().all().size() == 1);
      Instant since = Instant.now().minus(Duration.ofHours(3));
      calendly.subscriptions().only().failingSince(since);
      Eventually.holds("it warns", () -> warnings(server) == 1);
      int calls = calendly.calls().size();
      Eventually.holds("some looks later", () -> calendly.calls().size() > calls + 9);

      assertEquals(1, warnings(server));
      assertEquals(0, server.terminate());
      String log = String.join("\n", server.log());
      String key = Files.readAllLines(folder.resolve("signing.key")).get(0);
      assertFalse(log.contains(key), "the key is in the log");
      assertFalse(log.contains(calendly.account().token()), "the token is in the log");
      assertFalse(Files.readString(folder.resolve("subscription.json")).contains(key));
    }
  }

  @Test
  void what_calendly_answers_cannot_forge_a_line_of_the_log() throws Exception {
    String event = "invitee.created\n2026-11-24T10:00:00.000Z ERROR forged" + "x".repeat(5_000);
    calendly
        .subscriptions()
        .exists(
            settings.get("PUBLIC_URL") + "/api/calendly/webhook", "user", List.of(event), "key");
    try (ServerProcess server = ServerProcess.start(folder, settings)) {
      Eventually.holds(
          "replaced",
          () -> server.log().stream().anyMatch(line -> line.contains("is to be replaced")));
      Eventually.holds(
          "well",
          () -> server.log().stream().anyMatch(line -> line.contains("Subscription is well")));

      for (String line : server.log()) {
        assertFalse(line.startsWith("2026-11-24T10:00:00.000Z ERROR forged"), line);
        assertTrue(line.length() < 1_000, line);
      }
    }
  }

  private static long warnings(ServerProcess server) {
    return server.log().stream().filter(l -> l.contains("Webhook deliveries fail: since=")).count();
  }

  /** A server that was too slow for the command's patience has all as it was: then once more. */
  private void rotate() throws Exception {
    int attempts = 0;
    ServerProcess process;
    do {
      process = run("rotate-key");
    } while (tooSlow(process) && ++attempts < ATTEMPTS);
    assertEquals(0, process.exitCode(), process.log().toString());
  }

  private static boolean tooSlow(ServerProcess process) {
    return process.log().stream()
        .anyMatch(
            line ->
                line.contains("The running server did not take the new key within")
                    // It took it when the command had just given up.
                    || line.contains("The running server has another signing key"));
  }

  private int command(String name) throws Exception {
    return run(name).exitCode();
  }

  private ServerProcess run(String name) throws Exception {
    ServerProcess process = ServerProcess.launch(folder, settings, name);
    process.exitCode();
    assertTrue(process.log().stream().noneMatch(line -> line.contains("\tat ")), "a trace");
    return process;
  }

  private void assertDelivered() {
    List<Receipt> receipts = calendly.deliver(calendly.bookings().book("Ada").messages());
    assertEquals(List.of(200), receipts.stream().map(Receipt::status).toList());
  }
}
