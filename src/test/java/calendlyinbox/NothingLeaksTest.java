package calendlyinbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.calendly.FakeCalendly;
import calendlyinbox.delivery.Door;
import calendlyinbox.delivery.SignatureHeader;
import calendlyinbox.delivery.SigningKey;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything once, in a process of its own that logs all it can; then everything that came out of
 * it without being asked for by its operator is searched for what must not be there.
 */
class NothingLeaksTest {
  private static final String ADMIN_TOKEN = "the-admin-token-5d41402abc4b";
  private static final String TOPIC = "alerts-topic-9f86d081884c";
  private static final String HOSTILE =
      "<img src=x onerror=alert(7)>\n2026-11-24 ERROR forged line";

  /** What shows nothing of anybody to its operator either. */
  private static final List<String> NOT_OF_PEOPLE =
      List.of("/health", "/ready", "/metrics", "/admin");

  /** Also those of Jetty, which would write every header and body. */
  private static final String ALL_LOGS =
      Stream.of(
              "defaultLogLevel",
              "log.org",
              "log.org.eclipse.jetty",
              "log.org.eclipse.jetty.http",
              "log.org.eclipse.jetty.server",
              "log.org.eclipse.jetty.io.SocketChannelEndPoint",
              "log.io.javalin",
              "log.org.sqlite")
          .map(log -> "-Dorg.slf4j.simpleLogger." + log + "=trace")
          .collect(Collectors.joining(" "));

  private static final SigningKey OTHER_KEY = new SigningKey("a-key-of-somebody-else-77777");

  @TempDir Path folder;

  private final FakeCalendly calendly = FakeCalendly.start(Clock.systemUTC());
  private final MockWebServer alerts = new MockWebServer();
  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<String, String> settings = new LinkedHashMap<>();

  /** What came out, by where it came out. */
  private final Map<String, String> cameOut = new LinkedHashMap<>();

  private final List<String> alertBodies = new ArrayList<>();

