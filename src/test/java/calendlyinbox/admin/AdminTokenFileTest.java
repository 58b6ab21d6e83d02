package calendlyinbox.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.RunningReceiver;
import calendlyinbox.ServerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AdminTokenFileTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void given_a_file_that_is_not_there() {
    file = folder.resolve("admin.token");
  }

  @Test
  void it_is_made_once_of_32_random_bytes_for_its_owner_only() throws Exception {
    AdminToken made = AdminTokenFile.readOrMake(file).orElseThrow();

    assertTrue(made.value().matches("[A-Za-z0-9_-]{43}"), "length " + made.value().length());
    assertEquals(made.value() + "\n", Files.readString(file));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(Optional.of(made), AdminTokenFile.readOrMake(file));
    assertNotEquals(made, AdminTokenFile.readOrMake(folder.resolve("another")).orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "two words", "one\ntwo\n", "zo\u00eb"})
  void what_is_no_word_is_no_token(String content) throws Exception {
    Files.writeString(file, content);

    assertEquals(Optional.empty(), AdminTokenFile.readOrMake(file));
    assertEquals(content, Files.readString(file));
  }

  @Test
  void neither_it_nor_what_is_derived_from_it_is_printed() {
    AdminToken token = new AdminToken(RunningReceiver.ADMIN_TOKEN);

    assertEquals("AdminToken[hidden]", token.toString());
    assertNotEquals(token.forCalendar(), token.againstForgery(""));
    assertNotEquals(token.againstForgery("a"), token.againstForgery("b"));
    assertNotEquals(token.forCalendar(), new AdminToken("another-token-for-tests").forCalendar());
  }

  @Test
  void a_server_makes_it_says_where_and_never_what() throws Exception {
    List<String> log;
    try (ServerProcess server =
        ServerProcess.start(
            folder,
            Map.of("JAVA_TOOL_OPTIONS", "-Dorg.slf4j.simpleLogger.defaultLogLevel=debug"))) {
      assertEquals(0, server.terminate());
      log = server.log();
    }

    String token = Files.readString(file).strip();
    assertEquals(
        1, log.stream().filter(line -> line.endsWith("Admin token made: file=" + file)).count());
    assertFalse(log.toString().contains(token), "the token is in the log");
  }

  @Test
  void a_server_does_not_start_with_an_empty_one() throws Exception {
    Files.writeString(file, "\n");
    try (ServerProcess server = ServerProcess.launch(folder, Map.of())) {
      assertEquals(2, server.exitCode());
      assertTrue(
          server
              .log()
              .contains(
                  file
                      + " holds no token; put one word into it, or delete it to have a new one made"),
          server.log().toString());
    }
  }
}
