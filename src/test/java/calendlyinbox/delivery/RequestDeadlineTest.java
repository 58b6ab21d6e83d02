package calendlyinbox.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Eventually;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintStream;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A short total time on a server of its own, whose handler waits for the whole body, or never
 * answers.
 */
@Timeout(600)
final class RequestDeadlineTest {
  private static final Duration DEADLINE = Duration.ofMillis(1500);
  private static final Duration NEVER_OVER = Duration.ofHours(1);
  private static final int ATTEMPTS = 5;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final byte[] WHOLE =
      RawHttp.request("POST", "/", "Content-Length: 2\r\n", new byte[2]);

  private final Server server = new Server();
  private RequestDeadline deadline;
  private final AtomicInteger opened = new AtomicInteger();
  private final List<RawHttp> clients = new ArrayList<>();
  private int port;

  private void start(Duration total) throws Exception {
    start(total, 100);
  }

  private void start(Duration total, int atOnce) throws Exception {
    deadline = new RequestDeadline(total, atOnce);
    ServerConnector connector =
        new ServerConnector(server, 1, 1, new DoorConnection.Factory(new HttpConfiguration()));
    connector.setHost("127.0.0.1");
    connector.addBean(deadline);
    // Told after it.
    connector.addBean(
        new Connection.Listener() {
          @Override
          public void onOpened(Connection connection) {
            opened.incrementAndGet();
          }
        });
    server.addConnector(connector);
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback)
              throws Exception {
            if (Request.getPathInContext(request).equals("/never")) {
              return true;
            }
            Content.Source.asByteBuffer(request);
            response.write(true, ByteBuffer.allocate(0), callback);
            return true;
          }
        });
    server.start();
    port = connector.getLocalPort();
  }

  @AfterEach
  void stop() throws Exception {
    for (RawHttp client : clients) {
      client.close();
    }
    server.stop();
  }

  @Test
  void a_request_that_drips_is_cut_off_when_its_time_is_over_and_not_before() throws Exception {
    start(DEADLINE);
    PrintStream err = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      long lasted = dripUntilCutOff();

      assertTrue(lasted >= DEADLINE.toNanos(), lasted + " ns");
      Eventually.holds(
          "the log says how many, at last " + log,
          () ->
              log.toString(StandardCharsets.UTF_8).contains("Slow clients cut off: connections=1"));
      assertFalse(
          log.toString(StandardCharsets.UTF_8).contains("connections=0"), "while all is well");
    } finally {
      System.setErr(err);
    }
  }

  @Test
  void a_connection_at_rest_is_left_alone_however_long_and_its_next_request_has_its_whole_time()
      throws Exception {
    start(DEADLINE);
    untilNothingPauses(
        () -> {
          try (RawHttp fresh = new RawHttp(port);
              RawHttp used = new RawHttp(port)) {
            assertEquals(200, used.send(WHOLE).answer().status());

            // Twice the time, in which both say nothing.
            dripUntilCutOff();
            dripUntilCutOff();

            for (RawHttp rested : new RawHttp[] {fresh, used}) {
              assertTrue(rested.isOpenAndSilent());
              long begun = System.nanoTime();
              send(rested, WHOLE, 0, WHOLE.length - 1);
              while (System.nanoTime() - begun < DEADLINE.toNanos() / 2) {
                LockSupport.parkNanos(PAUSE_NANOS);
              }
              send(rested, WHOLE, WHOLE.length - 1, WHOLE.length);
              assertEquals(200, rested.answer().status());
            }
          }
        });
  }

  @Test
  void requests_that_follow_each_other_closely_each_have_their_whole_time() throws Exception {
    start(DEADLINE);
    int half = WHOLE.length / 2;
    untilNothingPauses(
        () -> {
          try (RawHttp http = new RawHttp(port)) {
            send(http, WHOLE, 0, half);
            long begun = System.nanoTime();
            // At no moment is nothing under way.
            while (System.nanoTime() - begun < 2 * DEADLINE.toNanos()) {
              ByteArrayOutputStream next = new ByteArrayOutputStream();
              next.write(WHOLE, half, WHOLE.length - half);
              next.write(WHOLE, 0, half);
              http.send(next.toByteArray());
              assertEquals(200, http.answer().status());
              LockSupport.parkNanos(PAUSE_NANOS);
            }
          }
        });
  }

  @Test
  void a_request_is_under_way_until_its_answer_or_its_clients_end() throws Exception {
    start(NEVER_OVER);
    assertEquals(0, deadline.underWay());
    try (RawHttp answered = new RawHttp(port);
        RawHttp gone = new RawHttp(port)) {
      send(answered, WHOLE, 0, WHOLE.length - 1);
      send(gone, WHOLE, 0, WHOLE.length - 1);
      Eventually.holds("both have begun", () -> deadline.underWay() == 2);

      send(answered, WHOLE, WHOLE.length - 1, WHOLE.length);
      assertEquals(200, answered.answer().status());
      Eventually.holds("one is answered", () -> deadline.underWay() == 1);
    }
    Eventually.holds("the other's client is gone", () -> deadline.underWay() == 0);
  }

  @Test
  void an_interim_answer_is_not_the_answer() throws Exception {
    start(NEVER_OVER);
    byte[] asking =
        RawHttp.request("POST", "/", "Content-Length: 2\r\nExpect: 100-continue\r\n", new byte[0]);
    try (RawHttp http = new RawHttp(port)) {
      assertEquals(100, http.send(asking).answer().status());
      assertEquals(1, deadline.underWay(), "while the body is waited for");
      assertEquals(200, http.send(new byte[2]).answer().status());
      Eventually.holds("nothing is under way", () -> deadline.underWay() == 0);

      send(http, WHOLE, 0, WHOLE.length - 1);
      Eventually.holds("the next has begun", () -> deadline.underWay() == 1);
    }
  }

  @Test
  void a_request_that_nobody_answers_is_cut_off_too_and_under_way_no_more() throws Exception {
    start(DEADLINE);
    untilNothingPauses(
        () -> {
          try (RawHttp http = new RawHttp(port)) {
            http.send(RawHttp.request("GET", "/never", "", new byte[0]));
            while (deadline.underWay() == 0) {
              if (!http.isOpenAndSilent()) {
                throw new EOFException("closed before it was seen to have begun");
              }
            }

            assertTrue(http.isClosedByServer());
          }
        });
    Eventually.holds("it is forgotten", () -> deadline.underWay() == 0);
  }

  @Test
  void of_more_than_may_be_open_the_one_goes_that_has_rested_or_been_under_way_for_longest()
      throws Exception {
    start(NEVER_OVER, 4);
    RawHttp silent = open();
    RawHttp half = half();
    RawHttp silentToo = open();
    RawHttp halfAtFirst = half();

    RawHttp third = open();
    assertTrue(silent.isClosedByServer());
    RawHttp honest = open();
    assertEquals(200, honest.send(WHOLE).answer().status());
    assertTrue(half.isClosedByServer());
    open();
    assertTrue(silentToo.isClosedByServer());

    send(halfAtFirst, WHOLE, WHOLE.length - 1, WHOLE.length);
    assertEquals(200, halfAtFirst.answer().status());
    open();
    assertTrue(third.isClosedByServer(), "the others have begun or were answered later");
    for (RawHttp kept : List.of(honest, halfAtFirst)) {
      assertEquals(200, kept.send(WHOLE).answer().status());
    }
  }

  @Test
  void those_who_sent_nothing_go_before_an_honest_request_that_came_later() throws Exception {
    start(NEVER_OVER, 4);
    List<RawHttp> before = List.of(open(), open(), open());
    RawHttp honest = half();

    for (RawHttp silent : before) {
      open();
      assertTrue(silent.isClosedByServer());
    }

    send(honest, WHOLE, WHOLE.length - 1, WHOLE.length);
    assertEquals(200, honest.answer().status());
  }

  @Test
  void those_who_sent_half_of_it_go_before_an_honest_request_that_is_still_on_its_way()
      throws Exception {
    start(NEVER_OVER, 4);
    List<RawHttp> before = List.of(half(), half(), half());
    RawHttp honest = open();

    for (RawHttp half : before) {
      half();
      assertTrue(half.isClosedByServer());
    }

    assertEquals(200, honest.send(WHOLE).answer().status());
  }

  /** It is there when this returns. */
  private RawHttp open() throws Exception {
    int before = opened.get();
    RawHttp http = new RawHttp(port);
    clients.add(http);
    Eventually.holds("it is there", () -> opened.get() > before);
    return http;
  }

  /** Its request is under way when this returns. */
  private RawHttp half() throws Exception {
    RawHttp http = open();
    int before = deadline.underWay();
    send(http, WHOLE, 0, WHOLE.length - 1);
    Eventually.holds("it has begun", () -> deadline.underWay() == before + 1);
    return http;
  }

  @Test
  void no_thread_is_left_when_the_server_has_stopped() throws Exception {
    start(NEVER_OVER);
    Eventually.holds("those of other tests have ended", () -> watching() == 1);

    server.stop();

    Eventually.holds("it has ended", () -> watching() == 0);
  }

  private static long watching() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("request-deadline") && thread.isDaemon())
        .count();
  }

  private interface Attempt {
    void run() throws IOException;
  }

  /** A request that pauses for longer than it may last is cut off as it should be: once more. */
  private static void untilNothingPauses(Attempt attempt) throws IOException {
    for (int left = ATTEMPTS - 1; ; left--) {
      try {
        attempt.run();
        return;
      } catch (IOException cutOff) {
        if (left == 0) {
          throw cutOff;
        }
      }
    }
  }

  /** Returns how long it lasted, with the way to its first byte. */
  private long dripUntilCutOff() throws IOException {
    long begun = System.nanoTime();
    try (RawHttp http = new RawHttp(port)) {
      try {
        http.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n");
        while (http.isOpenAndSilent()) {
          http.send("x");
          LockSupport.parkNanos(PAUSE_NANOS);
        }
      } catch (SocketException cutOff) {
        // While it was sending.
      }
      return System.nanoTime() - begun;
    }
  }

  private static void send(RawHttp http, byte[] request, int from, int to) throws IOException {
    http.send(Arrays.copyOfRange(request, from, to));
  }
}
