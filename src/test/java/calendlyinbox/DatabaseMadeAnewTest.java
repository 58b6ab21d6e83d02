package calendlyinbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import calendlyinbox.upkeep.Restore;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One line says that the bookings are gone with their database, and none says so where none was.
 */
class DatabaseMadeAnewTest {
  private static final String RECEIVED_AT = "SELECT received_at FROM calendly_webhook_events";

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
        + "; next: if there is the file or a backup, stop the server and ./run.sh restore FILE, which keeps what came in"
        + " since";
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
  void what_came_in_since_is_kept_when_the_former_one_is_restored() throws Exception {
    Path data = folder.resolve("data");
    Path former = folder.resolve("former.db");
    try (RunningReceiver receiver = RunningReceiver.start(data)) {
      receiver.post(Deliveries.booking("m", "ada"));
      receiver.awaitEvents(1);
      receiver.stop();
      receiver.startAgain();
      awaitEmptyJournal(receiver);
      receiver.stop();
      Files.move(receiver.database(), former);
      receiver.startAgain();
      receiver.post(Deliveries.booking("n", "bob"));
      receiver.awaitEvents(1);
      String receivedAt = receiver.rows(RECEIVED_AT).get(0);
      receiver.stop();
      receiver.startAgain();
      awaitEmptyJournal(receiver);
      receiver.stop();

      new Restore(data, receiver.database(), Clock.systemUTC()).from(former);

      receiver.startAgain();
      receiver.awaitRows(
          "SELECT email FROM bookings ORDER BY email", "ada@example.com", "bob@example.com");
      assertEquals(List.of(receivedAt), receiver.rows(RECEIVED_AT + " WHERE id = 2"));
    }
  }

  private static void awaitEmptyJournal(RunningReceiver receiver) throws Exception {
    Eventually.holds(
        "the journal has let all go",
        () -> {
          try (Stream<Path> files = Files.list(receiver.journal())) {
            return files.noneMatch(file -> file.toString().endsWith(".ndjson"));
          }
        });
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
