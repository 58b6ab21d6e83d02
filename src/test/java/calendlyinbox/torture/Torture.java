package calendlyinbox.torture;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./run.sh torture}: everything that may make the server break its promise. */
@Command(
    name = "./run.sh torture",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Tries to make the server lose a delivery, and ends with 1 if it does.",
    footer = {"", "Example: ./run.sh torture --only kill,disk --seed 7"})
public final class Torture implements Callable<Integer> {
  private static final int HELD = 0;
  private static final int BROKEN = 1;
  static final int SIDE_BY_SIDE = 2;
  private static final int SHORT_MINUTES = 2;
  private static final int LONG_MINUTES = 35;

  @Spec private CommandSpec spec;

  @Option(
      names = "--long",
      description = "Hundreds of cycles, in about " + LONG_MINUTES + " minutes.")
  private boolean isLong;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Tries what was tried with this seed before.")
  private long seed = Instant.now().getEpochSecond();

  @Option(
      names = "--only",
      paramLabel = "NAME",
      split = ",",
      description = "Only the trials of these names.")
  private List<String> only = List.of();

  /** What came of a trial. */
  private record Outcome(Trial trial, String verdict, String figures) {
    boolean isBroken() {
      return verdict.equals("BROKEN");
    }
  }

  public static void main(String[] args) {
    // Or an interrupted torture would leave servers behind.
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () ->
                    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly)));
    System.exit(new CommandLine(new Torture()).execute(args));
  }

  /** All there are, in the order in which they are run. */
  static List<Trial> trials() {
    return List.of(
        new KillTrial(),
        new FsyncTrial(),
        new PowerTrial(),
        new DiskFullTrial(),
        new WriteErrorsTrial(),
        new DatabaseTrial(),
        new FlipsTrial(),
        new RepairTrial(),
        new ClockTrial(),
        new OrderTrial(),
        new OverloadTrial(),
        new StopTrial());
  }

  @Override
  public Integer call() throws Exception {
    List<Trial> chosen =
        trials().stream().filter(one -> only.isEmpty() || only.contains(one.name())).toList();
    List<String> unknown = new ArrayList<>(only);
    trials().forEach(one -> unknown.remove(one.name()));
    if (!unknown.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "--only is " + unknown.get(0) + "; it must be one of " + names(trials()));
    }
    System.out.println("seed=" + seed + " " + (isLong ? "long" : "short"));
    System.out.println(Machine.words());
    System.out.println(plan(chosen));
    List<Outcome> outcomes = outcomes(chosen);
    System.out.println();
    System.out.println("| Trial | Tried | Figures | |");
    System.out.println("|---|---|---|---|");
    for (Outcome one : outcomes) {
      String figures = one.figures().lines().findFirst().orElse("");
      System.out.println(
          String.join(
              " | ", "| " + one.trial().name(), one.trial().what(), figures, one.verdict() + " |"));
    }
    System.out.println();
    List<String> broken =
        outcomes.stream().filter(Outcome::isBroken).map(one -> one.trial().name()).toList();
    if (broken.isEmpty()) {
      System.out.println("Every promise that was tried held.");
      return HELD;
    }
    System.out.printf(
        "A promise is BROKEN. Again: ./run.sh torture%s --seed %d --only %s%n",
        isLong ? " --long" : "", seed, String.join(",", broken));
    return BROKEN;
  }

  /** Side by side, since most of a trial is a wait for a start or a disk; then what is timed. */
  private List<Outcome> outcomes(List<Trial> chosen) throws Exception {
    List<Outcome> outcomes = new ArrayList<>();
    List<Callable<Outcome>> sideBySide =
        chosen.stream()
            .filter(trial -> !trial.isTimed())
            .<Callable<Outcome>>map(trial -> () -> outcome(trial))
            .toList();
    ExecutorService lanes = Executors.newFixedThreadPool(SIDE_BY_SIDE);
    for (Future<Outcome> one : lanes.invokeAll(sideBySide)) {
      outcomes.add(one.get());
    }
    lanes.shutdown();
    for (Trial trial : chosen.stream().filter(Trial::isTimed).toList()) {
      outcomes.add(outcome(trial));
    }
    outcomes.sort(Comparator.comparingInt(one -> chosen.indexOf(one.trial())));
    return outcomes;
  }

  private Outcome outcome(Trial trial) throws IOException {
    Path folder = Path.of("target", "torture", seed + "-" + trial.name()).toAbsolutePath();
    delete(folder);
    Files.createDirectories(folder);
    Size size = isLong ? Size.LONG : Size.SHORT;
    Consumer<String> out = line -> System.out.println(trial.name() + ": " + line);
    out.accept(trial.what());
    long began = System.nanoTime();
    Outcome outcome;
    try {
      outcome = new Outcome(trial, "held", trial.run(new Ground(folder, seed, size, out)));
      delete(folder);
    } catch (TestAbortedException why) {
      outcome = new Outcome(trial, "LEFT OUT", why.getMessage());
    } catch (Exception | Error broken) {
      outcome =
          new Outcome(
              trial, "BROKEN", counterExample(broken) + "\nseed " + seed + ", left in " + folder);
    }
    long seconds = (System.nanoTime() - began) / 1_000_000_000;
    out.accept(outcome.verdict() + " after " + seconds + " s: " + outcome.figures());
    return outcome;
  }

  /** A broken promise speaks for itself; of anything else the place is of interest. */
  private static String counterExample(Throwable thrown) {
    if (thrown instanceof AssertionError) {
      return thrown.getMessage();
    }
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }

  private String plan(List<Trial> chosen) {
    return String.format(
        "%d side by side: %s; then alone: %s; all of them take about %d minutes",
        SIDE_BY_SIDE,
        names(chosen.stream().filter(trial -> !trial.isTimed()).toList()),
        names(chosen.stream().filter(Trial::isTimed).toList()),
        isLong ? LONG_MINUTES : SHORT_MINUTES);
  }

  private static String names(List<Trial> of) {
    return of.isEmpty() ? "none" : of.stream().map(Trial::name).collect(Collectors.joining(", "));
  }

  private static void delete(Path folder) throws IOException {
    if (Files.notExists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
