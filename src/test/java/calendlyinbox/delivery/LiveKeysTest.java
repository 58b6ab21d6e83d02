package calendlyinbox.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Eventually;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
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

  @Test
  void what_is_wrong_with_the_file_is_said_once_however_often_it_is_looked_at() throws Exception {
    PrintStream err = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      Files.delete(file);
      awaitTrouble("it is not there");
      takeAnotherFile();
      SigningKeyFile.replace(file, List.of(NEW));
      awaitTrouble("");
      takeAnotherFile();
      // Another file, the same keys: nothing to say.
      SigningKeyFile.replace(file, List.of(NEW));
      takeAnotherFile();
    } finally {
      System.setErr(err);
    }

    String text = log.toString(StandardCharsets.UTF_8);
    String wrong =
        "Signing keys not taken: file="
            + file
            + " cause=\"it is not there\"; the 1 in force stay so; next: put the keys into the file, newest first, a line"
            + " each";
    assertEquals(1, text.split(Pattern.quote(wrong), -1).length - 1, text);
    String taken = "Signing keys taken: file=" + file + " keys=1";
    assertEquals(1, text.split(Pattern.quote(taken), -1).length - 1, text);
  }

  /** As long as that takes, the other file is looked at too. */
  private void takeAnotherFile() throws Exception {
    Path another = folder.resolve("another.key");
    SigningKeyFile.replace(another, List.of(OLD));
    Path data = Files.createDirectories(folder.resolve("another"));
    try (LiveKeys beside = new LiveKeys(List.of(OLD), Optional.of(another), data)) {
      beside.start();
      SigningKeyFile.replace(another, List.of(NEW));
      assertTrue(KeyInForce.in(data).await(NEW, LONG));
    }
  }

  @Test
  void keys_that_are_closed_are_watched_no_more() throws Exception {
    Eventually.holds("one is watched", () -> watching() == 1);

    keys.close();

    Eventually.holds("nothing is watched", () -> watching() == 0);
  }

  @Test
  void closing_waits_until_nothing_is_watched_and_a_thread_that_is_told_to_end_stays_told()
      throws Exception {
    assertEquals(Optional.of(file), keys.file());
    assertTrue(
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().equals("keys"))
            .allMatch(Thread::isDaemon),
        "what watches keeps no process alive");

    Thread.currentThread().interrupt();
    keys.close();

    assertTrue(Thread.interrupted());
    Eventually.holds("nothing is watched", () -> watching() == 0);
  }

  @Test
  void a_file_that_is_still_being_written_is_not_taken() throws Exception {
    // Again until none of the machine's pauses made it look as if it stood still.
    Eventually.holds(
        "written without a pause",
        () -> {
          SigningKeyFile.replace(file, List.of(OLD));
          Eventually.holds("the old one is in force", () -> keys.get().equals(List.of(OLD)));
          AtomicBoolean written = new AtomicBoolean();
          AtomicLong longest = new AtomicLong();
          Thread editor =
              new Thread(
                  () -> {
                    long last = System.nanoTime();
                    for (int i = 0; !written.get(); i++) {
                      try {
                        Files.writeString(file, "key-" + i + "\n");
                      } catch (IOException e) {
                        throw new UncheckedIOException(e);
                      }
                      long now = System.nanoTime();
                      longest.accumulateAndGet(now - last, Math::max);
                      last = now;
                    }
                  });
          editor.start();
          takeAnotherFile();
          List<SigningKey> meanwhile = keys.get();
          written.set(true);
          editor.join();
          if (longest.get() > Duration.ofMillis(200).toNanos()) {
            return false;
          }
          assertEquals(List.of(OLD), meanwhile);
          return true;
        });
  }

  @Test
  void another_file_of_the_same_length_and_the_same_time_is_taken() throws Exception {
    takeAnotherFile();
    Path other = folder.resolve("other.key");
    SigningKeyFile.replace(other, List.of(NEW));
    Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
    assertEquals(Files.size(file), Files.size(other));

    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);

    assertTrue(KeyInForce.in(folder).await(NEW, LONG));
  }

  private static long watching() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("keys"))
        .count();
  }

  @Test
  void keys_from_the_environment_are_said_to_be_in_force_and_no_file_changes_them()
      throws Exception {
    keys.close();
    try (LiveKeys fixed = new LiveKeys(List.of(NEW), Optional.empty(), folder)) {
      fixed.start();

      assertTrue(KeyInForce.in(folder).await(NEW, LONG));
      assertEquals(Optional.empty(), fixed.file());
      Eventually.holds("nothing is watched", () -> watching() == 0);
      assertEquals(List.of(NEW), fixed.get());
    }
  }

  @Test
  void a_folder_in_the_way_of_what_is_in_force_stops_no_server() throws Exception {
    Path said = folder.resolve("signing.key.in-force");
    keys.close();
    Files.createDirectories(said.resolve("in the way"));

    try (LiveKeys next = new LiveKeys(List.of(OLD), Optional.of(file), folder)) {
      next.start();
      SigningKeyFile.replace(file, List.of(NEW));

      Eventually.holds("the key is taken", () -> next.get().equals(List.of(NEW)));
      assertThrows(IOException.class, () -> KeyInForce.in(folder).await(NEW, Duration.ZERO));
    }
    assertTrue(Files.exists(said.resolve("in the way")));
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
