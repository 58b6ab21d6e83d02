package calendlyinbox.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Deliveries;
import calendlyinbox.RunningReceiver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DoorTest {
  private static final String RECEIVED = "{\"received\":true}";
  private static final SigningKey ANOTHER_KEY = new SigningKey("another-key");

  @TempDir static Path folder;
  private static RunningReceiver receiver;

  @BeforeAll
  static void start() {
    receiver = RunningReceiver.start(folder);
  }

  @AfterAll
  static void stop() {
    receiver.close();
  }

  @Test
  void a_signed_delivery_is_answered_200_with_exactly_these_bytes() throws Exception {
    byte[] body = Deliveries.booking("door-plain", "ada").body();

    HttpResponse<String> answer =
        receiver.post(body, Deliveries.signature(RunningReceiver.KEY, body, Instant.now()));

    assertEquals(200, answer.statusCode());
    assertEquals(RECEIVED, answer.body());
    assertEquals("application/json", answer.headers().firstValue("Content-Type").orElse("(none)"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"?", "?a=b", "?a=%ff&a=;;", "?x=1?y=2&t=3,v1=4"})
  void any_query_string_is_the_same_path(String query) throws Exception {
    byte[] body = garbage(query);

    RawHttp.Answer answer = exchange("POST", Door.WEBHOOK_PATH + query, signed(body), body);

    assertEquals("200 " + RECEIVED, answer.status() + " " + answer.body());
  }

  @Test
  void whatever_is_wrong_with_a_signature_is_said_in_a_word_and_nothing_is_kept() throws Exception {
    byte[] body = Deliveries.booking("door-refused", "eve").body();
    Instant now = Instant.now();
    String forged = Deliveries.signature(ANOTHER_KEY, body, now);
    String old = Deliveries.signature(RunningReceiver.KEY, body, now.minus(Duration.ofMinutes(4)));
    String early = Deliveries.signature(RunningReceiver.KEY, body, now.plus(Duration.ofMinutes(4)));

    assertRefused("signature_missing", "", body);
    assertRefused("signature_malformed", field("t=1,v1"), body);
    assertRefused("signature_malformed", field("v1=aa"), body);
    assertRefused("signature_mismatch", field(forged), body);
    assertRefused("signature_stale", field(old), body);
    assertRefused("signature_stale", field(early), body);

    assertEquals(200, receiver.post(Deliveries.booking("door-refused", "ada")));
    receiver.awaitRows(
        "SELECT event_id FROM calendly_webhook_events WHERE event_id LIKE '%door-refused%'",
        Deliveries.inviteeUri("door-refused", "ada"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "BREW"})
  void any_other_method_is_405_with_allow_and_a_sentence_for_a_person(String method)
      throws Exception {
    try (RawHttp http = new RawHttp(receiver.port())) {
      http.send(RawHttp.request(method, Door.WEBHOOK_PATH + "?a=b", "", new byte[0]));
      RawHttp.Answer answer = method.equals("HEAD") ? http.answerWithoutBody() : http.answer();

      assertEquals(405, answer.status());
      assertEquals("POST", answer.header("Allow"));
      if (!method.equals("HEAD")) {
        assertEquals(
            "This is where Calendly delivers its webhooks by POST;"
                + " there is nothing to see here in a browser.\n",
            answer.body());
      }
      http.send(RawHttp.delivery(garbage("after " + method)));
      assertEquals(200, http.answer().status(), "the connection goes on");
    }
  }

  @Test
  void a_signed_body_is_taken_and_stored_byte_for_byte_whatever_it_is() throws Exception {
    byte[] notUtf8 = new byte[5000];
    new Random(7).nextBytes(notUtf8);
    notUtf8[0] = (byte) 0xff;
    List<byte[]> bodies =
        List.of(
            "no JSON at all".getBytes(StandardCharsets.UTF_8),
            "{\"event\":\"some.day\",\"payload\":{}}\r\n ".getBytes(StandardCharsets.UTF_8),
            "\ufeff{\"event\":1}\u0000".getBytes(StandardCharsets.UTF_8),
            "Zo\u00eb".getBytes(StandardCharsets.ISO_8859_1),
            notUtf8,
            new byte[0]);

    for (byte[] body : bodies) {
      RawHttp.Answer answer = exchange("POST", Door.WEBHOOK_PATH, signed(body), body);
      assertEquals("200 " + RECEIVED, answer.status() + " " + answer.body());
      assertStored(body);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Content-Type: application/json",
        "Content-Type: text/plain; charset=utf-16",
        "Content-Type: application/x-www-form-urlencoded",
        "Content-Type: multipart/form-data",
        "Content-Type: ;;;",
        "Accept: image/png"
      })
  void any_content_type_and_none_is_taken(String header) throws Exception {
    byte[] body = ("a=b&c=%zz " + header).getBytes(StandardCharsets.UTF_8);

    RawHttp.Answer answer =
        exchange(
            "POST",
            Door.WEBHOOK_PATH,
            signed(body) + (header.isEmpty() ? "" : header + "\r\n"),
            body);

    assertEquals("200 " + RECEIVED, answer.status() + " " + answer.body());
    assertStored(body);
  }

  @Test
  void a_body_with_content_encoding_is_taken_as_the_bytes_that_came() throws Exception {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      gzip.write(Deliveries.booking("door-gzip", "ada").body());
    }
    byte[] body = zipped.toByteArray();

    RawHttp.Answer answer =
        exchange("POST", Door.WEBHOOK_PATH, signed(body) + "Content-Encoding: gzip\r\n", body);

    assertEquals("200 " + RECEIVED, answer.status() + " " + answer.body());
    assertStored(body);
  }

  @Test
  void a_request_of_64_header_fields_is_taken_and_one_of_more_is_not() throws Exception {
    byte[] body = garbage("fields");
    // With its host, its signature and its length.
    String most = signed(body) + "X: 1\r\n".repeat(61);
    try (RawHttp http = new RawHttp(receiver.port())) {
      for (int i = 0; i < 2; i++) {
        http.send(RawHttp.request("POST", Door.WEBHOOK_PATH, most, body));
        assertEquals(200, http.answer().status());
      }
      http.send(RawHttp.request("POST", Door.WEBHOOK_PATH, most + "X: 1\r\n", body));
      assertEquals(431, http.answer().status());
    }
  }

  @Test
  void a_header_in_two_fields_is_one_header() throws Exception {
    byte[] body = garbage("two fields");
    String[] pairs = Deliveries.signature(RunningReceiver.KEY, body, Instant.now()).split(",");

    assertEquals(
        200,
        exchange(
                "POST",
                Door.WEBHOOK_PATH,
                field(pairs[0]) + RawHttp.length(body) + field(pairs[1]),
                body)
            .status());
    assertEquals(
        200,
        exchange(
                "POST",
                Door.WEBHOOK_PATH,
                field(pairs[1]) + RawHttp.length(body) + field(pairs[0]),
                body)
            .status());
    assertRefused("signature_malformed", field(pairs[0]) + field("t=1") + field(pairs[1]), body);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/api/calendly",
        "/api/calendly/webhook/",
        "/api/calendly/webhook/more",
        "/api//calendly/webhook",
        "/nowhere?a=b"
      })
  void elsewhere_a_signature_opens_nothing(String path) throws Exception {
    byte[] body = garbage(path);

    for (String method : List.of("GET", "POST")) {
      RawHttp.Answer answer = exchange(method, path, signed(body), body);
      assertEquals("401 application/json", answer.status() + " " + answer.header("Content-Type"));
      assertTrue(answer.body().startsWith("{\"error\":\"unauthorized\""), answer.body());
    }
  }

  @Test
  void many_requests_on_one_connection_each_get_their_answer_in_turn() throws Exception {
    byte[] good = garbage("pipelined");
    byte[] forged =
        RawHttp.request("POST", Door.WEBHOOK_PATH, field("t=1") + RawHttp.length(good), good);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < 50; i++) {
      all.write(RawHttp.delivery(garbage("pipelined " + i)));
      all.write(forged);
      all.write(RawHttp.request("GET", "/ready", "", new byte[0]));
    }

    try (RawHttp http = new RawHttp(receiver.port())) {
      http.send(all.toByteArray());
      for (int i = 0; i < 50; i++) {
        assertEquals(200, http.answer().status());
        assertEquals(401, http.answer().status());
        // Trouble where the disk took seconds.
        String ready = http.answer().body();
        assertTrue(ready.matches("\\{\"status\":\"(ok|trouble)\"}\n"), ready);
      }
    }
    receiver.awaitRows(
        "SELECT count(*) FROM calendly_webhook_events WHERE payload LIKE 'not JSON: pipelined _%'",
        "50");
  }

  @Test
  void health_names_every_part_and_ready_says_only_that_it_is() throws Exception {
    HttpResponse<String> health = receiver.awaitWell("/health");
    HttpResponse<String> ready = receiver.awaitWell("/ready");

    assertEquals(
        "{\"status\":\"ok\",\"journal\":\"ok\",\"database\":\"ok\",\"queue\":\"ok\",\"subscription\":\"not_configured\",\"disk\":\"ok\"}\n",
        health.body());
    assertEquals("{\"status\":\"ok\"}\n", ready.body());
    for (HttpResponse<String> answer : List.of(health, ready)) {
      assertEquals(
          "application/json", answer.headers().firstValue("Content-Type").orElse("(none)"));
      assertEquals("no-store", answer.headers().firstValue("Cache-Control").orElse("(none)"));
      assertFalse(answer.body().contains(RunningReceiver.KEY.value()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/health", "/ready"})
  void a_monitor_that_asks_with_head_is_answered_like_one_that_asks_with_get(String path)
      throws Exception {
    receiver.awaitWell(path);
    try (RawHttp http = new RawHttp(receiver.port())) {
      http.send("HEAD " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
      RawHttp.Answer answer = http.answerWithoutBody();

      assertEquals(
          "200 application/json no-store",
          answer.status()
              + " "
              + answer.header("Content-Type")
              + " "
              + answer.header("Cache-Control"));
    }
  }

  private static void assertRefused(String word, String headers, byte[] body) throws IOException {
    RawHttp.Answer answer =
        exchange("POST", Door.WEBHOOK_PATH, headers + RawHttp.length(body), body);
    assertEquals(
        "401 application/json {\"error\":\"" + word + "\"}",
        answer.status() + " " + answer.header("Content-Type") + " " + answer.body());
  }

  private static void assertStored(byte[] body) throws Exception {
    String id =
        "sha256:" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
    receiver.awaitRows(
        "SELECT hex(payload) FROM calendly_webhook_events WHERE event_id = '" + id + "'",
        HexFormat.of().withUpperCase().formatHex(body));
  }

  private static RawHttp.Answer exchange(String method, String path, String headers, byte[] body)
      throws IOException {
    try (RawHttp http = new RawHttp(receiver.port())) {
      return http.send(RawHttp.request(method, path, headers, body)).answer();
    }
  }

  private static String signed(byte[] body) {
    return RawHttp.signature(body) + RawHttp.length(body);
  }

  private static String field(String value) {
    return SignatureHeader.NAME + ": " + value + "\r\n";
  }

  private static byte[] garbage(String name) {
    return ("not JSON: " + name).getBytes(StandardCharsets.UTF_8);
  }
}
