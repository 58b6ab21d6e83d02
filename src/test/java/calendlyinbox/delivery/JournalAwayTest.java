package calendlyinbox.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import calendlyinbox.Deliveries;
import calendlyinbox.Eventually;
import calendlyinbox.RunningReceiver;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The journal's folder is taken away under the running server, and comes back. */
final class JournalAwayTest {
  @TempDir Path folder;
  private RunningReceiver receiver;

  @BeforeEach
  void start() throws Exception {
    receiver = RunningReceiver.start(folder);
    Eventually.holds("all is well", () -> receiver.get("/health").statusCode() == 200);
  }

  @AfterEach
  void stop() {
    receiver.close();
  }

  @Test
  void while_a_file_stands_in_the_folders_place_it_is_503_and_200_again_when_mended()
      throws Exception {
    removeJournal();
    Files.writeString(receiver.journal(), "not a folder");

    assertUnavailable(Deliveries.booking("away", "ada"));
    assertUnavailable(Deliveries.booking("away", "bob"));
    assertHealthNamesTheJournal();
    assertEquals(401, receiver.post(new byte[0], "t=1").statusCode(), "a forged one stays 401");

    Files.delete(receiver.journal());
    Files.createDirectory(receiver.journal());

    assertEquals(200, receiver.post(Deliveries.booking("away", "ada")));
    receiver.awaitRows("SELECT name FROM invitees", "Name of ada");
    assertWellAgain();
  }

  @Test
  void a_folder_removed_after_deliveries_were_taken_in_is_503_and_200_again_when_mended()
      throws Exception {
    assertEquals(200, receiver.post(Deliveries.booking("away", "ada")));
    receiver.awaitRows("SELECT name FROM invitees", "Name of ada");

    removeJournal();

    assertUnavailable(Deliveries.booking("away", "bob"));
    assertHealthNamesTheJournal();

    Files.createDirectory(receiver.journal());

    assertEquals(200, receiver.post(Deliveries.booking("away", "bob")));
    receiver.awaitRows("SELECT name FROM invitees ORDER BY 1", "Name of ada", "Name of bob");
    assertWellAgain();
  }

  private void assertUnavailable(Deliveries delivery) throws Exception {
    byte[] body = delivery.body();
    HttpResponse<String> answer =
        receiver.post(body, Deliveries.signature(RunningReceiver.KEY, body, Instant.now()));
    assertEquals(503, answer.statusCode());
    assertEquals("{\"error\":\"journal_unavailable\"}", answer.body());
    assertEquals("30", answer.headers().firstValue("Retry-After").orElse("(none)"));
    assertEquals("application/json", answer.headers().firstValue("Content-Type").orElse("(none)"));
  }

  private void assertHealthNamesTheJournal() throws Exception {
    Eventually.holds("/ready is 503", () -> receiver.get("/ready").statusCode() == 503);
    assertEquals("{\"status\":\"trouble\"}\n", receiver.get("/ready").body());
    Eventually.holds("/health is 503", () -> receiver.get("/health").statusCode() == 503);
    assertEquals(
        "{\"status\":\"trouble\",\"journal\":\"unwritable\",\"database\":\"ok\",\"queue\":\"ok\",\"subscription\":\"not_configured\",\"disk\":\"ok\"}\n",
        receiver.get("/health").body());
  }

  private void assertWellAgain() throws Exception {
    Eventually.holds("/ready is 200", () -> receiver.get("/ready").statusCode() == 200);
    Eventually.holds("/health is 200", () -> receiver.get("/health").statusCode() == 200);
  }

  private void removeJournal() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(receiver.journal())) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(receiver.journal());
  }
}
