package calendlyinbox.cli;

import static calendlyinbox.cli.Tool.utf8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import calendlyinbox.cli.Tool.Ran;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ExplainCommandTest {
  private static final String KEY = "5mEzn9C-I28UtwOjZJtFoob0sAAFZ95GbZkqj4y3i0I";
  private static final long T = Tool.NOW.getEpochSecond();
  private static final String BODY =
      "{\"name\":\"José & Ana\",\"list\":[1,2.50],\"url\":\"https://x/y\"}";
  private static final String ALTERED = "the body was altered after it was signed: ";

  @TempDir Path folder;

  @Test
  void a_genuine_delivery_is_told_as_such_with_any_of_the_keys_of_the_server() throws Exception {
    Path file = Files.writeString(folder.resolve("delivery.json"), BODY);

    Ran ran =
        Tool.in(folder)
            .withKeys("another", KEY)
            .run("explain", "--header", header(KEY, T, utf8(BODY)), "--body", file.toString());

    assertEquals("genuine\n", ran.out());
    assertEquals(0, ran.exitCode());
  }

  @Test
  void a_header_copied_with_its_name_is_taken() {
    Ran ran = explain("Calendly-Webhook-Signature: " + header(KEY, T, utf8(BODY)), utf8(BODY));

    assertEquals("genuine\n", ran.out());
  }

  @Test
  void no_header_has_two_likely_causes() {
    Ran ran = tool().runWith(utf8(BODY), "explain", "--body", "-");

    assertEquals(
        """
        refused: signature_missing
        Likely cause: the webhook subscription was made without a signing key (Calendly signs only with one), or a proxy \
        on the way dropped the header Calendly-Webhook-Signature
        """,
        ran.out());
    assertEquals(1, ran.exitCode());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hello | the header has no name=value pair in it; wanted t=<unix seconds>,v1=<64 hex digits>",
        "t=1,v1 | part 2 of the header, between commas, has no =",
        "t=1,,v1=$ | part 2 of the header, between commas, is empty",
        "v1=$ | the header has no t=<unix seconds> in it",
        "t=soon,v1=$ | t is \"soon\"; it must be Unix seconds",
        "t=,v1=$ | t is \"\"; it must be Unix seconds",
        "t=1,t=2,v1=$ | the header has two different t; it cannot be told which one was signed",
        "t=1 | the header has no signature in it; wanted v1=<64 hex digits>",
        "t=1,s=$ | the header has no signature in it; wanted v1=<64 hex digits>",
        "t=1,v1=abc | the signature has 3 characters; it must be 64 hex digits",
        "t=1,v1=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= | the signature has 44 characters (base64, by its"
            + " length); it must be 64 hex digits",
        "t=1,s=sha256=g$ | the signature has 65 characters; it must be 64 hex digits",
      })
  void a_malformed_header_is_told_by_its_part(String header, String cause) {
    Ran ran = explain(header.replace("$", "0a".repeat(32)), utf8(BODY));

    assertEquals("refused: signature_malformed\nLikely cause: " + cause + "\n", ran.out());
    assertEquals(1, ran.exitCode());
  }

  @Test
  void a_stale_delivery_is_told_with_the_clock_to_look_at() {
    Ran ahead = explain(header(KEY, T - 3723, utf8(BODY)), utf8(BODY));
    Ran behind = explain(header(KEY, T + 181, utf8(BODY)), utf8(BODY));
    Ran at = explain(header(KEY, T, utf8(BODY)), utf8(BODY), "--at", "" + (T + 200_000));
    Ran milliseconds = explain(header(KEY, T * 1000, utf8(BODY)), utf8(BODY));
    Ran endless = explain(header(KEY, 999_999_999_999_999_999L, utf8(BODY)), utf8(BODY));

    assertEquals(
        "refused: signature_stale\nLikely cause: signed 3723 s (1 h 2 min 3 s) before this machine's time, and"
            + " SIGNATURE_TOLERANCE is 180 s (3 min 0 s); if it arrived just now, this machine's clock is ahead"
            + " (timedatectl shows it); if it is an older recording, give the time it arrived, as --at "
            + (T - 3723)
            + "\n",
        ahead.out());
    assertEquals(1, ahead.exitCode());
    assertEquals(
        "refused: signature_stale\nLikely cause: signed 181 s (3 min 1 s) after this machine's time, and"
            + " SIGNATURE_TOLERANCE is 180 s (3 min 0 s); this machine's clock is behind (timedatectl shows it), or the"
            + " sender's is ahead\n",
        behind.out());
    assertEquals(
        "refused: signature_stale\nLikely cause: signed 200000 s (2 d 7 h 33 min 20 s) before the time of --at, and"
            + " SIGNATURE_TOLERANCE is 180 s (3 min 0 s); the delivery was held up or replayed, or --at is not when it"
            + " arrived\n",
        at.out());
    String unit = "t counts milliseconds; it must be Unix seconds, as Calendly sends them";
    assertTrue(milliseconds.out().endsWith(unit + "\n"), milliseconds.out());
    assertTrue(endless.out().endsWith(unit + "\n"), endless.out());
  }

  @Test
  void at_its_own_time_a_recording_is_genuine() {
    Ran ran = explain(header(KEY, 1_700_000_000, utf8(BODY)), utf8(BODY), "--at", "1700000000");

    assertEquals("genuine\n", ran.out());
  }

  static Stream<Arguments> alteredBodies() {
    String pretty =
        """
        {
          "name": "José & Ana",
          "list": [
            1,
            2.50
          ],
          "url": "https://x/y"
        }""";
    String anew = "the JSON was parsed and written anew (a body parser in front?); signed was ";
    byte[] body = utf8(BODY);
    return Stream.of(
        arguments(body, utf8(BODY + "\n"), "a newline was added at its end"),
        arguments(body, utf8(BODY + "\r\n"), "a newline was added at its end"),
        arguments(utf8(BODY + "\n"), body, "the newline at its end was taken off"),
        arguments(utf8(BODY + "\r\n"), body, "the line end (CR LF) at its end was taken off"),
        arguments(utf8("{\n}"), utf8("{\r\n}"), "LF became CR LF"),
        arguments(utf8("{\r\n}"), utf8("{\n}"), "CR LF became LF"),
        arguments(body, utf8("  " + BODY + " "), "blanks or newlines were added around it"),
        arguments(body, utf8("\ufeff" + BODY), "a byte order mark was put before it"),
        arguments(utf8("\ufeff" + BODY), body, "the byte order mark before it was taken off"),
        arguments(body, utf8(pretty), anew + "the compact form"),
        arguments(utf8(pretty), body, anew + "JSON.stringify with two blanks"),
        arguments(
            utf8(pretty.replace("  ", "    ")), body, anew + "JSON.stringify with four blanks"),
        arguments(
            utf8("{\n  \"a\" : [ 1, 2 ]\n}"),
            utf8("{\"a\":[1,2]}"),
            anew + "Jackson's pretty form"),
        arguments(
            utf8(BODY.replace("&", "\\u0026")),
            body,
            anew + "the compact form with & < > escaped, as Ruby on Rails writes it"),
        arguments(
            utf8(BODY.replace("/", "\\/")),
            body,
            anew + "the compact form with escaped slashes, as PHP writes it"),
        arguments(
            utf8(BODY.replace("é", "\\u00e9")),
            body,
            anew + "the compact form with \\u escapes for other than ASCII"),
        arguments(
            utf8("{\"a\": [1, \"\\u00e9\"]}"),
            utf8("{\"a\":[1,\"é\"]}"),
            anew + "Python's json.dumps"),
        arguments(
            body,
            utf8(new String(body, StandardCharsets.ISO_8859_1)),
            "UTF-8 was read as ISO-8859-1 and written as UTF-8"),
        arguments(
            utf8("{\"a\":\"5 €\"}"),
            utf8(new String(utf8("{\"a\":\"5 €\"}"), Charset.forName("windows-1252"))),
            "UTF-8 was read as Windows-1252 and written as UTF-8"),
        arguments(
            body, BODY.getBytes(StandardCharsets.ISO_8859_1), "UTF-8 was turned into ISO-8859-1"),
        arguments(
            utf8("{\"a\":\"5 €\"}"),
            "{\"a\":\"5 €\"}".getBytes(Charset.forName("windows-1252")),
            "UTF-8 was turned into Windows-1252"),
        arguments(
            body,
            BODY.getBytes(StandardCharsets.UTF_16),
            "UTF-8 was turned into UTF-16 (PowerShell's > does that)"),
        arguments(
            body,
            utf8(new String(body, StandardCharsets.ISO_8859_1) + "\n"),
            "UTF-8 was read as ISO-8859-1 and written as UTF-8; and a newline was added at its end"));
  }

  @ParameterizedTest
  @MethodSource("alteredBodies")
  void what_was_done_to_the_body_on_its_way_is_named(byte[] signed, byte[] arrived, String change) {
    Ran ran = explain(header(KEY, T, signed), arrived);

    assertEquals(
        "refused: signature_mismatch\nLikely cause: " + ALTERED + change + "; the key is right\n",
        ran.out());
    assertEquals(1, ran.exitCode());
  }

  static Stream<Arguments> otherKeyTexts() {
    return Stream.of(
        arguments(utf8(KEY + "\n"), "with a newline at its end"),
        arguments(utf8(KEY + " "), "with a blank at its end"),
        arguments(utf8(" " + KEY), "with a blank before it"),
        arguments(utf8("\"" + KEY + "\""), "with quotation marks around it"),
        arguments(utf8("'" + KEY + "'"), "with quotation marks around it (single ones)"),
        arguments(Base64.getUrlDecoder().decode(KEY), "base64url-decoded"));
  }

  @ParameterizedTest
  @MethodSource("otherKeyTexts")
  void what_was_done_to_the_key_is_named(byte[] usedKey, String form) {
    Ran ran = explain(header(hmac(usedKey, T + "." + BODY)), utf8(BODY));

    assertEquals(
        "refused: signature_mismatch\nLikely cause: the sender signed with this key, but "
            + form
            + "; give both sides the same text\n",
        ran.out());
  }

  @Test
  void blanks_around_the_key_that_is_given_are_found() {
    Ran ran =
        Tool.in(folder)
            .runWith(
                utf8(BODY),
                "explain",
                "--body",
                "-",
                "--key",
                " " + KEY + "\n",
                "--header",
                header(KEY, T, utf8(BODY)));

    assertTrue(ran.out().contains("without the blanks or line end around the key given here"));
  }

  @Test
  void a_signature_over_the_body_alone_is_found() {
    Ran alone = explain(header(hmac(utf8(KEY), BODY)), utf8(BODY));
    Ran noDot = explain(header(hmac(utf8(KEY), T + BODY)), utf8(BODY));

    assertTrue(
        alone
            .out()
            .endsWith(
                "the signature was made over the body alone; it must be over t, a dot and the body\n"));
    assertTrue(
        noDot
            .out()
            .endsWith("the signature was made over t and the body without the dot between them\n"));
  }

  @Test
  void a_header_that_is_the_key_itself_is_found_and_not_repeated() {
    String hexKey = "ab".repeat(32);
    for (String header :
        new String[] {KEY, "t=" + T + ",v1=" + KEY, "t=" + KEY + ",v1=00", "x " + KEY}) {
      Ran ran = explain(header, utf8(BODY));
      assertEquals(
          "refused: signature_malformed\nLikely cause: " + HeaderReading.KEY_SENT + "\n",
          ran.out());
    }
    Ran ran =
        Tool.in(folder)
            .withKeys(hexKey)
            .runWith(utf8(BODY), "explain", "--body", "-", "--header", "t=" + T + ",v1=" + hexKey);
    assertEquals(
        "refused: signature_mismatch\nLikely cause: " + HeaderReading.KEY_SENT + "\n", ran.out());
  }

  @Test
  void what_cannot_be_undone_is_said_with_what_looks_the_same() {
    String same =
        ", or the body was changed in a way that cannot be undone, or the t of the header was altered: from here these"
            + " three look the same\n";

    Ran other = explain(header("another-key", T, utf8(BODY)), utf8(BODY));
    Ran altered = explain(header(KEY, T, utf8(BODY)).replace("t=" + T, "t=" + (T - 1)), utf8(BODY));
    Ran several =
        Tool.in(folder)
            .withKeys("one", "two")
            .runWith(utf8(BODY), "explain", "--body", "-", "--header", header(KEY, T, utf8(BODY)));
    Ran lossy = explain(header(KEY, T, utf8(BODY)), utf8(BODY.replace("é", "\ufffd")));
    Ran empty = explain(header(KEY, T, utf8(BODY)), new byte[0]);

    String start = "refused: signature_mismatch\nLikely cause: ";
    assertEquals(start + "the key is another one than Calendly has" + same, other.out());
    assertEquals(other.out(), altered.out());
    assertEquals(start + "none of the 2 keys tried is Calendly's" + same, several.out());
    assertTrue(lossy.out().startsWith(start + "the body has U+FFFD in it"), lossy.out());
    assertTrue(empty.out().startsWith(start + "the body given is empty; else: "), empty.out());
  }

  @Test
  void what_is_given_wrongly_is_wrong_use() {
    Ran file = tool().run("explain", "--body", folder.resolve("none").toString());
    Ran at = explain("t=1", utf8(BODY), "--at", "1700000000000");
    Ran noNumber = explain("t=1", utf8(BODY), "--at", "noon");
    Ran key = explain("t=1", utf8(BODY), "--key", " ");
    Ran nothing = tool().run("explain");

    assertEquals(
        "--body "
            + folder.resolve("none")
            + " cannot be read (no such file); give the file with the body's bytes, or - for standard input\n",
        file.err());
    assertEquals(2, file.exitCode());
    assertEquals(
        "--at is 1700000000000; it must be Unix time in seconds, as the t of the header; see ./run.sh explain --help\n",
        at.err());
    assertEquals(2, at.exitCode());
    assertEquals(
        "Invalid value for option '--at': 'noon' is not a long; see ./run.sh explain --help\n",
        noNumber.err());
    assertEquals(
        "--key is empty; it must be a signing key; see ./run.sh explain --help\n", key.err());
    assertEquals(
        "Missing required option: '--body=FILE'; see ./run.sh explain --help\n", nothing.err());
  }

  private Tool tool() {
    return Tool.in(folder).withKeys(KEY);
  }

  /** Every answer is looked through for what must never be in it. */
  private Ran explain(String header, byte[] body, String... more) {
    String[] args =
        Stream.concat(Stream.of("explain", "--body", "-", "--header", header), Stream.of(more))
            .toArray(String[]::new);
    Ran ran = tool().runWith(body, args);
    String seen = ran.out() + ran.err();
    assertFalse(seen.contains(KEY), "the key is printed");
    assertFalse(seen.matches("(?is).*[0-9a-f]{32}.*"), "a signature is printed");
    return ran;
  }

  private static String header(String key, long t, byte[] body) {
    byte[] message = utf8(t + ".");
    byte[] whole = new byte[message.length + body.length];
    System.arraycopy(message, 0, whole, 0, message.length);
    System.arraycopy(body, 0, whole, message.length, body.length);
    return "t=" + t + ",v1=" + HexFormat.of().formatHex(hmac(utf8(key), whole));
  }

  private static String header(byte[] digest) {
    return "t=" + T + ",v1=" + HexFormat.of().formatHex(digest);
  }

  private static byte[] hmac(byte[] key, String message) {
    return hmac(key, utf8(message));
  }

  private static byte[] hmac(byte[] key, byte[] message) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(message);
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
