package calendlyinbox;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full queue is a normal day. */
class BurstTest {
  private static final int BURST = 3000;

  @TempDir Path folder;

  @Test
  void a_burst_of_thousands_at_a_queue_of_ten_is_all_answered_200_and_all_arrives()
      throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(16);
    try (RunningReceiver receiver =
        RunningReceiver.start(folder, Map.of("QUEUE_CAPACITY", "10", "WORKERS", "1"))) {
      List<Callable<Integer>> posts = new ArrayList<>();
      for (int i = 0; i < BURST; i++) {
        String name = "burst-" + i;
        posts.add(() -> receiver.post(Deliveries.booking(name, name)));
      }

      for (Future<Integer> answer : clients.invokeAll(posts)) {
        assertEquals(200, answer.get());
      }

      receiver.awaitEvents(BURST);
      receiver.awaitRows("SELECT count(*) FROM bookings", Integer.toString(BURST));
    } finally {
      clients.shutdownNow();
    }
  }
}
