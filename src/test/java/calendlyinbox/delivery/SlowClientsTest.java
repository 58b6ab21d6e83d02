package calendlyinbox.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Deliveries;
import calendlyinbox.Eventually;
import calendlyinbox.RunningReceiver;
import calendlyinbox.ServerProcess;
import calendlyinbox.delivery.SlowClients.Kind;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A thousand connections that waste the server's time, and honest deliveries beside them. */
final class SlowClientsTest {
  private static final int SLOW = 1000;
  private static final long PAUSE_NANOS = 20_000_000;
  private static final long GIVE_UP_NANOS = TimeUnit.MINUTES.toNanos(3);

  /**
   * Not for ever. 15 s after the last answer, which for those that do not read them comes the later
   * the slower the machine is.
   */
  private static final long CUT_OFF_MILLIS = TimeUnit.MINUTES.toMillis(2);

  private static final String TOO_MANY = "HTTP/1.1 431 Request Header Fields Too Large";

  @TempDir Path folder;
  private final PrintStream err = System.err;
  private final Log log = new Log(err);

  @BeforeEach
  void watchTheLog() {
    System.setErr(log);
  }

  @AfterEach
  void leaveTheLog() {
    System.setErr(err);
  }

  /** Slow clients are no defect: a line, not a stack trace each. */
  private static final class Log extends PrintStream {
    private final AtomicInteger stackTraceLines = new AtomicInteger();

    Log(PrintStream to) {
      super(to, true);
    }

    int stackTraceLines() {
      return stackTraceLines.get();
    }

    @Override
    public void println(Object line) {
      if (String.valueOf(line).startsWith("\tat ")) {
        stackTraceLines.incrementAndGet();
      }
      super.println(line);
    }
  }

  @Test
  void a_request_may_take_15_seconds() {
    assertEquals(Duration.ofSeconds(15), Door.REQUEST_DEADLINE);
  }

  @Test
  void a_thousand_slow_clients_are_cut_off_and_keep_no_honest_delivery_waiting() throws Exception {
    List<Double> millis = new ArrayList<>();
    double calm;
    try (RunningReceiver receiver = RunningReceiver.start(folder)) {
      warmUp(receiver);
      calm = calmMedian(receiver);

      try (SlowClients slow = new SlowClients(receiver.port(), SLOW);
          RawHttp kept = new RawHttp(receiver.port())) {
        long until = System.nanoTime() + GIVE_UP_NANOS;
        while (slow.open() > 0 && System.nanoTime() < until) {
          byte[] body = Deliveries.booking("slow", "honest-" + millis.size()).body();
          long begun = System.nanoTime();
          int status = millis.size() % 2 == 0 ? onNewConnection(receiver, body) : on(kept, body);
          millis.add((System.nanoTime() - begun) / 1e6);
          assertEquals(200, status, "honest delivery " + millis.size());
          // An honest sender's pace, not a wait for anything.
          LockSupport.parkNanos(PAUSE_NANOS);
        }

        assertEquals(List.of(), slow.stillOpen(), "slow connections that are still open");
        Map<Kind, Long> longest = slow.longestMillis();
        report(millis, longest);
        longest.forEach(
            (kind, lasted) ->
                assertTrue(lasted < CUT_OFF_MILLIS, kind + " lasted " + lasted + " ms"));
        for (Kind kind : List.of(Kind.HUGE_HEADERS, Kind.MANY_FIELDS)) {
          assertEquals(List.of("HTTP/1.1 431 Request Header Fields Too Large"), slow.answers(kind));
        }
      }
      receiver.awaitRows(
          "SELECT count(*) FROM invitees WHERE meeting_uri = '"
              + Deliveries.meetingUri("slow")
              + "'",
          Integer.toString(millis.size()));
    }

    assertTrue(millis.size() > 20, "too few to judge by: " + millis.size());
    // Had they to wait for a slow client, it would be for thousands of times as long. The longest
    // of them say more of the machine.
    for (int kind = 0; kind < 2; kind++) {
      int odd = kind;
      List<Double> own =
          IntStream.range(0, millis.size())
              .filter(i -> i % 2 == odd)
              .mapToObj(millis::get)
              .sorted()
              .toList();
      String connection = kind == 0 ? "new connections" : "the kept connection";
      assertTrue(
          at(own, 0.5) < 20 * calm,
          "median on "
              + connection
              + " "
              + at(own, 0.5)
              + " ms, without slow clients "
              + calm
              + " ms");
    }
    assertEquals(0, log.stackTraceLines(), "lines of stack traces in the log");
  }