  @BeforeEach
  void prepare() throws Exception {
    alerts.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            alertBodies.add(request.getBody().utf8());
            return new MockResponse.Builder().body("taken").build();
          }
        });
    alerts.start();
    calendly.bookings().book("Katherine Johnson");
    settings.put("ADMIN_TOKEN", ADMIN_TOKEN);
    settings.put("CALENDLY_API_TOKEN", calendly.account().token());
    settings.put("CALENDLY_API_URL", calendly.url().toString());
    settings.put("PUBLIC_URL", "https://hooks.example.com");
    settings.put("MAX_BODY_BYTES", "8192");
    settings.put("ALERT_URL", alerts.url("/" + TOPIC).uri() + ",http://127.0.0.1:1/" + TOPIC);
    // Begun before this process, so that it is told at once and not after a minute.
    Files.writeString(
        folder.resolve("alerts.json"),
        "{\"said\":{\"journal\":{\"at\":\"2026-11-23T12:00:00Z\",\"level\":1,\"text\":\"full\"}},\"told\":{}}");
  }

  @AfterEach
  void close() {
    calendly.close();
    alerts.close();
  }

  @Test
  void neither_secrets_nor_anything_of_a_person_come_out_at_the_most_detailed_level()
      throws Exception {
    Map<String, String> serverSettings = new LinkedHashMap<>(settings);
    serverSettings.put("JAVA_TOOL_OPTIONS", ALL_LOGS);
    try (ServerProcess server = ServerProcess.start(folder, serverSettings)) {
      deliveries(server);
      Eventually.holds("the alert was sent", () -> logs(server, "Alert sent: target=1"));
      Eventually.holds("the other was not", () -> logs(server, "Alert not sent: target=2"));
      Eventually.holds("the sync is done", () -> logs(server, "Sync done"));
      requests(server);
      commands(server);
      assertEquals(0, server.terminate());
      cameOut.put("the log", String.join("\n", server.log()));
    }
    cameOut.put("the alerts", String.join("\n", alertBodies));
    cameOut.put("alerts.json", Files.readString(folder.resolve("alerts.json")));

    assertTrue(cameOut.get("the log").contains(" DEBUG Signature verified"), "it is detailed");
    for (String word :
        List.of(
            "signature_mismatch", "signature_stale", "Webhook event failed", "Alert not sent")) {
      assertTrue(cameOut.get("the log").contains(word), word + " has happened");
    }
    List<String> found = new ArrayList<>();
    cameOut.forEach(
        (where, text) ->
            needles()
                .forEach(
                    (what, needle) -> {
                      if (text.contains(needle)) {
                        found.add(what + " in " + where + ": " + around(text, needle));
                      }
                    }));
    assertEquals(List.of(), found);
  }

  private Map<String, String> needles() {
    Map<String, String> needles = new LinkedHashMap<>();
    needles.put("signing key", RunningReceiver.KEY.value());
    needles.put("another's key", OTHER_KEY.value());
    needles.put("API token", calendly.account().token());
    needles.put("admin token", ADMIN_TOKEN);
    needles.put("admin token as Basic", basic(ADMIN_TOKEN));
    needles.put("a wrong token", "not-the-token-8d777f385d3d");
    needles.put("alert address", TOPIC);
    needles.put("e-mail address", "@private.example");
    needles.put("e-mail address, encoded", "%40private.example");
    needles.put("name", "Hopper");
    needles.put("name in the account", "Katherine");
    needles.put("hostile name", "onerror=alert(7)");
    needles.put("forged line", "\n2026-11-24 ERROR forged");
    needles.put("answer", "my medical history");
    needles.put("reason", "private reasons");
    needles.put("telephone number", "+1 555 0100");
    needles.put("capability link", "cancellations/secret-capability");
    needles.put("body that is not JSON", "no JSON but a secret");
    return needles;
  }

  private void deliveries(ServerProcess server) throws Exception {
    byte[] good = personal("M1", "A").body();
    assertEquals(200, server.post(good));
    assertEquals(200, server.post(good), "the same again");
    assertEquals(200, server.post(personal("M2", "B").named(HOSTILE).body()));
    Deliveries canceled = Deliveries.cancellation("M1", "A");
    ((ObjectNode) canceled.payload().get("cancellation"))
        .put("canceled_by", "Grace Hopper")
        .put("reason", "private reasons");
    assertEquals(200, server.post(canceled.body()));
    assertEquals(200, server.post(personal("M3", "C").event("grace@private.example").body()));
    Deliveries odd = personal("M4", "D");
    odd.payload().put("uri", "https://api.calendly.com/x/grace@private.example\nx");
    odd.payload().put("updated_at", "grace@private.example");
    assertEquals(200, server.post(odd.body()));
    assertEquals(200, server.post(bytes("no JSON but a secret of grace@private.example")));
    assertEquals(
        200, server.post(bytes("{\"event\":\"invitee.created\",\"payload\":\"Grace Hopper\"}")));
    assertEquals(
        200,
        server.post(
            bytes(
                "{\"event\":\"invitee.created\",\"payload\":{\"email\":{\"a\":\"grace@private.example\"}}}")));

    for (String header :
        List.of(
            Deliveries.signature(OTHER_KEY, good, Instant.now()),
            Deliveries.signature(RunningReceiver.KEY, good, Instant.now().minusSeconds(9999)),
            "grace@private.example",
            "t=grace@private.example,v1=Hopper",
            "")) {
      assertEquals(401, post(server, header, good).statusCode());
    }
    byte[] large = personal("M5", "E").named("Hopper ".repeat(2000)).body();
    assertEquals(
        413,
        post(server, Deliveries.signature(RunningReceiver.KEY, large, Instant.now()), large)
            .statusCode());
  }

  private HttpResponse<String> post(ServerProcess server, String signature, byte[] body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(server, Door.WEBHOOK_PATH + "?email=grace@private.example"))
            .POST(BodyPublishers.ofByteArray(body));
    if (!signature.isEmpty()) {
      request.header(SignatureHeader.NAME, signature);
    }
    HttpResponse<String> answer = client.send(request.build(), BodyHandlers.ofString());
    cameOut.merge("answers to deliveries", answer.body(), String::concat);
    return answer;
  }

  private void requests(ServerProcess server) throws Exception {
    for (String path :
        List.of(
            "/health",
            "/ready",
            "/metrics",
            "/admin",
            "/api/status",
            "/api/events?q=grace@private.example",
            "/api/meetings.ics?token=not-the-token-8d777f385d3d",
            "/grace@private.example/Hopper")) {
      for (String authorization :
          List.of(
              "",
              "Bearer not-the-token-8d777f385d3d",
              "Basic " + basic("not-the-token-8d777f385d3d"),
              "grace@private.example")) {
        keep("pages without token", get(server, path, authorization));
      }
      if (NOT_OF_PEOPLE.contains(path)) {
        keep("pages with token", get(server, path, "Bearer " + ADMIN_TOKEN));
      }
    }
    assertTrue(cameOut.get("pages with token").contains("calendly_inbox_deliveries_total"));
    // What these show is their operator's; what they leave in the log is not.
    for (String path :
        List.of(
            "/api/status",
            "/api/events",
            "/api/events/1",
            "/api/events?q=grace@private.example",
            "/api/events?limit=grace@private.example",
            "/api/meetings?email=grace@private.example")) {
      get(server, path, "Basic " + basic(ADMIN_TOKEN));
    }
    client.send(
        HttpRequest.newBuilder(uri(server, "/api/events/1/replay"))
            .header("Authorization", "Bearer " + ADMIN_TOKEN)
            .POST(BodyPublishers.ofString("{\"email\":\"grace@private.example\"}"))
            .build(),
        BodyHandlers.ofString());
  }

  private void commands(ServerProcess server) throws Exception {
    Map<String, String> beside = new LinkedHashMap<>(settings);
    beside.put("PORT", Integer.toString(server.port()));
    beside.put("PUBLIC_URL", "http://127.0.0.1:" + server.port());
    command(beside, "doctor", "--verbose");
    Path body = Files.write(folder.resolve("body"), personal("M1", "A").body());
    command(
        beside,
        "explain",
        "--verbose",
        "--header=t=1,v1=" + "0".repeat(64),
        "--body=" + body,
        "--key=" + OTHER_KEY.value());
    command(beside, "replay", "--failed", "--verbose");
    calendly.account().tokenExpires();
    command(beside, "connect", "--verbose");
    Map<String, String> broken = new LinkedHashMap<>(beside);
    broken.put("CALENDLY_API_TOKEN", "grace@private.example Hopper");
    broken.put("ADMIN_TOKEN", "Hopper");
    broken.put("ALERT_URL", "alert address: " + TOPIC);
    broken.put("CALENDLY_WEBHOOK_SIGNING_KEY", RunningReceiver.KEY.value() + ",,");
    command(broken, "events", "--verbose");
  }

  private void command(Map<String, String> with, String... args) throws Exception {
    try (ServerProcess command = ServerProcess.launch(folder, with, args)) {
      command.exitCode();
      cameOut.put("the command " + args[0], String.join("\n", command.log()));
    }
  }

  private HttpResponse<String> get(ServerProcess server, String path, String authorization)
      throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(server, path));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private void keep(String where, HttpResponse<String> answer) {
    cameOut.merge(where, answer.headers().map() + "\n" + answer.body() + "\n", String::concat);
  }

  /** A booking with something of a person wherever Calendly puts it. */
  private static Deliveries personal(String meeting, String invitee) {
    Deliveries delivery = Deliveries.booking(meeting, invitee).named("Grace Hopper");
    ObjectNode payload = delivery.payload();
    payload.put("email", "grace@private.example");
    payload.put("first_name", "Grace");
    payload.put("last_name", "Hopper");
    payload.put("text_reminder_number", "+1 555 0100");
    payload.put("cancel_url", "https://calendly.com/cancellations/secret-capability");
    payload
        .putArray("questions_and_answers")
        .addObject()
        .put("question", "Anything else?")
        .put("answer", "my medical history")
        .put("position", 0);
    return delivery;
  }

  private static boolean logs(ServerProcess server, String words) {
    return server.log().stream().anyMatch(line -> line.contains(words));
  }

  private static URI uri(ServerProcess server, String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  private static String basic(String token) {
    return Base64.getEncoder().encodeToString(bytes("admin:" + token));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String around(String text, String needle) {
    int at = text.indexOf(needle);
    return text.substring(Math.max(0, at - 100), Math.min(text.length(), at + 100));
  }
}
