package calendlyinbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Promise 2, with a real process and a real kill -9. */
class KillTest {
  private static final long SEED = 20261123;
  private static final int KILLS = 4;
  private static final int CLIENTS = 4;

  @TempDir Path folder;

  @Test
  void nothing_that_got_a_200_is_missing_or_twice_after_kill_9_in_the_middle_of_load()
      throws Exception {
    Random random = new Random(SEED);
    Set<String> acknowledged = new ConcurrentSkipListSet<>();
    Set<String> sent = new ConcurrentSkipListSet<>();
    AtomicInteger number = new AtomicInteger();
    for (int round = 0; round < KILLS; round++) {
      ServerProcess server = ServerProcess.start(folder, Map.of());
      List<Thread> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        Thread client = new Thread(() -> sendUntilKilled(server, number, sent, acknowledged));
        client.start();
        clients.add(client);
      }
      int atLeast = acknowledged.size() + 50 + random.nextInt(500);
      Eventually.holds("acknowledged " + atLeast, () -> acknowledged.size() >= atLeast);
      server.kill();
      for (Thread client : clients) {
        client.join();
      }
    }

    try (ServerProcess server = ServerProcess.start(folder, Map.of())) {
      Path database = folder.resolve("calendly.db");
      Eventually.holds(
          "all that was acknowledged is in the tables",
          () ->
              new TreeSet<>(RunningReceiver.rows(database, "SELECT uri FROM invitees"))
                  .containsAll(acknowledged));
      assertEquals(0, server.terminate());

      List<String> events =
          RunningReceiver.rows(database, "SELECT event_id FROM calendly_webhook_events");
      assertEquals(events.size(), Set.copyOf(events).size(), "an event is there twice");
      assertTrue(sent.containsAll(events), "an event is there that nobody sent");
      assertEquals(
          List.of("processed|" + events.size()),
          RunningReceiver.rows(
              database, "SELECT status, count(*) FROM calendly_webhook_events GROUP BY status"));
      assertEquals(
          List.of(Integer.toString(events.size())),
          RunningReceiver.rows(database, "SELECT count(*) FROM bookings"));
    }
  }

  private static void sendUntilKilled(
      ServerProcess server, AtomicInteger number, Set<String> sent, Set<String> acknowledged) {
    while (true) {
      String name = "kill-" + number.incrementAndGet();
      String uri = Deliveries.inviteeUri(name, name);
      sent.add(uri);
      try {
        if (server.post(Deliveries.booking(name, name).body()) == 200) {
          acknowledged.add(uri);
        }
      } catch (IOException | InterruptedException killed) {
        return;
      }
    }
  }
}