  /** In a process with the memory of a small server, which ends when that is full. */
  @Test
  void requests_of_many_header_fields_that_never_end_do_not_fill_the_memory() throws Exception {
    try (ServerProcess server = ServerProcess.start(folder, Map.of());
        SlowClients slow =
            new SlowClients(
                server.port(),
                SLOW,
                Kind.MANY_FIELDS,
                Kind.MANY_FIELDS_AND_A_BYTE_OF_THE_BODY,
                Kind.MANY_FIELDS_BEHIND_THE_BODY)) {
      Eventually.holds("all are refused, " + slow.open() + " are open", () -> slow.open() == 0);

      assertEquals(200, server.post(Deliveries.booking("fields", "ada").body()));
      // Or none, where the rest of the fields finds the connection closed.
      for (String answer : slow.answers(Kind.MANY_FIELDS_AND_A_BYTE_OF_THE_BODY)) {
        assertTrue(answer.isEmpty() || answer.startsWith("HTTP/1.1 4"), answer);
      }
    }
  }

  @Test
  void however_many_half_requests_come_they_do_not_fill_the_memory_and_honest_ones_go_on()
      throws Exception {
    List<SlowClients> crowds = new ArrayList<>();
    try (ServerProcess server = ServerProcess.start(folder, Map.of())) {
      for (int i = 0; i < 8; i++) {
        crowds.add(new SlowClients(server.port(), SLOW / 2, Kind.AS_MANY_FIELDS_AS_MAY_BE));
        // Not on a kept connection: one that rests is the first to make room, also in the moment in
        // which it is written to, and then it is for the sender to come again.
        try (RawHttp http = new RawHttp(server.port())) {
          assertEquals(200, on(http, Deliveries.booking("crowd", "honest-" + i).body()));
        }
      }
      SlowClients first = crowds.get(0);
      Eventually.holds("the first made room", () -> first.open() == 0);
      assertTrue(crowds.get(7).open() > 0, "the last ones have their time");
    } finally {
      for (SlowClients crowd : crowds) {
        crowd.close();
      }
    }
  }

  /** A first delivery loads classes; it is not what is measured. */
  private static void warmUp(RunningReceiver receiver) throws Exception {
    try (RawHttp http = new RawHttp(receiver.port())) {
      for (int i = 0; i < 1000; i++) {
        assertEquals(200, on(http, Deliveries.booking("warm-up", "guest-" + i).body()));
      }
    }
  }

  /**
   * What an honest delivery takes on this machine now, while nobody else is there: at least 1 ms.
   */
  private static double calmMedian(RunningReceiver receiver) throws Exception {
    List<Double> millis = new ArrayList<>();
    try (RawHttp kept = new RawHttp(receiver.port())) {
      for (int i = 0; i < 100; i++) {
        byte[] body = Deliveries.booking("calm", "honest-" + i).body();
        long begun = System.nanoTime();
        assertEquals(200, i % 2 == 0 ? onNewConnection(receiver, body) : on(kept, body));
        millis.add((System.nanoTime() - begun) / 1e6);
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
    Collections.sort(millis);
    return Math.max(1, at(millis, 0.5));
  }

  private static int onNewConnection(RunningReceiver receiver, byte[] body) throws Exception {
    try (RawHttp http = new RawHttp(receiver.port())) {
      return on(http, body);
    }
  }

  private static int on(RawHttp http, byte[] body) throws Exception {
    return http.send(RawHttp.delivery(body)).answer().status();
  }

  private static double at(List<Double> sorted, double part) {
    return sorted.get((int) Math.min(sorted.size() - 1, Math.floor(part * sorted.size())));
  }

  private static void report(List<Double> millis, Map<Kind, Long> longest) {
    List<Double> sorted = new ArrayList<>(millis);
    Collections.sort(sorted);
    System.out.printf(
        "Beside %d slow clients: honest=%d median=%.1f ms p95=%.1f ms p99=%.1f ms max=%.1f ms;"
            + " longest slow connection in ms: %s%n",
        SLOW,
        sorted.size(),
        at(sorted, 0.5),
        at(sorted, 0.95),
        at(sorted, 0.99),
        at(sorted, 1),
        longest);
  }
}
