package calendlyinbox.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.RunningReceiver;
import java.io.ByteArrayOutputStream;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BodyLimitTest {
  private static final int MIB = 1024 * 1024;
  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";

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
  void exactly_the_limit_is_taken_with_content_length_and_without() throws Exception {
    byte[] body = body(MIB);
    byte[] another = body(MIB);
    body[0] = 'A';
    another[0] = 'B';

    try (RawHttp http = new RawHttp(receiver.port())) {
      assertEquals(200, http.send(RawHttp.delivery(body)).answer().status());
      assertEquals(
          200,
          http.send(post(RawHttp.signature(another) + CHUNKED))
              .send(chunked(another))
              .answer()
              .status());
    }
    receiver.awaitRows(
        "SELECT substr(payload, 1, 1), length(payload) FROM calendly_webhook_events"
            + " WHERE substr(payload, 1, 1) IN ('A', 'B') ORDER BY 1",
        "A|" + MIB,
        "B|" + MIB);
  }

  @ParameterizedTest
  @ValueSource(ints = {MIB + 1, 2 * MIB, 20 * MIB})
  void a_body_over_the_limit_is_413(int size) throws Exception {
    byte[] body = body(size);

    assertTooLarge(RawHttp.signature(body) + RawHttp.length(body), body);
    assertTooLarge(RawHttp.length(body), body);
  }

  @ParameterizedTest
  @ValueSource(ints = {MIB + 1, 2 * MIB, 20 * MIB})
  void it_is_413_without_content_length_too(int size) throws Exception {
    byte[] body = body(size);

    assertTooLarge(RawHttp.signature(body) + CHUNKED, chunked(body));
  }

  @Test
  void a_client_that_asks_first_is_told_before_it_sends() throws Exception {
    byte[] body = body(MIB + 1);
    try (RawHttp http = new RawHttp(receiver.port())) {
      http.send(post(RawHttp.signature(body) + RawHttp.length(body) + "Expect: 100-continue\r\n"));

      assertIsTooLarge(http.answer());
      assertTrue(http.isClosedByServer());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3000, MIB})
  void a_client_that_asks_first_is_told_to_go_on_and_then_taken(int size) throws Exception {
    byte[] body = body(size);
    try (RawHttp http = new RawHttp(receiver.port())) {
      http.send(post(RawHttp.signature(body) + RawHttp.length(body) + "Expect: 100-continue\r\n"));
      assertEquals(100, http.answer().status());

      assertEquals(200, http.send(body).answer().status());
    }
  }

  @Test
  void a_chunked_client_that_asks_first_is_413_when_it_has_sent_too_much() throws Exception {
    byte[] body = body(MIB + 1);
    try (RawHttp http = new RawHttp(receiver.port())) {
      http.send(post(RawHttp.signature(body) + CHUNKED + "Expect: 100-continue\r\n"));
      assertEquals(100, http.answer().status());

      assertIsTooLarge(http.send(chunked(body)).answer());
    }
  }

  @Test
  void a_chunked_delivery_in_a_thousand_small_pieces_is_one_body() throws Exception {
    byte[] body = "piece".repeat(200).getBytes(StandardCharsets.US_ASCII);
    try (RawHttp http = new RawHttp(receiver.port())) {
      http.send(post(RawHttp.signature(body) + CHUNKED));
      for (byte b : body) {
        http.send("1\r\n" + (char) b + "\r\n");
      }
      http.send("0\r\n\r\n");

      assertEquals(200, http.answer().status());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: -1", "Content-Length: x", "Content-Length: 1, 2"})
  void a_length_that_is_none_is_400(String length) throws Exception {
    try (RawHttp http = new RawHttp(receiver.port())) {
      assertEquals(400, http.send(post(length + "\r\n")).answer().status());
    }
  }

  @Test
  void broken_chunks_are_400() throws Exception {
    try (RawHttp http = new RawHttp(receiver.port())) {
      http.send(post(RawHttp.signature(body(1)) + CHUNKED)).send("not hex\r\n");

      assertEquals(400, http.answer().status());
    }
  }

  @Test
  void a_greater_limit_can_be_set_and_is_kept_to(@TempDir Path another) throws Exception {
    int limit = 4 * MIB;
    byte[] body = body(limit);
    byte[] over = body(limit + 1);
    try (RunningReceiver wide =
            RunningReceiver.start(another, Map.of("MAX_BODY_BYTES", Integer.toString(limit)));
        RawHttp http = new RawHttp(wide.port())) {
      assertEquals(200, http.send(RawHttp.delivery(body)).answer().status());
      assertEquals(413, http.send(RawHttp.delivery(over)).answer().status());
    }
  }

  private static void assertTooLarge(String headers, byte[] body) throws Exception {
    try (RawHttp http = new RawHttp(receiver.port())) {
      http.send(post(headers));
      try {
        http.send(body);
      } catch (SocketException closed) {
        // Far too large: the server need not take it all, but has answered.
      }
      assertIsTooLarge(http.answer());
      assertTrue(http.isClosedByServer());
    }
    try (RawHttp next = new RawHttp(receiver.port())) {
      assertEquals(200, next.send(RawHttp.delivery(body(10))).answer().status());
    }
  }

  private static void assertIsTooLarge(RawHttp.Answer answer) {
    assertEquals(
        "413 application/json {\"error\":\"body_too_large\"}",
        answer.status() + " " + answer.header("Content-Type") + " " + answer.body());
  }

  private static byte[] post(String headers) {
    return RawHttp.request("POST", Door.WEBHOOK_PATH, headers, new byte[0]);
  }

  private static byte[] chunked(byte[] body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(body.length + 1000);
    int piece = 100_000;
    for (int at = 0; at < body.length; at += piece) {
      int length = Math.min(piece, body.length - at);
      out.writeBytes((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
      out.write(body, at, length);
      out.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
    }
    out.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    return out.toByteArray();
  }

  private static byte[] body(int size) {
    byte[] body = new byte[size];
    Arrays.fill(body, (byte) 'x');
    return body;
  }
}
