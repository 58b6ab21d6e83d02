package calendlyinbox.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Ten times what it can bring into the tables, at planned moments whatever it answers, while
 * another program holds the database: answers go on, memory stays flat, the backlog drains.
 */
final class OverloadTrial implements Trial {
  private static final int TIMES_TOO_MUCH = 10;
  private static final int ACCOUNTS = 400;
  private static final double P99_MILLIS = 100;

  /** Between two looks at memory: what a collector did not come to yet, and not what grows. */
  private static final double FLAT = 1.25;

  @Override
  public String name() {
    return "overload";
  }

  @Override
  public String what() {
    return "10 times the rate it can apply, with the database locked";
  }

  @Override
  public boolean isTimed() {
    return true;
  }

  @Override
  public String run(Ground ground) throws Exception {
    int seconds = ground.size().times(2, 4, 60);
    Story story = new Story(ground.seed());
    List<Delivery> deliveries = story.next(ACCOUNTS);
    try (Ledger ledger = ground.ledger();
        ServerProcess server = ground.start()) {
      // Classes are loaded and code is compiled by then, or the rate would be that of a start.
      Clients.all(server.port(), story.next(ACCOUNTS), ledger).assertAll200();
      ground.assertSettled(story, ledger);
      long began = System.nanoTime();
      Clients.all(server.port(), deliveries, ledger).assertAll200();
      ground.assertSettled(story, ledger);
      double sustained = deliveries.size() / ((System.nanoTime() - began) / 1e9);
      Flood flood = new Flood(server.port(), deliveries, TIMES_TOO_MUCH * sustained);
      List<Long> resident = new ArrayList<>();
      try (Ground.Lock lock = new Ground.Lock(ground.database())) {
        flood.start();
        for (int i = 0; i < seconds; i++) {
          Thread.sleep(1000);
          resident.add(residentMiB(server));
        }
        flood.stop();
      }
      began = System.nanoTime();
      ground.assertSettled(story, ledger);
      double drained = (System.nanoTime() - began) / 1e9;
      Ground.stop(server);
      String figures =
          String.format(
              "sustained %.0f/s, offered %.0f/s for %d s: %d with a 200 at p99 %.1f ms, %d with 503, %d not sent; %s MiB resident; drained in %.1f s",
              sustained,
              TIMES_TOO_MUCH * sustained,
              seconds,
              flood.taken().size(),
              Quantile.millis(flood.taken(), 0.99),
              flood.refused(),
              flood.notSent(),
              ends(resident),
              drained);
      ground.figures("resident MiB, second by second: %s", resident);
      assertEquals(Set.of(), flood.otherStatuses(), "statuses other than 200 and 503: " + figures);
      assertFlat(resident, figures);
      if (ground.size() == Size.LONG) {
        // A shorter one, or one beside other work, measures that work.
        double p99 = Quantile.millis(flood.taken(), 0.99);
        assertTrue(p99 < P99_MILLIS, figures);
      }
      return figures;
    }
  }

  /** The second half against the first: in the first it may still grow to its usual size. */
  private static void assertFlat(List<Long> resident, String figures) {
    int half = resident.size() / 2;
    long before = Collections.max(resident.subList(0, half + 1));
    long after = Collections.max(resident.subList(half, resident.size()));
    assertTrue(after <= before * FLAT, "memory grows: " + figures + " " + resident);
  }

  private static String ends(List<Long> resident) {
    return new TreeSet<>(resident).first() + " to " + new TreeSet<>(resident).last();
  }

  private static long residentMiB(ServerProcess server) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + server.pid() + "/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
      }
    }
    throw new IOException("the system does not tell how much memory a process has");
  }
}
