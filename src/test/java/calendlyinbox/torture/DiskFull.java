package calendlyinbox.torture;

import calendlyinbox.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The data folder on a small disk of its own, which is filled: 503 while it is full and never a
 * false 200, health says so, and it goes on by itself when there is room again.
 */
final class DiskFull implements Scenario {
  private static final int CLIENTS = 4;

  @Override
  public String name() {
    return "disk full";
  }

  @Override
  public String run(Trial trial) throws Exception {
    if (!Trial.isRoot()) {
      throw new LeftOut(
          "a disk can be mounted by root only; the file layer with a quota tries it in the test suite");
    }
    Files.createDirectories(trial.data());
    try {
      Trial.run(
          "mount", "-t", "tmpfs", "-o", "size=24m,mode=700", "tmpfs", trial.data().toString());
    } catch (IOException refused) {
      throw new LeftOut("this machine does not let a disk be mounted: " + refused.getMessage());
    }
    try {
      return full(trial);
    } finally {
      Trial.run("umount", "--lazy", trial.data().toString());
    }
  }

  private static String full(Trial trial) throws Exception {
    Story story = new Story(trial.seed());
    Path ballast = trial.data().resolve("ballast");
    int times = trial.times(1, 10);
    int refused = 0;
    try (Ledger ledger = new Ledger(trial.ledger());
        ServerProcess server = trial.start()) {
      post(server, story, ledger, 40);
      for (int i = 0; i < times; i++) {
        fill(ballast);
        Clients clients =
            Clients.all(
                server.port(), story.next(40 + trial.random().nextInt(100)), CLIENTS, ledger);
        int refusedNow = clients.statuses().getOrDefault(503, 0);
        int taken = clients.statuses().getOrDefault(200, 0);
        Trial.check(
            clients.statuses().size() == (taken > 0 ? 2 : 1) && refusedNow > 0,
            "on a full disk: " + clients.statuses() + ", wanted 503, or 200 for what still fitted");
        Trial.check(
            Trial.health(server).status() == 503,
            "on a full disk /health says " + Trial.health(server));
        trial.awaitHealth(server, "disk", "low");
        refused += refusedNow;
        Files.delete(ballast);
        trial.await(
            () -> post(server, story, ledger, 1) == 200,
            () -> "with room again no delivery is taken: " + Trial.health(server));
        trial.settle(story, ledger);
      }
      Trial.check(server.terminate() == 0, "the exit code is not 0");
      return times
          + " times full, "
          + refused
          + " deliveries refused with 503, "
          + ledger.noted().size()
          + " with a 200: all there, without a restart";
    }
  }

  private static int post(ServerProcess server, Story story, Ledger ledger, int accounts)
      throws Exception {
    Clients clients = Clients.all(server.port(), story.next(accounts), CLIENTS, ledger);
    return clients.otherThan200().isEmpty() ? 200 : 503;
  }

  private static void fill(Path ballast) throws IOException {
    byte[] zeros = new byte[4096];
    try (var out =
        Files.newOutputStream(ballast, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      while (true) {
        out.write(zeros);
      }
    } catch (IOException full) {
      // As wanted. What is left of the last page goes too.
      byte[] one = {0};
      try (var out = Files.newOutputStream(ballast, StandardOpenOption.APPEND)) {
        for (int i = 0; i < zeros.length; i++) {
          out.write(one);
        }
      } catch (IOException quiteFull) {
        return;
      }
    }
  }

  /** The same by a limit on the size of a file, which the kernel answers with EFBIG. */
  static final class FileLimit implements Scenario {
    @Override
    public String name() {
      return "ulimit -f";
    }

    @Override
    public String run(Trial trial) throws Exception {
      Story story = new Story(trial.seed());
      Files.createDirectories(trial.data());
      // In blocks of 1024 bytes. Java ignores the signal that comes with it.
      List<String> limited =
          List.of("bash", "-c", "trap '' XFSZ; ulimit -f 1500; exec \"$@\"", "limited");
      int refused;
      try (Ledger ledger = new Ledger(trial.ledger())) {
        try (ServerProcess server = trial.startUnder(limited)) {
          Clients clients =
              Clients.all(server.port(), story.next(trial.times(250, 2000)), CLIENTS, ledger);
          refused = clients.statuses().getOrDefault(503, 0);
          Trial.check(
              clients.statuses().keySet().stream()
                  .allMatch(status -> status == 200 || status == 503),
              "with files of 1.5 MB at most: " + clients.statuses());
          Trial.check(
              refused > 0, "nothing was refused, so the limit was not met: " + clients.statuses());
          Trial.check(
              Trial.health(server).status() == 503,
              "at the limit /health says " + Trial.health(server));
          server.terminate();
        }
        try (ServerProcess server = trial.start()) {
          trial.settle(story, ledger);
        }
        return refused
            + " deliveries refused with 503, "
            + ledger.noted().size()
            + " with a 200: all there after a start without the limit";
      }
    }
  }
}
