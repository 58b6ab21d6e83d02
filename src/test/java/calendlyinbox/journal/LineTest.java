package calendlyinbox.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TIME = "2026-11-23T10:00:00.000000Z";
  private static final int MIB = 1024 * 1024;

  @Test
  void a_line_is_written_in_exactly_the_documented_form() {
    assertEquals(
        "{\"received_at\":\"2026-11-23T10:00:00.000000Z\",\"body\":\"{\\\"event\\\":\\\"ä\\u0001\\n\\\"}\","
            + "\"crc32c\":\"f6289e64\"}\n",
        text(line(utf8("{\"event\":\"ä\u0001\n\"}"))));
    assertEquals(
        "{\"received_at\":\"2026-11-23T10:00:00.000000Z\",\"body_base64\":\"/w==\",\"crc32c\":\"78ea2cdf\"}\n",
        text(line(new byte[] {(byte) 0xff})));
  }

  @Test
  void every_byte_and_every_pair_of_bytes_comes_back() {
    for (int first = 0; first < 256; first++) {
      assertReadsBack(new byte[] {(byte) first});
      for (int second = 0; second < 256; second++) {
        assertReadsBack(new byte[] {(byte) first, (byte) second});
      }
    }
  }

  @Test
  void any_other_reader_of_json_finds_the_exact_body() throws IOException {
    for (int value = 0; value < 256; value++) {
      assertIsJsonOf(new byte[] {(byte) value});
      assertIsJsonOf(new byte[] {'a', (byte) value, 'z'});
    }
  }

  @Test
  void random_bytes_come_back() throws IOException {
    Random random = new Random(1);
    for (int i = 0; i < 2000; i++) {
      byte[] body = new byte[random.nextInt(300)];
      random.nextBytes(body);

      assertReadsBack(body);
      assertIsJsonOf(body);
    }
  }

  @Test
  void text_of_all_unicode_planes_comes_back_as_text() throws IOException {
    Random random = new Random(2);
    for (int i = 0; i < 2000; i++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(100); length > 0; length--) {
        text.appendCodePoint(codePoint(random));
      }
      byte[] body = utf8(text.toString());

      assertReadsBack(body);
      assertIsJsonOf(body);
      assertTrue(text(line(body)).contains("\"body\":\""));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "c080",
        "c1bf",
        "e08080",
        "eda080",
        "edbfbf",
        "f4908080",
        "f0808080",
        "e282",
        "80",
        "fffe",
        "7b22e2"
      })
  void what_only_looks_like_utf8_is_kept_as_base64(String hex) throws IOException {
    byte[] body = HexFormat.of().parseHex(hex);

    assertTrue(text(line(body)).contains("\"body_base64\":\""));
    assertReadsBack(body);
    assertIsJsonOf(body);
  }

  @Test
  void the_extremes_come_back() throws IOException {
    byte[] random = new byte[MIB];
    new Random(3).nextBytes(random);
    byte[] quotes = filled(MIB, '"');
    byte[] backslashes = filled(MIB, '\\');
    byte[] controls = new byte[MIB];
    for (int i = 0; i < MIB; i++) {
      controls[i] = (byte) (i % 32);
    }
    byte[] fewControls = filled(MIB, 'a');
    for (int i = 0; i < MIB; i += 6) {
      fewControls[i] = (byte) (i % 32);
    }

    for (byte[] body :
        List.of(
            new byte[0],
            random,
            quotes,
            backslashes,
            controls,
            fewControls,
            filled(MIB, 'a'),
            utf8("é".repeat(MIB / 2)))) {
      assertReadsBack(body);
      assertIsJsonOf(body);
    }
  }

  @Test
  void no_line_is_much_more_than_twice_as_long_as_a_long_body() throws IOException {
    for (int value = 0; value < 128; value++) {
      byte[] body = filled(64 * 1024, (char) value);

      assertTrue(line(body).length < 2.01 * body.length, "of " + value);
      assertReadsBack(body);
      assertIsJsonOf(body);
    }
  }

  @Test
  void a_body_made_of_the_lines_own_marks_comes_back_and_is_not_taken_for_the_start_of_a_line()
      throws IOException {
    for (String text :
        List.of(
            "{\"received_at\":\"",
            text(line(utf8("inner"))),
            text(line(utf8(text(line(utf8("innermost")))))),
            "\",\"body\":\"",
            "\",\"body_base64\":\"",
            "\",\"crc32c\":\"00000000\"}\n")) {
      byte[] line = line(utf8(text));

      assertReadsBack(utf8(text));
      assertIsJsonOf(utf8(text));
      assertEquals(-1, Line.findStart(line, 1, line.length));
      assertEquals(0, Line.findStart(line, 0, line.length));
    }
  }

  @Test
  void a_line_that_begins_at_the_very_end_of_what_was_read_is_found_there() {
    byte[] torn = utf8("abc{\"received_at\":\"");

    assertEquals(3, Line.findStart(torn, 0, torn.length));
    assertEquals(-1, Line.findStart(torn, 0, torn.length - 1));
    assertEquals(-1, Line.findStart(torn, 4, torn.length));
  }

  @Test
  void any_single_flipped_bit_is_detected() {
    for (byte[] body :
        List.of(
            utf8("{\"event\":\"invitee.created\",\"ä\":\"\\\n\"}"),
            new byte[] {0, (byte) 0xff, 7},
            new byte[0])) {
      byte[] line = line(body);
      for (int bit = 0; bit < 8 * (line.length - 1); bit++) {
        byte[] damaged = line.clone();
        damaged[bit / 8] ^= (byte) (1 << bit % 8);

        assertEquals(Optional.empty(), readOf(damaged), "bit " + bit);
      }
    }
  }

  @Test
  void a_line_that_lacks_its_beginning_or_its_end_is_refused() {
    for (byte[] body :
        List.of(
            utf8("{\"event\":\"invitee.created\"}"), new byte[] {0, (byte) 0xff, 7}, new byte[0])) {
      byte[] line = line(body);
      int whole = line.length - 1;
      for (int cut = 1; cut <= whole; cut++) {
        assertEquals(Optional.empty(), Line.read(line, 0, whole - cut), "without the last " + cut);
        assertEquals(Optional.empty(), Line.read(line, cut, whole), "without the first " + cut);
        assertEquals(Optional.empty(), Line.read(Arrays.copyOf(line, whole - cut), 0, whole - cut));
      }
    }
  }

  @Test
  void garbage_is_refused() {
    Random random = new Random(4);
    for (int i = 0; i < 2000; i++) {
      byte[] garbage = new byte[1 + random.nextInt(300)];
      random.nextBytes(garbage);

      assertEquals(Optional.empty(), readOf(garbage));
    }
  }

  /** Nobody writes such lines but a person with an editor, who even got the checksum right. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\"",
        "{\"received_at\":\"",
        "{\"received_at\":\"\"",
        "{\"received_at\":\"t\"",
        "{\"received_at\":\"t\",\"other\":\"\"",
        "{\"received_at\":\"t\",\"body\":\"",
        "{\"received_at\":\"t\",\"body\":\"\\\"",
        "{\"received_at\":\"t\",\"body_base64\":\"",
        "{\"received_at\":\"t\",\"body_base64\":\"!!!\"",
        "{\"received_at\":\"t\",\"body_base64\":\"a\"",
        "{\"arrived__at\":\"t\",\"body\":\"x\"",
        "{\"received_at\":\"t\",\"corp_base64\":\"eA==\""
      })
  void a_line_with_the_right_checksum_over_something_else_is_refused(String content) {
    assertEquals(Optional.empty(), readOf(utf8(withChecksum(content) + "\n")));
  }

  @Test
  void an_empty_body_in_base64_is_read_too_although_it_is_never_written_so() {
    String line = withChecksum("{\"received_at\":\"t\",\"body_base64\":\"\"") + "\n";

    assertEquals(Optional.of(new Line.Content("t", new RawBody(new byte[0]))), readOf(utf8(line)));
  }

  @Test
  void a_batch_grows_by_doubling_and_does_not_keep_what_one_giant_delivery_made_of_it() {
    Line.Bytes lines = new Line.Bytes(16);
    byte[] first = lines.array();

    lines.put(new byte[15]);
    lines.put((byte) 'a');
    assertSame(first, lines.array(), "16 fit");
    lines.put((byte) 'b');
    assertEquals(32, lines.array().length);
    assertEquals(17, lines.length());

    lines.clear(32);
    assertEquals(32, lines.array().length);
    byte[] kept = lines.array();
    lines.clear(32);
    assertSame(kept, lines.array(), "what is no larger is used again");
    lines.put(new byte[MIB]);
    lines.clear(32);
    assertEquals(32, lines.array().length);
    assertEquals(0, lines.length());
  }

  private static void assertReadsBack(byte[] body) {
    byte[] line = line(body);
    assertEquals(line.length - 1, indexOfNewline(line), "one newline, at the end");
    Line.Content content = readOf(line).orElseThrow();
    assertArrayEquals(body, content.body().bytes());
    assertEquals(TIME, content.receivedAt());
  }

  private static void assertIsJsonOf(byte[] body) throws IOException {
    JsonNode json = JSON.readTree(line(body));
    List<String> names = new ArrayList<>();
    json.fieldNames().forEachRemaining(names::add);
    boolean text = json.has("body");
    assertEquals(List.of("received_at", text ? "body" : "body_base64", "crc32c"), names);
    assertEquals(TIME, json.get("received_at").textValue());
    assertArrayEquals(
        body, text ? utf8(json.get("body").textValue()) : json.get("body_base64").binaryValue());
  }

  private static byte[] line(byte[] body) {
    // Behind another line, as in a batch.
    Line.Bytes lines = new Line.Bytes(16);
    Line.write(lines, TIME, new RawBody(utf8("before")));
    int start = lines.length();
    Line.write(lines, TIME, new RawBody(body));
    return Arrays.copyOfRange(lines.array(), start, lines.length());
  }

  /** Reads a line with its newline, in the middle of other bytes. */
  private static Optional<Line.Content> readOf(byte[] line) {
    byte[] around = filled(line.length + 20, '"');
    System.arraycopy(line, 0, around, 10, line.length);
    return Line.read(around, 10, 10 + line.length - 1);
  }

  private static String withChecksum(String content) {
    CRC32C checksum = new CRC32C();
    checksum.update(utf8(content));
    return content + String.format(",\"crc32c\":\"%08x\"}", checksum.getValue());
  }

  private static int codePoint(Random random) {
    while (true) {
      int codePoint = random.nextInt(0x11) << 16 | random.nextInt(0x10000) >>> random.nextInt(16);
      if (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE) {
        return codePoint;
      }
    }
  }

  private static int indexOfNewline(byte[] line) {
    int at = 0;
    while (line[at] != '\n') {
      at++;
    }
    return at;
  }

  private static byte[] filled(int length, char c) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) c);
    return bytes;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
