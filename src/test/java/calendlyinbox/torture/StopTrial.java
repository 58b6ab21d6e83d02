package calendlyinbox.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.ServerProcess;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** SIGTERM under load: what was begun is answered, and well; nothing acknowledged is missing. */
final class StopTrial implements Trial {
  private static final Duration WITHIN = Duration.ofSeconds(12);
  private static final int ACCOUNTS = 150;
  private static final int CHECK_EVERY = 10;

  @Override
  public String name() {
    return "stop";
  }

  @Override
  public String what() {
    return "SIGTERM under load";
  }

  @Override
  public String run(Ground ground) throws Exception {
    int times = ground.size().times(3, 8, 100);
    int noted = 0;
    long longest = 0;
    int cutOff = 0;
    for (int done = 0; done < times; done += CHECK_EVERY) {
      Ground part = ground.part("from-" + done);
      Story story = new Story(part.seed());
      try (Ledger ledger = part.ledger()) {
        for (int i = done; i < Math.min(times, done + CHECK_EVERY); i++) {
          List<Delivery> deliveries = Story.shuffled(story.next(ACCOUNTS), part.random());
          try (ServerProcess server = part.start()) {
            Clients clients = Clients.start(server.port(), deliveries, ledger);
            int after = 1 + part.random().nextInt(deliveries.size() / 2);
            part.await(after + " answers, there are " + clients, () -> clients.noted() >= after);
            long began = System.nanoTime();
            Ground.stop(server);
            long millis = (System.nanoTime() - began) / 1_000_000;
            clients.join();
            assertEquals(Set.of(200), clients.statuses().keySet(), "statuses while it stopped");
            assertTrue(millis < WITHIN.toMillis(), "it took " + millis + " ms to stop");
            longest = Math.max(longest, millis);
            cutOff += clients.brokenOff();
          }
        }
        try (ServerProcess server = part.start()) {
          part.assertSettled(story, ledger);
          Ground.stop(server);
        }
        part.figures("%d stops: %d with a 200, all there", done + CHECK_EVERY, ledger.size());
        noted += ledger.size();
      }
    }
    return String.format(
        "%d stops: %d deliveries with a 200, all there, no other status, %d connections closed unanswered; exit 0 within %d ms",
        times, noted, cutOff, longest);
  }
}
