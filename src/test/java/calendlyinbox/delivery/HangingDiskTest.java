package calendlyinbox.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Deliveries;
import calendlyinbox.Eventually;
import calendlyinbox.RunningReceiver;
import calendlyinbox.journal.Journal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk takes longer than an answer may. */
final class HangingDiskTest {
  private static final Duration ANSWER_WITHIN = Duration.ofMillis(150);
  private static final int CLIENTS = 40;
  private static final int ROUNDS = 8;

  @TempDir Path folder;
  private final CountDownLatch over = new CountDownLatch(1);
  private Journal journal;
  private Door door;
  // Runs after each sync, on the thread that makes them.
  private volatile Runnable hang = () -> {};

  @BeforeEach
  void open() throws Exception {
    journal = Journal.open(folder, Clock.systemUTC());
    journal.onSync(nanos -> hang.run());
    LiveKeys keys = new LiveKeys(List.of(RunningReceiver.KEY), Optional.empty(), folder);
    door =
        Door.open(
            new Door.Settings("127.0.0.1", 0, 10_000, ANSWER_WITHIN),
            new SignatureVerifier(keys, Duration.ofMinutes(3)),
            journal,
            Clock.systemUTC(),
            Answers.NOBODY,
            others -> {});
  }

  @AfterEach
  void close() {
    over.countDown();
    door.close();
    journal.close();
  }

  @Test
  void it_is_503_while_the_disk_hangs_and_200_afterwards() throws Exception {
    try (RawHttp http = new RawHttp(door.port())) {
      await200(http, 0);
      hang = this::awaitEnd;
      send(1);

      assertUnavailable(http.send(booking(2)).answer());
      assertUnavailable(http.send(booking(3)).answer());

      over.countDown();
      await200(http, 4);
    }
  }

  @Test
  void it_is_one_line_in_the_log_that_says_where_to_look() throws Exception {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    PrintStream err = System.err;
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try (RawHttp http = new RawHttp(door.port())) {
      hang = this::awaitEnd;
      send(1);

      for (int i = 2; i < 5; i++) {
        assertUnavailable(http.send(booking(i)).answer());
      }
    } finally {
      System.setErr(err);
    }

    String said = log.toString(StandardCharsets.UTF_8);
    String line =
        "Journal unavailable: cause=\"not on disk within 0 s\"; deliveries are answered 503 and Calendly will repeat them;"
            + " next: see what keeps the disk under DATA_DIR";
    assertEquals(1, said.lines().filter(each -> each.contains(line)).count(), said);
    assertEquals(1, said.split("answered 503", -1).length - 1, said);
  }

  /** Answers of the journal and of the deadline come at the same moment. */
  @Test
  void no_answer_is_half_of_one_and_half_of_the_other() throws Exception {
    int kept = 0;
    int unavailable = 0;
    List<RawHttp> clients = new ArrayList<>();
    try {
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(new RawHttp(door.port()));
      }
      for (int round = 0; round < ROUNDS; round++) {
        hang = () -> LockSupport.parkNanos(ANSWER_WITHIN.toNanos());
        for (int i = 0; i < CLIENTS; i++) {
          clients.get(i).send(booking(round * CLIENTS + i));
        }
        hang = () -> {};
        for (RawHttp client : clients) {
          RawHttp.Answer answer = client.answer();
          if (answer.status() == 200) {
            assertEquals("{\"received\":true}", answer.body());
            assertEquals("(none)", answer.header("Retry-After"));
            kept++;
          } else {
            assertUnavailable(answer);
            unavailable++;
          }
        }
      }
    } finally {
      for (RawHttp client : clients) {
        client.close();
      }
    }
    assertEquals(ROUNDS * CLIENTS, kept + unavailable);
    assertTrue(kept > 0, "some were kept");
  }

  /** A disk may take longer by itself for once, as where many others write. */
  private static void await200(RawHttp http, int number) throws Exception {
    Eventually.holds(
        "200",
        () -> {
          long begun = System.nanoTime();
          boolean kept = http.send(booking(number)).answer().status() == 200;
          long took = System.nanoTime() - begun;
          assertTrue(kept || took >= ANSWER_WITHIN.toNanos(), "refused after " + took + " ns");
          return kept;
        });
  }

  /** One whose sync begins to hang, on a connection of its own. */
  private void send(int number) throws Exception {
    try (RawHttp http = new RawHttp(door.port())) {
      http.send(booking(number)).answer();
    }
  }

  private static void assertUnavailable(RawHttp.Answer answer) {
    assertEquals(503, answer.status());
    assertEquals("{\"error\":\"journal_unavailable\"}", answer.body());
    assertEquals("30", answer.header("Retry-After"));
  }

  private static byte[] booking(int number) {
    return RawHttp.delivery(Deliveries.booking("hanging", "one" + number).body());
  }

  private void awaitEnd() {
    try {
      over.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
