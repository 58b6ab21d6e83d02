package calendlyinbox.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SigningKeyFileTest {
  @TempDir Path folder;

  @Test
  void a_new_file_holds_one_key_of_32_random_bytes_and_is_its_owners_alone() throws IOException {
    Path file = folder.resolve("signing.key");

    List<SigningKey> made = SigningKeyFile.create(file);

    String text = Files.readString(file);
    assertTrue(text.matches("[A-Za-z0-9_-]{43}\n"), "43 base64url characters and a newline");
    assertEquals(32, Base64.getUrlDecoder().decode(text.trim()).length);
    assertEquals(List.of(new SigningKey(text.trim())), made);
    assertEquals(made, SigningKeyFile.read(file));
    assertEquals(PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(file));
  }

  @Test
  void no_two_keys_are_alike() throws IOException {
    assertNotEquals(
        SigningKeyFile.create(folder.resolve("one")), SigningKeyFile.create(folder.resolve("two")));
  }

  @Test
  void a_file_that_exists_is_never_written_over() throws IOException {
    Path file = folder.resolve("signing.key");
    Files.writeString(file, "the-key-calendly-knows\n");

    assertThrows(FileAlreadyExistsException.class, () -> SigningKeyFile.create(file));

    assertEquals("the-key-calendly-knows\n", Files.readString(file));
  }

  @Test
  void several_lines_are_several_keys_newest_first_and_blank_lines_are_none() throws IOException {
    Path file = folder.resolve("signing.key");
    Files.writeString(file, "\n  newest \r\n\n\t\nolder\noldest");

    assertEquals(
        List.of("newest", "older", "oldest"),
        SigningKeyFile.read(file).stream().map(SigningKey::value).toList());
  }

  @Test
  void no_file_and_nothing_but_blank_lines_are_no_key() throws IOException {
    Path file = folder.resolve("signing.key");
    assertEquals(List.of(), SigningKeyFile.read(file));

    Files.writeString(file, "\n \n");

    assertEquals(List.of(), SigningKeyFile.read(file));
  }

  @Test
  void keys_that_replace_others_are_read_back_newest_first_and_none_replaces_nothing()
      throws IOException {
    Path file = folder.resolve("signing.key");
    SigningKeyFile.create(file);
    List<SigningKey> keys = List.of(new SigningKey("newest"), new SigningKey("older"));

    SigningKeyFile.replace(file, keys);

    assertEquals(keys, SigningKeyFile.read(file));
    assertEquals(
        "no signing key to write",
        assertThrows(IllegalArgumentException.class, () -> SigningKeyFile.replace(file, List.of()))
            .getMessage());
    assertEquals(keys, SigningKeyFile.read(file));
  }
}
