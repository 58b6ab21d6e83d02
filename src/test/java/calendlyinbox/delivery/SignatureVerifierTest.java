package calendlyinbox.delivery;

import static calendlyinbox.delivery.Verification.GENUINE;
import static calendlyinbox.delivery.Verification.MALFORMED;
import static calendlyinbox.delivery.Verification.MISMATCH;
import static calendlyinbox.delivery.Verification.MISSING;
import static calendlyinbox.delivery.Verification.STALE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class SignatureVerifierTest {
  private static final String NEW_KEY = "the-new-key";
  private static final String OLD_KEY = "the-old-key";
  private static final long TOLERANCE = 180;
  private static final long T = 1_795_428_000L;
  private static final Instant NOW = Instant.ofEpochSecond(T, 999_999_999);
  private static final byte[] BODY =
      "{\"event\":\"invitee.created\"}".getBytes(StandardCharsets.UTF_8);
  private static final String GOOD = hmac(NEW_KEY, T, BODY);
  private static final String OLD = hmac(OLD_KEY, T, BODY);
  private static final String FORGED = hmac("somebody-elses-key", T, BODY);
  private static final String ZEROS = "0".repeat(64);

  private final SignatureVerifier verifier =
      new SignatureVerifier(
          List.of(new SigningKey(NEW_KEY), new SigningKey(OLD_KEY)), Duration.ofSeconds(TOLERANCE));

  @Test
  void each_verdict_is_spelt_as_its_refusal_is() {
    assertEquals("genuine", GENUINE.word());
    assertEquals(Optional.empty(), GENUINE.refusal());
    assertEquals("signature_missing", MISSING.word());
    assertEquals(Optional.of(Answers.Refusal.SIGNATURE_MALFORMED), MALFORMED.refusal());
    assertEquals("signature_stale", STALE.word());
    assertEquals("signature_mismatch", MISMATCH.word());
  }

  static Stream<Arguments> headers() {
    return Stream.of(
        // As Calendly sends it, and other spellings of the same.
        row("plain", GENUINE, "t=" + T + ",v1=" + GOOD),
        row("older notation", GENUINE, "t=" + T + ",s=sha256=" + GOOD),
        row("upper-case hex", GENUINE, "t=" + T + ",v1=" + GOOD.toUpperCase(Locale.ROOT)),
        row("older, upper case", GENUINE, "t=" + T + ",s=sha256=" + GOOD.toUpperCase(Locale.ROOT)),
        row("signature first", GENUINE, "v1=" + GOOD + ",t=" + T),
        row("blank after the comma", GENUINE, "t=" + T + ", v1=" + GOOD),
        row("blanks everywhere", GENUINE, "  t = " + T + " ,\t v1 = " + GOOD + " "),
        row("blanks, older", GENUINE, " s = sha256=" + GOOD + " , t = " + T),
        row("unknown pairs", GENUINE, "v0=x,t=" + T + ",v2=" + ZEROS + ",v1=" + GOOD + ",z="),
        row("unknown pair, no name", GENUINE, "t=" + T + ",v1=" + GOOD + ",=x"),
        row("unknown pair, = in value", GENUINE, "t=" + T + ",v1=" + GOOD + ",a=b=c"),
        row("same t twice", GENUINE, "t=" + T + ",t=" + T + ",v1=" + GOOD),
        row("key being replaced", GENUINE, "t=" + T + ",v1=" + OLD),
        row("old key, older notation", GENUINE, "t=" + T + ",s=sha256=" + OLD),
        row("signed with both keys", GENUINE, "t=" + T + ",v1=" + OLD + ",v1=" + GOOD),
        row("good one last", GENUINE, "t=" + T + ",v1=" + ZEROS + ",v1=" + FORGED + ",v1=" + GOOD),
        row("good one first", GENUINE, "t=" + T + ",v1=" + GOOD + ",v1=" + ZEROS),
        row("one in each notation", GENUINE, "t=" + T + ",v1=" + ZEROS + ",s=sha256=" + GOOD),
        row("good beside one that is none", GENUINE, "t=" + T + ",v1=aa,v1=" + GOOD),
        row("good beside an unknown s", GENUINE, "t=" + T + ",s=md5=aa,v1=" + GOOD),
        // The time.
        row("oldest that is taken", GENUINE, signed(T - TOLERANCE)),
        row("a second older", STALE, signed(T - TOLERANCE - 1)),
        row("newest that is taken", GENUINE, signed(T + TOLERANCE)),
        row("a second newer", STALE, signed(T + TOLERANCE + 1)),
        row("a day old", STALE, signed(T - 86_400)),
        row("the beginning of time", STALE, signed(0)),
        row("18 digits", STALE, signed(999_999_999_999_999_999L)),
        row("milliseconds", STALE, signed(T * 1000)),
        row("stale and forged", MISMATCH, "t=" + (T - 86_400) + ",v1=" + GOOD),
        row("leading zero, not as signed", MISMATCH, "t=0" + T + ",v1=" + GOOD),
        // Forged.
        row("another key", MISMATCH, "t=" + T + ",v1=" + FORGED),
        row("zeros", MISMATCH, "t=" + T + ",v1=" + ZEROS),
        row("a digit changed", MISMATCH, "t=" + T + ",v1=" + lastDigitChanged(GOOD)),
        row("signature of another second", MISMATCH, "t=" + (T + 1) + ",v1=" + GOOD),
        row("several, none good", MISMATCH, "t=" + T + ",v1=" + FORGED + ",s=sha256=" + ZEROS),
        // Malformed.
        row("t", MALFORMED, "t"),
        row("signature alone", MALFORMED, GOOD),
        row("t and v1 empty", MALFORMED, "t=,v1="),
        row("t empty", MALFORMED, "t=,v1=" + GOOD),
        row("v1 empty", MALFORMED, "t=" + T + ",v1="),
        row("not a number", MALFORMED, "t=x,v1=y"),
        row("no t, v1 short", MALFORMED, "v1=aa"),
        row("no t", MALFORMED, "v1=" + GOOD),
        row("no signature", MALFORMED, "t=" + T),
        row("names in upper case", MALFORMED, "T=" + T + ",V1=" + GOOD),
        row("two different t", MALFORMED, "t=" + T + ",t=" + (T + 1) + ",v1=" + GOOD),
        row("two t, spelled apart", MALFORMED, "t=" + T + ",t=0" + T + ",v1=" + GOOD),
        row("second t is none", MALFORMED, "t=" + T + ",t=,v1=" + GOOD),
        row("pair without =", MALFORMED, "t=" + T + ",v1=" + GOOD + ",v2"),
        row("trailing comma", MALFORMED, "t=" + T + ",v1=" + GOOD + ","),
        row("leading comma", MALFORMED, ",t=" + T + ",v1=" + GOOD),
        row("comma alone", MALFORMED, ","),
        row("semicolon", MALFORMED, "t=" + T + ";v1=" + GOOD),
        row("plus", MALFORMED, "t=+" + T + ",v1=" + GOOD),
        row("minus", MALFORMED, "t=-5,v1=" + GOOD),
        row("fraction", MALFORMED, "t=" + T + ".0,v1=" + GOOD),
        row("exponent", MALFORMED, "t=1e9,v1=" + GOOD),
        row("hexadecimal", MALFORMED, "t=0x10,v1=" + GOOD),
        row("blank inside", MALFORMED, "t=17 95,v1=" + GOOD),
        row("full-width digits", MALFORMED, "t=\uff11\uff17\uff19,v1=" + GOOD),
        row("Arabic digits", MALFORMED, "t=\u0661\u0667,v1=" + GOOD),
        row("19 digits", MALFORMED, "t=1000000000000000000,v1=" + GOOD),
        row("too long for a long", MALFORMED, "t=" + "9".repeat(40) + ",v1=" + GOOD),
        row("digit missing", MALFORMED, "t=" + T + ",v1=" + GOOD.substring(1)),
        row("digit too many", MALFORMED, "t=" + T + ",v1=" + GOOD + "0"),
        row("not hex", MALFORMED, "t=" + T + ",v1=" + "g".repeat(64)),
        row("full-width hex", MALFORMED, "t=" + T + ",v1=" + "\uff10".repeat(64)),
        row("older, no sha256", MALFORMED, "t=" + T + ",s=" + GOOD),
        row("older, other hash", MALFORMED, "t=" + T + ",s=sha512=" + GOOD),
        row("v1 in the older notation", MALFORMED, "t=" + T + ",v1=sha256=" + GOOD),
        row("quoted", MALFORMED, "\"t=" + T + ",v1=" + GOOD + "\""),
        // Nothing there.
        row("empty", MISSING, ""),
        row("blank", MISSING, " \t "));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("headers")
  void every_header_has_its_verdict(String what, Verification verdict, String header) {
    assertEquals(verdict, verifier.verify(Optional.of(header), BODY, NOW), header);
  }

  @Test
  void the_table_is_as_long_as_promised() {
    assertFalse(headers().count() < 45);
  }

  @Test
  void without_a_header_it_is_missing() {
    assertEquals(MISSING, verifier.verify(Optional.empty(), BODY, NOW));
  }

  @Test
  void a_body_that_differs_in_any_one_byte_or_in_length_does_not_match() {
    Optional<String> header = Optional.of("t=" + T + ",v1=" + GOOD);

    for (int i = 0; i < BODY.length; i++) {
      byte[] changed = BODY.clone();
      changed[i] ^= 1;
      assertEquals(MISMATCH, verifier.verify(header, changed, NOW), "byte " + i);
    }
    byte[] longer =
        (new String(BODY, StandardCharsets.UTF_8) + "\n").getBytes(StandardCharsets.UTF_8);
    assertEquals(MISMATCH, verifier.verify(header, longer, NOW));
    assertEquals(MISMATCH, verifier.verify(header, new byte[0], NOW));
    assertEquals(GENUINE, verifier.verify(header, BODY, NOW));
  }

  @Test
  void an_empty_body_can_be_signed_too() {
    String header = "t=" + T + ",v1=" + hmac(NEW_KEY, T, new byte[0]);

    assertEquals(GENUINE, verifier.verify(Optional.of(header), new byte[0], NOW));
  }

  /** printf '%s' '1763892000.BODY' | openssl dgst -sha256 -hmac 'a-key-made-with-openssl'. */
  @Test
  void a_signature_that_openssl_made_is_genuine() {
    byte[] body =
        "{\"event\":\"invitee.created\",\"payload\":{\"name\":\"Zo\u00eb\"}}"
            .getBytes(StandardCharsets.UTF_8);
    SignatureVerifier one =
        new SignatureVerifier(
            List.of(new SigningKey("a-key-made-with-openssl")), Duration.ofMinutes(3));
    String header =
        "t=1763892000,v1=25bf76ab53b13c10f05696c429ef4169f40a624659970a0d3518271182c6446b";

    assertEquals(
        GENUINE, one.verify(Optional.of(header), body, Instant.ofEpochSecond(1_763_892_000L)));
  }

  @Test
  void a_key_that_was_taken_out_signs_no_more() {
    SignatureVerifier newOnly =
        new SignatureVerifier(List.of(new SigningKey(NEW_KEY)), Duration.ofSeconds(TOLERANCE));

    assertEquals(MISMATCH, newOnly.verify(Optional.of("t=" + T + ",v1=" + OLD), BODY, NOW));
  }

  @Test
  void random_headers_make_it_neither_throw_nor_accept() {
    String[] pieces = {
      "t",
      "t=",
      "=",
      ",",
      ",,",
      " ",
      "\t",
      "v1",
      "v1=",
      "s=",
      "s=sha256=",
      "sha256=",
      "t=" + T,
      ",v1=" + ZEROS,
      ",v1=" + FORGED,
      FORGED,
      GOOD.substring(1),
      "-",
      "+",
      ".",
      "0",
      "9",
      "a",
      "F",
      "\u0000",
      "\u00e9",
      "\uff11",
      "\ud83d",
      "9".repeat(19),
      "\"",
      ";"
    };
    Random random = new Random(20261123);
    Map<Verification, Integer> seen = new EnumMap<>(Verification.class);

    for (int i = 0; i < 100_000; i++) {
      StringBuilder header = new StringBuilder();
      for (int n = random.nextInt(9); n > 0; n--) {
        header.append(
            random.nextInt(8) == 0
                ? String.valueOf((char) random.nextInt(0x10000))
                : pieces[random.nextInt(pieces.length)]);
      }
      seen.merge(verifier.verify(Optional.of(header.toString()), BODY, NOW), 1, Integer::sum);
    }

    assertEquals(
        List.of(MISSING, MALFORMED, MISMATCH),
        List.copyOf(seen.keySet()),
        "refused in every way, accepted in none: " + seen);
  }

  @Test
  void without_a_key_there_is_no_verifier() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> new SignatureVerifier(List.of(), Duration.ofMinutes(3)));
    assertEquals("no signing key", refused.getMessage());
  }

  @Test
  void a_blank_key_is_refused() {
    for (String blank : List.of("", " ", "\t\n")) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> new SigningKey(blank));
      assertEquals("a signing key is empty", refused.getMessage());
    }
  }

  @Test
  void a_key_does_not_print_itself() {
    SigningKey key = new SigningKey(NEW_KEY);

    assertEquals("SigningKey[hidden]", key.toString());
    assertEquals("[SigningKey[hidden]]", List.of(key).toString());
  }

  private static Arguments row(String what, Verification verdict, String header) {
    return Arguments.of(what, verdict, header);
  }

  private static String signed(long t) {
    return "t=" + t + ",v1=" + hmac(NEW_KEY, t, BODY);
  }

  private static String lastDigitChanged(String hex) {
    char last = hex.charAt(63);
    return hex.substring(0, 63) + (last == '0' ? '1' : '0');
  }

  /** Of our own, so that a fault in the code that is tested cannot agree with itself. */
  private static String hmac(String key, long t, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      mac.update((t + ".").getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
