package calendlyinbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One line says that the bookings are gone with their database, and none says so where none was.
 */
class DatabaseMadeAnewTest {
  @TempDir Path folder;
  private final PrintStream err = System.err;
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();

  @BeforeEach
  void listen() {
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void let_go() {
    System.setErr(err);
  }

  private List<String> told() {
    return log.toString(StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.contains("made anew"))
        .map(line -> line.substring(line.indexOf("WARN")))
        .toList();
  }

  private String line() {
    return "WARN Database is gone, and made anew: file="
        + folder.resolve("calendly.db")
        + "; next: put the file back, or stop the server and ./run.sh restore a backup";
  }

  @Test
  void that_it_was_deleted_while_no_server_ran_is_told_once() throws Exception {
    try (RunningReceiver receiver = RunningReceiver.start(folder)) {
      receiver.awaitWell("/health");
      receiver.stop();
      assertEquals(List.of(), told());
      Files.delete(receiver.database());

      receiver.startAgain();
      receiver.awaitWell("/health");
      receiver.stop();
      receiver.startAgain();
      receiver.awaitWell("/health");
    }
    assertEquals(List.of(line()), told());
  }

  @Test
  void that_it_was_emptied_while_no_server_ran_is_told_too() throws Exception {
    try (RunningReceiver receiver = RunningReceiver.start(folder)) {
      receiver.awaitWell("/health");
      receiver.stop();
      Files.write(receiver.database(), new byte[0]);

      receiver.startAgain();
      receiver.awaitWell("/health");
    }
    assertEquals(List.of(line()), told());
  }

  @Test
  void that_it_was_deleted_under_the_server_is_told_once() throws Exception {
    try (RunningReceiver receiver = RunningReceiver.start(folder)) {
      receiver.awaitWell("/health");

      Files.delete(receiver.database());
      receiver.post(Deliveries.booking("m", "ada"));

      receiver.awaitEvents(1);
      receiver.awaitWell("/health");
    }
    assertEquals(List.of(line()), told());
  }

  @Test
  void a_first_start_that_could_not_listen_is_not_taken_for_a_loss() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      Map<String, String> settings = Map.of("PORT", Integer.toString(taken.getLocalPort()));
      assertThrows(
          IllegalStateException.class, () -> RunningReceiver.start(folder, settings).close());
    }
    try (RunningReceiver receiver = RunningReceiver.start(folder)) {
      receiver.awaitWell("/health");
    }
    assertEquals(List.of(), told());
  }
}
