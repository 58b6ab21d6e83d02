package calendlyinbox.subscriptions;

import static org.junit.jupiter.api.Assertions.assertEquals;

import calendlyinbox.delivery.LiveKeys;
import calendlyinbox.delivery.SigningKey;
import calendlyinbox.delivery.SigningKeyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The keys that the server may give to Calendly. */
class HeldKeysTest {
  private static final SigningKey OLD = new SigningKey("old-key");
  private static final SigningKey NEW = new SigningKey("new-key");

  @TempDir Path folder;

  private List<SigningKey> heldWhileBothAreTaken() throws IOException {
    Path file = folder.resolve("signing.key");
    try (LiveKeys live = new LiveKeys(List.of(NEW, OLD), Optional.of(file), folder)) {
      return HeldKeys.ofServer(live).read().keys();
    }
  }

  @Test
  void a_key_that_a_rotation_took_back_is_not_given_to_calendly() throws Exception {
    SigningKeyFile.replace(folder.resolve("signing.key"), List.of(OLD));

    assertEquals(List.of(OLD), heldWhileBothAreTaken());
  }

  @Test
  void a_key_that_is_not_taken_yet_is_not_given_to_calendly() throws Exception {
    SigningKeyFile.replace(
        folder.resolve("signing.key"), List.of(new SigningKey("newest-key"), NEW, OLD));

    assertEquals(List.of(NEW, OLD), heldWhileBothAreTaken());
  }

  @Test
  void a_file_that_is_gone_or_holds_nothing_we_know_changes_nothing() throws Exception {
    assertEquals(List.of(NEW, OLD), heldWhileBothAreTaken());

    SigningKeyFile.replace(folder.resolve("signing.key"), List.of(new SigningKey("of-others")));
    assertEquals(List.of(NEW, OLD), heldWhileBothAreTaken());

    Files.write(folder.resolve("signing.key"), new byte[] {(byte) 0xff, (byte) 0xfe});
    assertEquals(List.of(NEW, OLD), heldWhileBothAreTaken());
  }

  @Test
  void keys_of_the_environment_are_given_as_they_are() throws Exception {
    try (LiveKeys live = new LiveKeys(List.of(NEW, OLD), Optional.empty(), folder)) {
      assertEquals(List.of(NEW, OLD), HeldKeys.ofServer(live).read().keys());
    }
  }
}
