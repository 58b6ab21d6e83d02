package calendlyinbox.torture;

import calendlyinbox.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./run.sh torture}: everything that may make the server break its promise. */
@Command(
    name = "./run.sh torture",
    mixinStandardHelpOptions = true,
    header = "Tries to make the server lose a delivery, and ends with 1 if it does.")
public final class Torture implements Callable<Integer> {
  @Option(names = "--long", description = "Hundreds of cycles: an hour or so.")
  private boolean longForm;

  @Option(names = "--seed", description = "Tries what was tried with this seed before.")
  private long seed = Instant.now().getEpochSecond();

  @Option(names = "--only", description = "Only the scenarios of these names.", split = ",")
  private List<String> only = List.of();

  @Option(names = "--quick", hidden = true, description = "As short as in the test suite.")
  private boolean quick;

  /** The outcome of one scenario, for the table. */
  record Outcome(String name, String result, String words) {}

  public static void main(String[] args) {
    System.exit(new CommandLine(new Torture()).execute(args));
  }

  static List<Scenario> scenarios() {
    return List.of(
        new KillNine(),
        new SyncBeforeAnswer(),
        new Suite(
            "power loss",
            "every prefix of what was synced, torn at every byte of the rest; write errors of all kinds",
            Map.of(),
            "",
            "calendlyinbox.journal.JournalPowerLossTest",
            "calendlyinbox.journal.JournalFaultsTest"),
        new DiskFull(),
        new DiskFull.FileLimit(),
        new DatabaseAway(),
        new BitFlips(),
        new BitFlips.Repair(),
        new ClockJumps(),
        new Suite(
            "order",
            "random histories in 6 orders with repeats, against the model",
            Map.of("histories", 1000),
            "histories.seed",
            "calendlyinbox.meetings.HistoriesTest"),
        new Suite(
            "drops and sync",
            "a third of all deliveries lost, then sync",
            Map.of(),
            "",
            "calendlyinbox.sync.DroppedDeliveriesTest"),
        new Overload(),
        new StopUnderLoad());
  }

  @Override
  public Integer call() throws IOException {
    System.out.println(
        "seed "
            + seed
            + ", "
            + Machine.words()
            + ", "
            + Instant.now().truncatedTo(ChronoUnit.SECONDS)
            + ", "
            + System.getProperty(ServerProcess.JAR, "classes"));
    int scale = quick ? 1 : longForm ? 3 : 2;
    List<Outcome> outcomes = new ArrayList<>();
    for (Scenario scenario : scenarios()) {
      if (only.isEmpty() || only.contains(scenario.name())) {
        long began = System.nanoTime();
        Outcome outcome = outcome(scenario, seed, scale);
        outcomes.add(outcome);
        System.out.printf(
            "%-17s %-8s %3d s  %s%n",
            outcome.name(),
            outcome.result(),
            (System.nanoTime() - began) / 1_000_000_000,
            outcome.words());
      }
    }
    System.out.println();
    System.out.println("| Scenario | Result | Tried |");
    System.out.println("|---|---|---|");
    outcomes.forEach(
        one ->
            System.out.println(
                "| " + one.name() + " | " + one.result() + " | " + first(one.words()) + " |"));
    boolean broken = outcomes.stream().anyMatch(one -> one.result().equals("BROKEN"));
    System.out.println(
        broken
            ? "\nA promise is BROKEN. Again: ./run.sh torture --seed " + seed
            : "\nEvery promise held.");
    return broken || outcomes.isEmpty() ? 1 : 0;
  }

  private static String first(String words) {
    return words.lines().findFirst().orElse("");
  }

  /** Runs a scenario in a folder of its own. */
  static Outcome outcome(Scenario scenario, long seed, int scale) throws IOException {
    Path folder = Files.createTempDirectory("torture");
    Trial trial = new Trial(folder, seed, new Random(seed), scale);
    try {
      return new Outcome(scenario.name(), "held", scenario.run(trial));
    } catch (Scenario.LeftOut reason) {
      return new Outcome(scenario.name(), "LEFT OUT", reason.getMessage());
    } catch (Exception | AssertionError broken) {
      return new Outcome(
          scenario.name(),
          "BROKEN",
          broken instanceof Broken ? broken.getMessage() : trace(broken));
    } finally {
      delete(folder);
    }
  }

  private static String trace(Throwable thrown) {
    java.io.StringWriter text = new java.io.StringWriter();
    thrown.printStackTrace(new java.io.PrintWriter(text, true));
    return text.toString();
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
