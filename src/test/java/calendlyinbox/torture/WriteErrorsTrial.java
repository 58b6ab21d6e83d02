package calendlyinbox.torture;

import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.ServerProcess;
import calendlyinbox.journal.BadDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Writes and syncs that fail: in the real process by a limit on the size of its files (EFBIG, after
 * part of a line) and by a kernel call made to fail (EIO), in the file layer at every step. 503 and
 * never a false 200, health says so, and it goes on by itself.
 */
final class WriteErrorsTrial implements Trial {
  /** Less than a line: a part of it is written, then nothing. */
  private static final int LIMIT_BYTES = 512;

  @Override
  public String name() {
    return "errors";
  }

  @Override
  public String what() {
    return "writes and syncs that fail: file size limit, EIO, file layer";
  }

  @Override
  public String run(Ground ground) throws Exception {
    List<String> tried = new ArrayList<>();
    int rounds = ground.size().times(20, 50, 5000);
    BadDisk.Tally tally = BadDisk.tries(ground.folder().resolve("layer"), ground.seed(), rounds);
    tried.add(
        String.format(
            "file layer: %d lives, %d faults, %d refused, %d taken and all read back",
            rounds, tally.faults(), tally.refused(), tally.taken()));
    int times = ground.size().times(1, 1, 30);
    Story story = new Story(ground.seed());
    try (Ledger ledger = ground.ledger();
        ServerProcess server = ground.start()) {
      Clients.all(server.port(), story.next(20), ledger).assertAll200();
      int refused = 0;
      if (Programs.isThere("prlimit")) {
        for (int i = 0; i < times; i++) {
          refused += whileFilesAreLimited(ground, server, story, ledger);
        }
        tried.add("file size limit: " + refused + " times 503");
      } else {
        tried.add("file size limit LEFT OUT: prlimit is not here");
      }
      if (Programs.isThere("strace") && Programs.areRoots()) {
        refused = 0;
        for (int i = 0; i < times; i++) {
          refused += whileSyncsFail(ground, server, story, ledger);
        }
        tried.add("EIO by strace: " + refused + " times 503");
      } else {
        tried.add("EIO by strace LEFT OUT: strace and root are needed");
      }
      Ground.stop(server);
      tried.add(ledger.size() + " deliveries with a 200, all there, no restart");
    }
    tried.forEach(line -> ground.figures("%s", line));
    return String.join("; ", tried);
  }

  /** As {@code ulimit -f} does, put on and taken off while it runs. */
  private static int whileFilesAreLimited(
      Ground ground, ServerProcess server, Story story, Ledger ledger) throws Exception {
    limit(server, LIMIT_BYTES + ":");
    int refused = refused(ground, server, story, ledger);
    limit(server, "unlimited:");
    assertGoesOn(ground, server, story, ledger);
    return refused;
  }

  private static void limit(ServerProcess server, String softAndHard) throws Exception {
    Programs.run("prlimit", "--pid", "" + server.pid(), "--fsize=" + softAndHard);
  }

  private static int whileSyncsFail(Ground ground, ServerProcess server, Story story, Ledger ledger)
      throws Exception {
    Process strace =
        new ProcessBuilder(
                ("strace -f -p "
                        + server.pid()
                        + " -e trace=fsync,fdatasync -e inject=fsync,fdatasync:error=EIO -o "
                        + ground.folder().resolve("injected"))
                    .split(" "))
            .redirectErrorStream(true)
            .redirectOutput(ground.folder().resolve("strace.log").toFile())
            .start();
    int refused;
    try {
      ground.awaitHealth(server, "journal", "unwritable");
      refused = refused(ground, server, story, ledger);
    } finally {
      strace.toHandle().destroy();
      strace.waitFor(1, TimeUnit.MINUTES);
    }
    assertGoesOn(ground, server, story, ledger);
    return refused;
  }

  private static int refused(Ground ground, ServerProcess server, Story story, Ledger ledger)
      throws Exception {
    Clients clients =
        Clients.all(server.port(), Story.shuffled(story.next(20), ground.random()), ledger);
    DiskFullTrial.assertOnly503And200(clients);
    assertTrue(
        clients.noted() == 0 && clients.statuses().getOrDefault(503, 0) > 0,
        "where nothing can be written: " + clients);
    ground.awaitHealth(server, "journal", "unwritable");
    return clients.statuses().get(503);
  }

  private static void assertGoesOn(Ground ground, ServerProcess server, Story story, Ledger ledger)
      throws Exception {
    ground.awaitHealth(server, "journal", "ok");
    Clients.all(server.port(), story.next(20), ledger).assertAll200();
    ground.assertSettled(story, ledger);
    ground.awaitHealth(server, "database", "ok");
  }
}
