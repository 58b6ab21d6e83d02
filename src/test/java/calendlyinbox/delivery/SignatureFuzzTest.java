package calendlyinbox.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import calendlyinbox.Deliveries;
import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;

/** Whatever somebody writes who has no key: it is refused, and nothing throws. */
@Tag("fuzz")
class SignatureFuzzTest {
  private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
  private static final SigningKey KEY = new SigningKey("a key that the fuzzer does not look for");
  private static final SignatureVerifier VERIFIER =
      new SignatureVerifier(List.of(KEY, new SigningKey("an older one")), Duration.ofMinutes(3));

  @FuzzTest(maxDuration = "10m")
  void nothing_unsigned_is_let_in(FuzzedDataProvider data) {
    String header = data.consumeString(400);
    byte[] body = data.consumeRemainingAsBytes();

    Verification verdict = VERIFIER.verify(Optional.of(header), body, NOW);

    assertNotEquals(Verification.GENUINE, verdict, header);
    assertNotEquals(Verification.STALE, verdict, header);
  }

  /** Decoration round a genuine signature: it stays genuine or is refused, and is read one way. */
  @FuzzTest(maxDuration = "10m")
  void a_genuine_signature_is_genuine_for_its_own_body_only(FuzzedDataProvider data) {
    String before = data.consumeString(60);
    String after = data.consumeString(60);
    byte[] body = data.consumeBytes(200);
    byte[] other = data.consumeRemainingAsBytes();
    String header = before + Deliveries.signature(KEY, body, NOW) + after;

    Verification verdict = VERIFIER.verify(Optional.of(header), body, NOW);
    Verification altered = VERIFIER.verify(Optional.of(header), other, NOW);

    if (before.isEmpty() && after.isEmpty()) {
      assertEquals(Verification.GENUINE, verdict);
    }
    if (!Arrays.equals(body, other)) {
      assertNotEquals(
          Verification.GENUINE, altered, new String(other, StandardCharsets.ISO_8859_1));
    }
  }
}
