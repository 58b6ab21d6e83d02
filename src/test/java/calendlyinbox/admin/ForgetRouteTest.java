package calendlyinbox.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Deliveries;
import calendlyinbox.OtherWriter;
import calendlyinbox.RunningReceiver;
import calendlyinbox.delivery.RawHttp;
import calendlyinbox.store.FolderLock;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code POST /api/forget} answers when nobody is forgotten. */
final class ForgetRouteTest {
  private static final String PATH = "/api/forget";
  private static final String ADA = "{\"email\":\"ada@example.com\"}";
  private static final String BOB = "{\"email\":\"bob@example.com\"}";

  @TempDir static Path folder;
  private static RunningReceiver receiver;

  @BeforeAll
  static void given_one_person() throws Exception {
    receiver = RunningReceiver.start(folder);
    receiver.post(Deliveries.booking("m", "ada"));
    receiver.awaitEvents(1);
  }

  @AfterAll
  static void stop() {
    receiver.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "null",
        "[]",
        "{}",
        "ada@example.com",
        "email=ada@example.com",
        "{\"mail\":\"ada@example.com\"}",
        "{\"email\":null}",
        "{\"email\":7}",
        "{\"email\":\"\"}",
        "{\"email\":\"ada\"}",
        "{\"email\":\"ada@\"}",
        "{\"email\":\"ada@example.com, bob@example.com\"}",
        "{\"email\":[\"ada@example.com\"]}"
      })
  void a_body_without_one_address_is_400_and_not_repeated(String body) throws Exception {
    assertEquals(
        "400 {\"error\":\"bad_parameter\",\"detail\":\"the body must be JSON with the address of one person,"
            + " as {\\\"email\\\":\\\"ada@example.com\\\"}\"}",
        text(receiver.postAsAdmin(PATH, body)));
    assertSheIsThere();
  }

  @Test
  void without_the_token_it_is_401() throws Exception {
    for (String header :
        List.of("", "Authorization: Bearer wrong-token-0123456789\r\n", "X-CSRF-Token: x\r\n")) {
      try (RawHttp wire = new RawHttp(receiver.port())) {
        byte[] body = ADA.getBytes(StandardCharsets.US_ASCII);
        String headers = header + "Content-Length: " + body.length + "\r\n";

        RawHttp.Answer answer = wire.send(RawHttp.request("POST", PATH, headers, body)).answer();

        assertEquals(401, answer.status(), header);
        assertTrue(answer.body().startsWith("{\"error\":\"unauthorized\""), answer.body());
      }
    }
    assertSheIsThere();
  }

  @Test
  void an_address_that_is_nowhere_is_404() throws Exception {
    assertEquals(
        "404 {\"error\":\"not_found\",\"detail\":\"the address is nowhere in the data folder\"}",
        text(asked("{\"email\":\"nobody@example.com\"}")));
  }

  /** On a slow machine the answer is first that it goes on. */
  private static HttpResponse<String> asked(String body) throws Exception {
    HttpResponse<String> answer = receiver.postAsAdmin(PATH, body);
    while (answer.statusCode() == 202) {
      answer = receiver.postAsAdmin(PATH, body);
    }
    return answer;
  }

  @Test
  void beside_another_command_that_works_on_the_tables_it_is_409() throws Exception {
    try (FolderLock held =
        FolderLock.take(folder, "upkeep.lock", "pid=1 command=rebuild").lock().orElseThrow()) {
      assertEquals(
          "409 {\"error\":\"not_now\",\"detail\":\"another command works on the tables (pid=1 command=rebuild)\"}",
          text(receiver.postAsAdmin(PATH, ADA)));
    }
    assertSheIsThere();
  }

  @Test
  void of_two_people_at_once_the_second_is_409() throws Exception {
    List<String> met =
        List.of(
            "409 {\"error\":\"not_now\",\"detail\":\"another address is being forgotten\"}",
            "503 {\"error\":\"database_unavailable\",\"detail\":\"the database cannot be used now (locked);"
                + " deliveries are kept meanwhile, and /health says when it is back\"}");
    List<String> answers = List.of();
    try (Connection other = OtherWriter.at(receiver.database())) {
      other.createStatement().execute("BEGIN IMMEDIATE");

      // On a slow machine the first may be over before the second comes.
      for (int attempt = 0; attempt < 10 && !answers.equals(met); attempt++) {
        answers = ofTwoAtOnce();
        assertTrue(
            answers.stream().allMatch(answer -> answer.matches("(?s)(503|409|202) .*")),
            answers.toString());
      }
    }
    assertEquals(met, answers);
    assertSheIsThere();
  }

  /** In the order in which they come. */
  private static List<String> ofTwoAtOnce() {
    CompletableFuture<HttpResponse<String>> one = receiver.beginToPostAsAdmin(PATH, ADA);
    CompletableFuture<HttpResponse<String>> two = receiver.beginToPostAsAdmin(PATH, BOB);

    // Whoever came second: the first waits for the database.
    HttpResponse<?> second = (HttpResponse<?>) CompletableFuture.anyOf(one, two).join();
    HttpResponse<String> first = one.join() == second ? two.join() : one.join();
    return List.of(text(second), text(first));
  }

  @Test
  void with_a_data_folder_that_cannot_be_written_it_is_503() throws Exception {
    Path lock = folder.resolve("upkeep.lock");
    Files.deleteIfExists(lock);
    Files.createDirectory(lock);

    String answer = text(receiver.postAsAdmin(PATH, ADA));

    Files.delete(lock);
    assertEquals(
        "503 {\"error\":\"data_folder\",\"detail\":\"the data folder cannot be read and written (FileSystemException);"
            + " what was removed by now stays so, try again\"}",
        answer);
    assertSheIsThere();
  }

  private static void assertSheIsThere() throws Exception {
    assertEquals(List.of("ada@example.com"), receiver.rows("SELECT email FROM invitees"));
  }

  private static String text(HttpResponse<?> answer) {
    return answer.statusCode() + " " + answer.body();
  }
}
