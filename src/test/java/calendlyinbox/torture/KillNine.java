package calendlyinbox.torture;

import calendlyinbox.ServerProcess;
import java.util.List;

/**
 * SIGKILL at random moments under load, start again, and so on: what a client noted is in the
 * tables once, and every meeting is what the model says.
 */
final class KillNine implements Scenario {
  private static final int CLIENTS = 6;
  private static final int ACCOUNTS = 150;
  private static final int CHECK_EVERY = 5;

  /** A folder and a story grow; a new one is as good a beginning as an old one. */
  private static final int CYCLES_A_STORY = 25;

  @Override
  public String name() {
    return "kill -9";
  }

  @Override
  public String run(Trial trial) throws Exception {
    int cycles = trial.times(3, 300);
    int noted = 0;
    int killedInTheMiddle = 0;
    for (int from = 0; from < cycles; from += CYCLES_A_STORY) {
      Trial part =
          new Trial(
              trial.folder().resolve("from-" + from),
              trial.seed() + from,
              trial.random(),
              trial.scale());
      java.nio.file.Files.createDirectories(part.folder());
      Story story = new Story(part.seed());
      try (Ledger ledger = new Ledger(part.ledger())) {
        int here = Math.min(CYCLES_A_STORY, cycles - from);
        for (int cycle = 0; cycle < here; cycle++) {
          killedInTheMiddle += cycle(part, story, ledger) ? 1 : 0;
          if ((cycle + 1) % CHECK_EVERY == 0 || cycle + 1 == here) {
            try (ServerProcess server = part.start()) {
              part.settle(story, ledger);
              int exitCode = server.terminate();
              Trial.check(exitCode == 0, "after SIGTERM the exit code is " + exitCode);
            }
          }
        }
        noted += ledger.noted().size();
      }
    }
    return cycles
        + " cycles, "
        + killedInTheMiddle
        + " of them with requests under way, "
        + noted
        + " deliveries with a 200: each once in the tables, meetings as the model says";
  }

  private static boolean cycle(Trial trial, Story story, Ledger ledger) throws Exception {
    List<Delivery> deliveries = Story.shuffled(story.next(ACCOUNTS), trial.random());
    int killAfter = 1 + trial.random().nextInt(deliveries.size());
    try (ServerProcess server = trial.start()) {
      Clients clients = Clients.start(server.port(), deliveries, CLIENTS, ledger);
      trial.await(
          () -> clients.noted() >= killAfter || clients.areDone(),
          () -> "clients were not answered: " + clients);
      server.kill();
      clients.join();
      String other = clients.otherThan200();
      Trial.check(other.isEmpty(), other);
      return clients.brokenOff() > 0;
    }
  }
}
