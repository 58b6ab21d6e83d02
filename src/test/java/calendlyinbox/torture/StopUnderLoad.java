package calendlyinbox.torture;

import calendlyinbox.ServerProcess;
import java.time.Duration;
import java.util.List;

/** SIGTERM under load: no request that was begun is refused, nothing is missing, exit 0 in time. */
final class StopUnderLoad implements Scenario {
  private static final Duration WITHIN = Duration.ofSeconds(12);
  private static final int CLIENTS = 6;
  private static final int ACCOUNTS = 200;
  private static final int CHECK_EVERY = 10;

  @Override
  public String name() {
    return "SIGTERM";
  }

  @Override
  public String run(Trial trial) throws Exception {
    int times = trial.times(3, 100);
    Duration longest = Duration.ZERO;
    Story story = new Story(trial.seed());
    try (Ledger ledger = new Ledger(trial.ledger())) {
      for (int i = 0; i < times; i++) {
        Duration took = stop(trial, story, ledger);
        longest = took.compareTo(longest) > 0 ? took : longest;
        if ((i + 1) % CHECK_EVERY == 0 || i + 1 == times) {
          try (ServerProcess server = trial.start()) {
            trial.settle(story, ledger);
          }
        }
      }
      return times
          + " times under load, "
          + ledger.noted().size()
          + " deliveries with a 200, none refused, exit 0 after "
          + longest.toMillis()
          + " ms at most";
    }
  }

  private static Duration stop(Trial trial, Story story, Ledger ledger) throws Exception {
    List<Delivery> deliveries = Story.shuffled(story.next(ACCOUNTS), trial.random());
    int stopAfter = 1 + trial.random().nextInt(deliveries.size() / 2);
    try (ServerProcess server = trial.start()) {
      Clients clients = Clients.start(server.port(), deliveries, CLIENTS, ledger);
      trial.await(
          () -> clients.noted() >= stopAfter || clients.areDone(),
          () -> "clients were not answered: " + clients);
      long began = System.nanoTime();
      int exitCode = server.terminate();
      Duration took = Duration.ofNanos(System.nanoTime() - began);
      clients.join();
      Trial.check(exitCode == 0, "the exit code is " + exitCode + ", wanted 0");
      Trial.check(took.compareTo(WITHIN) < 0, "it took " + took + ", wanted less than " + WITHIN);
      Trial.check(clients.otherThan200().isEmpty(), clients.otherThan200());
      return took;
    }
  }
}
