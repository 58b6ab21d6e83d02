package calendlyinbox.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Deliveries;
import calendlyinbox.RunningReceiver;
import calendlyinbox.journal.Journal;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A door that cannot be opened, and what goes wrong behind one that is open. */
@Timeout(600)
final class DoorTroubleTest {
  private static final byte[] BODY = Deliveries.booking("trouble", "ada").body();
  private static final List<SigningKey> KEYS = List.of(RunningReceiver.KEY);

  @TempDir Path folder;
  private final Queue<String> told = new ConcurrentLinkedQueue<>();
  private final PrintStream err = System.err;
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private Journal journal;

  @BeforeEach
  void open() throws Exception {
    journal = Journal.open(folder, Clock.systemUTC());
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void close() {
    System.setErr(err);
    journal.close();
  }

  private final class Listener implements Answers {
    @Override
    public void received(long tookNanos) {
      told.add("received");
    }

    @Override
    public void refused(Refusal reason, String address) {
      told.add(reason.word());
    }
  }

  @Test
  void an_address_that_is_taken_or_none_is_named_with_what_to_set() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      int port = taken.getLocalPort();

      assertCannotListen(
          "127.0.0.1",
          port,
          "127.0.0.1:"
              + port
              + " cannot be listened on: Address already in use; set HOST or PORT to a free one");
    }
    assertCannotListen(
        "no host",
        8080,
        "no host:8080 cannot be listened on: HOST is neither an address nor a name of this machine; set it to 0.0.0.0 or"
            + " 127.0.0.1");
    String none = cannotListen("127.0.0.1", 70_000).getMessage();
    assertTrue(none.startsWith("127.0.0.1:70000 cannot be listened on: "), none);
    // Set aside for documents (RFC 5737): no machine has it.
    String message = cannotListen("192.0.2.1", 0).getMessage();
    assertTrue(message.startsWith("192.0.2.1:0 cannot be listened on: "), message);
    assertTrue(message.endsWith("; set HOST or PORT to a free one"), message);
  }

  private void assertCannotListen(String host, int port, String message) {
    assertEquals(message, cannotListen(host, port).getMessage());
  }

  private IOException cannotListen(String host, int port) {
    Door.Settings settings = new Door.Settings(host, port, 1000);
    return assertThrows(IOException.class, () -> door(settings, () -> KEYS, others -> {}));
  }

  @Test
  void it_listens_at_the_address_it_was_told_and_at_no_other() throws Exception {
    List<InetAddress> others = new ArrayList<>();
    NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> !address.getHostAddress().equals("127.0.0.1"))
        .forEach(others::add);
    try (Door door = door(() -> KEYS, more -> {})) {
      new RawHttp(door.port()).close();
      for (InetAddress other : others) {
        assertThrows(
            ConnectException.class, () -> new Socket(other, door.port()).close(), other::toString);
      }
    }
  }

  @Test
  void a_defect_of_ours_is_no_refusal_for_good_but_asks_calendly_to_come_again() throws Exception {
    Supplier<List<SigningKey>> defect =
        () -> {
          throw new IllegalStateException("on purpose");
        };
    try (Door door = door(defect, others -> {});
        RawHttp http = new RawHttp(door.port())) {
      assertUnavailable(http.send(RawHttp.delivery(BODY)).answer());
    }

    assertEquals(List.of("journal_unavailable"), List.copyOf(told));
    assertTrue(log().contains("Request failed: webhook=true"), log());
    assertTrue(log().contains("on purpose"), log());
  }

  @Test
  void a_defect_elsewhere_is_500_and_nothing_about_deliveries() throws Exception {
    try (Door door =
            door(
                () -> KEYS,
                others ->
                    others.routes.get(
                        "/defect",
                        ctx -> {
                          throw new IllegalStateException("on purpose");
                        }));
        RawHttp http = new RawHttp(door.port())) {
      RawHttp.Answer answer =
          http.send(RawHttp.request("GET", "/defect", "", new byte[0])).answer();

      assertEquals(
          "500 application/json {\"error\":\"internal\"}",
          answer.status() + " " + answer.header("Content-Type") + " " + answer.body());
      assertEquals(200, http.send(RawHttp.delivery(BODY)).answer().status());
    }

    assertEquals(List.of("received"), List.copyOf(told));
    assertTrue(log().contains("Request failed: webhook=false"), log());
  }

  @Test
  void a_journal_that_keeps_nothing_is_one_line_in_the_log_and_503_each_time() throws Exception {
    journal.close();
    try (Door door = door(() -> KEYS, others -> {});
        RawHttp http = new RawHttp(door.port())) {
      for (int i = 0; i < 5; i++) {
        assertUnavailable(http.send(RawHttp.delivery(BODY)).answer());
      }
    }

    String line =
        "Journal unavailable: cause=\"the journal is closed\"; deliveries are answered 503 and Calendly will repeat them;"
            + " next: free or mend the disk under DATA_DIR";
    assertEquals(1, log().lines().filter(each -> each.contains(line)).count(), log());
    assertEquals(1, log().split("answered 503", -1).length - 1, log());
  }

  @Test
  void whatever_waits_elsewhere_keeps_no_delivery_waiting() throws Exception {
    CountDownLatch mended = new CountDownLatch(1);
    Semaphore waiting = new Semaphore(0);
    Queue<String> threads = new ConcurrentLinkedQueue<>();
    Consumer<Context> waits =
        ctx -> {
          threads.add(Thread.currentThread().getName().replaceAll("\\d+$", ""));
          waiting.release();
          await(mended);
          ctx.result("at last");
        };
    List<RawHttp> slow = new ArrayList<>();
    try (Door door =
            door(
                () -> KEYS,
                others -> {
                  others.routes.get("/slow", waits::accept);
                  others.routes.post("/slow", waits::accept);
                });
        RawHttp http = new RawHttp(door.port())) {
      for (int i = 0; i < 6; i++) {
        RawHttp client = new RawHttp(door.port());
        slow.add(client);
        byte[] body = new byte[i % 2];
        client.send(
            RawHttp.request(i % 2 == 0 ? "GET" : "POST", "/slow", RawHttp.length(body), body));
        assertTrue(waiting.tryAcquire(30, TimeUnit.SECONDS), "request " + i + " is under way");

        assertEquals(200, http.send(RawHttp.delivery(BODY)).answer().status());
      }

      mended.countDown();

      for (RawHttp client : slow) {
        assertEquals("at last", client.answer().body());
      }
      assertEquals(Set.of("http-"), Set.copyOf(threads));
    } finally {
      mended.countDown();
      for (RawHttp client : slow) {
        client.close();
      }
    }
  }

  @Test
  void an_answer_says_what_it_is_and_nothing_of_the_server() throws Exception {
    try (Door door = door(() -> KEYS, others -> {});
        RawHttp http = new RawHttp(door.port())) {
      RawHttp.Answer answer = http.send(RawHttp.delivery(BODY)).answer();

      assertEquals(Set.of("content-type", "content-length"), answer.headers().keySet());
    }
  }

  private Door door(Supplier<List<SigningKey>> keys, Consumer<JavalinConfig> others)
      throws IOException {
    return door(new Door.Settings("127.0.0.1", 0, 10_000), keys, others);
  }

  private Door door(
      Door.Settings settings, Supplier<List<SigningKey>> keys, Consumer<JavalinConfig> others)
      throws IOException {
    return Door.open(
        settings,
        new SignatureVerifier(keys, Duration.ofMinutes(3)),
        journal,
        Clock.systemUTC(),
        new Listener(),
        others);
  }

  private static void assertUnavailable(RawHttp.Answer answer) {
    assertEquals(
        "503 application/json {\"error\":\"journal_unavailable\"}",
        answer.status() + " " + answer.header("Content-Type") + " " + answer.body());
    assertEquals("30", answer.header("Retry-After"));
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(2, TimeUnit.MINUTES));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String log() {
    return log.toString(StandardCharsets.UTF_8);
  }
}
