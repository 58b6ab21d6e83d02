package calendlyinbox.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import calendlyinbox.ServerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The data folder on a small disk of its own that is filled to the last byte: 503 and never a false
 * 200, health says so, and it goes on by itself when there is room again.
 */
final class DiskFullTrial implements Trial {
  /** More than what health counts as low, by what the tables of the long form take. */
  private static final int MEBIBYTES = 320;

  @Override
  public String name() {
    return "disk";
  }

  @Override
  public String what() {
    return "a disk that is full under load, and has room again";
  }

  @Override
  public String run(Ground ground) throws Exception {
    Path data = Files.createDirectories(ground.data());
    try (SmallDisk disk =
        SmallDisk.on(data, MEBIBYTES, "the trial errors has a full one in the file layer")) {
      return onSmallDisk(ground, disk);
    }
  }

  private static String onSmallDisk(Ground ground, SmallDisk disk) throws Exception {
    Story story = new Story(ground.seed());
    int times = ground.size().times(1, 2, 50);
    int refused = 0;
    try (Ledger ledger = ground.ledger();
        ServerProcess server = ground.start()) {
      Clients.all(server.port(), story.next(20), ledger).assertAll200();
      ground.awaitHealth(server, "disk", "ok");
      for (int i = 0; i < times; i++) {
        // Under load, at whatever step it strikes.
        Clients clients = Clients.start(server.port(), more(ground, story), ledger);
        int after = ledger.size() + ground.random().nextInt(50);
        ground.await("load is on: " + clients, () -> ledger.size() >= after || clients.areDone());
        disk.fill();
        clients.join();
        // What still fits into the last page of a file is rightly taken.
        assertOnly503And200(clients);
        AtomicInteger refusedNow = new AtomicInteger();
        // The server may have let go of a file since, and have room again: that is filled too.
        ground.await(
            "a full disk refuses, and is named in /health",
            () -> {
              disk.fill();
              Clients full = Clients.all(server.port(), more(ground, story), ledger);
              assertOnly503And200(full);
              refusedNow.addAndGet(full.statuses().getOrDefault(503, 0));
              return refusedNow.get() > 0
                  && Ground.health(server).body().contains("\"journal\":\"full\"");
            });
        ground.awaitHealth(server, "disk", "low");
        refused += refusedNow.get() + clients.statuses().getOrDefault(503, 0);

        disk.makeRoom();
        ground.awaitHealth(server, "journal", "ok");
        Clients.all(server.port(), more(ground, story), ledger).assertAll200();
        ground.assertSettled(story, ledger);
        ground.awaitHealth(server, "database", "ok");
        ground.figures("full %d times: %d times 503, %d with a 200", i + 1, refused, ledger.size());
      }
      Ground.stop(server);
      return String.format(
          "%d times full: %d times 503, %d deliveries with a 200, all there, no restart",
          times, refused, ledger.size());
    }
  }

  private static List<Delivery> more(Ground ground, Story story) {
    return Story.shuffled(story.next(30 + ground.random().nextInt(30)), ground.random());
  }

  static void assertOnly503And200(Clients clients) {
    Set<Integer> others = new TreeSet<>(clients.statuses().keySet());
    others.removeAll(Set.of(200, 503));
    assertEquals(Set.of(), others, "statuses other than 200 and 503: " + clients);
    assertEquals(0, clients.brokenOff(), "requests without an answer");
  }
}
