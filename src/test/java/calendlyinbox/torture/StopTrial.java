package calendlyinbox.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.ServerProcess;
import calendlyinbox.delivery.Door;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
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
    int times = ground.size().times(2, 3, 100);
    int noted = 0;
    long longest = 0;
    long shortest = Long.MAX_VALUE;
    int cutOff = 0;
    for (int done = 0; done < times; done += CHECK_EVERY) {
      Ground part = ground.part("from-" + done);
      Story story = new Story(part.seed());
      try (Ledger ledger = part.ledger()) {
        for (int i = done; i < Math.min(times, done + CHECK_EVERY); i++) {
          List<Delivery> deliveries = Story.shuffled(story.next(ACCOUNTS), part.random());
          boolean isSlow = i == done && part.size() != Size.SUITE;
          try (ServerProcess server = part.start();
              Closeable slow = isSlow ? halfSent(server.port()) : () -> {}) {
            Clients clients = Clients.start(server.port(), deliveries, ledger);
            int after = 1 + part.random().nextInt(deliveries.size() / 2);
            part.await(after + " answers, there are " + clients, () -> clients.noted() >= after);
            long began = System.nanoTime();
            Ground.stop(server);
            long millis = (System.nanoTime() - began) / 1_000_000;
            clients.join();
            assertEquals(Set.of(200), clients.statuses().keySet(), "statuses while it stopped");
            if (part.size() != Size.SUITE) {
              assertTrue(millis < WITHIN.toMillis(), "it took " + millis + " ms to stop");
            }
            longest = Math.max(longest, millis);
            shortest = Math.min(shortest, millis);
            cutOff += clients.brokenOff();
          }
        }
        try (ServerProcess server = part.start()) {
          part.assertSettled(story, ledger);
          Ground.stop(server);
        }
        part.figures(
            "%d stops: %d with a 200, all there",
            Math.min(times, done + CHECK_EVERY), ledger.size());
        noted += ledger.size();
      }
    }
    // Beside the other tests any of them may take longer.
    assertTrue(shortest < WITHIN.toMillis(), "it took " + shortest + " ms at least to stop");
    return String.format(
        "%d stops: %d deliveries with a 200, all there, no other status, %d connections closed unanswered; exit 0 within %d ms",
        times, noted, cutOff, longest);
  }

  /** A client that begins a request and never ends it: it must not hold up the stop for long. */
  private static Socket halfSent(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port);
    String half =
        "POST " + Door.WEBHOOK_PATH + " HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{";
    socket.getOutputStream().write(half.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }
}
