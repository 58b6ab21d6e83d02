package calendlyinbox.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Deliveries;
import calendlyinbox.Eventually;
import calendlyinbox.RunningReceiver;
import calendlyinbox.journal.Journal;
import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DoorStopTest {
  private static final int CLIENTS = 4;
  private static final int BEFORE_THE_STOP = 1000;

  /** Between two requests of any clients: half as long as must be quiet before the door closes. */
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  @TempDir Path folder;

  private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
  private final Queue<String> troubles = new ConcurrentLinkedQueue<>();
  private final AtomicLong lastRequest = new AtomicLong();
  private final AtomicLong longestPause = new AtomicLong();

  @Test
  void a_stop_under_load_answers_what_was_begun_and_keeps_what_was_acknowledged() throws Exception {
    RunningReceiver receiver = RunningReceiver.start(folder);
    int port = receiver.port();
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    for (int i = 0; i < CLIENTS; i++) {
      String name = "client-" + i + "-";
      clients.execute(() -> deliverUntilRefused(port, name));
    }
    Eventually.holds("load is on", () -> acknowledged.size() >= BEFORE_THE_STOP);

    longestPause.set(0);
    receiver.close();

    clients.shutdown();
    assertEquals(true, clients.awaitTermination(5, TimeUnit.MINUTES), "clients saw the end");
    assertEquals(List.of(), List.copyOf(troubles));
    receiver.startAgain();
    try (receiver) {
      Eventually.holds(
          "all " + acknowledged.size() + " acknowledged ones are there",
          () -> {
            Set<String> there = new HashSet<>(receiver.rows("SELECT email FROM invitees"));
            return there.containsAll(acknowledged);
          });
    }
  }

  @Test
  void a_delivery_whose_body_is_half_sent_when_the_stop_begins_is_taken() throws Exception {
    RunningReceiver receiver = RunningReceiver.start(folder);
    int port = receiver.port();
    byte[] body = Deliveries.booking("stop", "ada").body();
    byte[] request = RawHttp.delivery(body);
    int half = request.length - body.length / 2;
    ExecutorService stopping = Executors.newSingleThreadExecutor();
    try (RawHttp http = new RawHttp(port);
        RawHttp another = new RawHttp(port)) {
      http.send(Arrays.copyOf(request, half - 1));
      // Answered by the same selector: when this is through, the half body has been read.
      receiver.get("/ready");
      http.send(Arrays.copyOfRange(request, half - 1, half));

      Future<?> stop = stopping.submit(receiver::close);
      Eventually.holds("the door tells that it closes", () -> isTold(another));
      assertThrows(ConnectException.class, () -> new RawHttp(port).close());
      http.send(Arrays.copyOfRange(request, half, request.length));

      RawHttp.Answer answer = http.answer();
      assertEquals("200 {\"received\":true}", answer.status() + " " + answer.body());
      assertEquals("close", answer.header("Connection"));
      stop.get(30, TimeUnit.SECONDS);
    } finally {
      stopping.shutdownNow();
    }
    assertThrows(ConnectException.class, () -> new RawHttp(port).close());
    receiver.startAgain();
    try (receiver) {
      receiver.awaitRows("SELECT name FROM invitees", "Name of ada");
    }
  }

  @Test
  void a_request_that_no_thread_of_the_door_got_to_read_is_answered_before_the_door_closes()
      throws Exception {
    AtomicReference<Server> server = new AtomicReference<>();
    CountDownLatch reads = new CountDownLatch(1);
    CountDownLatch syncs = new CountDownLatch(1);
    ExecutorService stopping = Executors.newSingleThreadExecutor();
    LiveKeys keys = new LiveKeys(List.of(RunningReceiver.KEY), Optional.empty(), folder);
    try (Journal journal = Journal.open(folder, Clock.systemUTC());
        Door door =
            Door.open(
                new Door.Settings("127.0.0.1", 0, 10_000),
                new SignatureVerifier(keys, Duration.ofMinutes(3)),
                journal,
                Clock.systemUTC(),
                Answers.NOBODY,
                others -> others.jetty.modifyServer(server::set));
        RawHttp http = new RawHttp(door.port());
        // Closed first: a door whose thread is held up does not close.
        Closeable held = () -> letGo(reads, syncs)) {
      int port = door.port();
      http.send(RawHttp.delivery(Deliveries.booking("stop", "ada").body()));
      assertEquals(200, http.answer().status());
      // Its thread looks once more for a request by itself, without the one that is held up.
      Eventually.holds("the connection waits to be read", () -> isAtRest(server.get()));

      journal.onSync(nanos -> await(syncs));
      CountDownLatch waits = new CountDownLatch(1);
      selectorOf(server.get())
          .submit(
              selector -> {
                waits.countDown();
                await(reads);
              });
      assertTrue(waits.await(1, TimeUnit.MINUTES), "the thread that reads is held up");
      http.send(RawHttp.delivery(Deliveries.booking("stop", "bob").body()));
      Future<?> stop = stopping.submit(door::close);
      Eventually.holds("the door takes no new ones", () -> isRefused(port));
      // Many times as long as must be quiet.
      assertThrows(TimeoutException.class, () -> stop.get(1, TimeUnit.SECONDS));
      reads.countDown();
      assertThrows(TimeoutException.class, () -> stop.get(1, TimeUnit.SECONDS));
      syncs.countDown();
      RawHttp.Answer answer = http.answer();
      assertEquals("200 {\"received\":true}", answer.status() + " " + answer.body());
      assertEquals("close", answer.header("Connection"));
      stop.get(1, TimeUnit.MINUTES);
    } finally {
      stopping.shutdownNow();
    }
  }

  private static void letGo(CountDownLatch... latches) {
    Stream.of(latches).forEach(CountDownLatch::countDown);
  }

  private static boolean isAtRest(Server server) {
    return server.getConnectors()[0].getConnectedEndPoints().stream()
        .allMatch(one -> ((AbstractEndPoint) one).isFillInterested());
  }

  private static ManagedSelector selectorOf(Server server) {
    ServerConnector connector = (ServerConnector) server.getConnectors()[0];
    return connector.getSelectorManager().getBean(ManagedSelector.class);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Keeps its connection, as long as it may: a refused new one is the end. */
  private void deliverUntilRefused(int port, String name) {
    int count = 0;
    while (true) {
      boolean kept = false;
      try (RawHttp http = new RawHttp(port)) {
        boolean told = false;
        while (!told) {
          String invitee = name + count++;
          byte[] request = RawHttp.delivery(Deliveries.booking("stop", invitee).body());
          notePause();
          http.send(request);
          RawHttp.Answer answer = http.answer();
          if (answer.status() == 200) {
            acknowledged.add(invitee + "@example.com");
          } else {
            troubles.add(answer.status() + " to " + invitee);
          }
          kept = true;
          told = answer.header("Connection").equals("close");
        }
      } catch (IOException e) {
        // Where all of them were not let run for so long, they may have been taken for gone.
        if (kept && longestPause.get() < PAUSE_NANOS) {
          troubles.add("no answer to a request on a kept connection: " + e);
        }
        return;
      }
    }
  }

  /** In which none of them began a request. */
  private void notePause() {
    long now = System.nanoTime();
    longestPause.accumulateAndGet(now - lastRequest.getAndSet(now), Math::max);
  }

  private static boolean isTold(RawHttp kept) throws IOException {
    kept.send(RawHttp.request("GET", "/ready", "", new byte[0]));
    return kept.answer().header("Connection").equals("close");
  }

  private static boolean isRefused(int port) throws IOException {
    try (RawHttp another = new RawHttp(port)) {
      return false;
    } catch (ConnectException refused) {
      return true;
    } catch (SocketException reset) {
      // Dropped with the listening socket at this very moment.
      return false;
    }
  }
}
