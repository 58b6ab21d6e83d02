package calendlyinbox.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Eventually;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveKeysTest {
  private static final SigningKey OLD = new SigningKey("old-key");
  private static final SigningKey NEW = new SigningKey("new-key");
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir private Path folder;
  private Path file;
  private LiveKeys keys;

  @BeforeEach
  void open() throws Exception {
    file = folder.resolve("signing.key");
    SigningKeyFile.replace(file, List.of(OLD));
    keys = new LiveKeys(List.of(OLD), Optional.of(file), folder);
    keys.start();
    assertTrue(KeyInForce.in(folder).await(OLD, LONG));
  }

  @AfterEach
  void close() {
    keys.close();
  }

  @Test
  void a_changed_file_is_taken_and_said_to_be_in_force() throws Exception {
    SigningKeyFile.replace(file, List.of(NEW, OLD));

    assertTrue(KeyInForce.in(folder).await(NEW, LONG));
    assertEquals(List.of(NEW, OLD), keys.get());
  }

  @Test
  void what_is_in_force_is_said_without_the_key_and_withdrawn_at_the_end() throws Exception {
    Path said = folder.resolve("signing.key.in-force");
    assertFalse(Files.readString(said).contains(OLD.value()));

    keys.close();

    assertFalse(Files.exists(said));
    assertFalse(KeyInForce.in(folder).await(OLD, Duration.ZERO));
  }

  @Test
  void what_a_killed_server_said_of_its_key_counts_no_more_when_another_begins() throws Exception {
    assertTrue(KeyInForce.in(folder).await(OLD, Duration.ZERO));

    try (LiveKeys next = new LiveKeys(List.of(NEW), Optional.of(file), folder)) {
      assertFalse(KeyInForce.in(folder).await(OLD, Duration.ZERO));
    }
  }

  @Test
  void an_empty_a_broken_or_a_missing_file_changes_nothing_until_it_is_mended() throws Exception {
    Files.writeString(file, "\n \n");
    awaitTrouble("it holds no key");
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    awaitTrouble("java.nio.charset.MalformedInputException: Input length = 1");
    Files.delete(file);
    awaitTrouble("it is not there");

    SigningKeyFile.replace(file, List.of(NEW));

    awaitTrouble("");
    assertEquals(List.of(NEW), keys.get());
  }

  private void awaitTrouble(String words) throws Exception {
    Eventually.holds(words + ", last " + keys.trouble(), () -> keys.trouble().equals(words));
    if (!words.isEmpty()) {
      assertEquals(List.of(OLD), keys.get());
    }
  }

  @Test
  void the_verifier_takes_each_key_as_long_as_it_is_in_force() throws Exception {
    byte[] body = {1, 2, 3};
    SignatureVerifier verifier = new SignatureVerifier(keys, Duration.ofMinutes(3));
    assertEquals(Verification.GENUINE, verdict(verifier, OLD, body));
    assertEquals(Verification.MISMATCH, verdict(verifier, NEW, body));

    SigningKeyFile.replace(file, List.of(NEW, OLD));
    assertTrue(KeyInForce.in(folder).await(NEW, LONG));
    assertEquals(Verification.GENUINE, verdict(verifier, OLD, body));
    assertEquals(Verification.GENUINE, verdict(verifier, NEW, body));

    SigningKeyFile.replace(file, List.of(NEW));
    Eventually.holds("the old one is gone", () -> keys.get().equals(List.of(NEW)));
    assertEquals(Verification.MISMATCH, verdict(verifier, OLD, body));
  }

  private static Verification verdict(SignatureVerifier verifier, SigningKey key, byte[] body) {
    java.time.Instant now = java.time.Instant.parse("2026-11-23T10:00:00Z");
    String t = Long.toString(now.getEpochSecond());
    String header = "t=" + t + ",v1=" + java.util.HexFormat.of().formatHex(key.sign(t, body));
    return verifier.verify(Optional.of(header), body, now);
  }
}
