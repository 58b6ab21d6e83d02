package calendlyinbox.bench;

import calendlyinbox.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * {@code ./run.sh bench}: measures the receiver as users run it against the bars that stand in the
 * README. Exit code 0 when all are met and each delivery that was acknowledged is in the tables.
 */
public final class Bench {
  private static final Path TABLE = Path.of("target", "bench.md");
  private static final Path OPTIONS = Path.of("src", "service", "java.options");

  private Bench() {}

  public static void main(String[] args) throws Exception {
    Plan plan;
    try {
      plan = Plan.of(args);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    Path folder = Files.createTempDirectory("calendly-inbox-bench");
    int code;
    try {
      code = run(plan, folder);
    } finally {
      delete(folder);
    }
    System.exit(code);
  }

  private static int run(Plan plan, Path folder) throws Exception {
    Report report = new Report(plan);
    Random random = new Random(plan.seed());
    String head = Surroundings.line(plan, folder);
    report.raw("%s", head);
    new StartTime(plan, report, random).measure(Files.createDirectory(folder.resolve("start")));
    load(plan, report, random, folder);
    new DrainRate(plan, plan.perRound(), report, random).measure(folder);
    new FullStore(plan, report, random).measure(folder);
    return report.finish(head, TABLE);
  }

  private static void load(Plan plan, Report report, Random random, Path folder) throws Exception {
    try (Subject subject = Subject.start(folder.resolve("load"), 0)) {
      try (Program empty = emptyHandler(folder)) {
        new AcceptRate(plan, plan.perRound(), report, random).against(empty, subject);
      }
      Latency latency = new Latency(plan, report, random);
      latency.calm(subject);
      latency.locked(subject);
      report.wrong(subject.wrong());
      memory(subject, report);
    }
  }

  /** The most that it ever took, the first seconds with them. */
  private static void memory(Subject subject, Report report) throws IOException {
    report.raw(
        "memory: at the end %.0f MB, of it files %.0f MB",
        subject.program().mebibytes("VmRSS"), subject.program().mebibytes("RssFile"));
    report.add(
        Row.mebibytes(
            "Resident memory under load, default settings, at its peak",
            128,
            subject.program().mebibytes("VmHWM"),
            ""));
  }

  private static Program emptyHandler(Path folder) throws Exception {
    List<String> command = new ArrayList<>(ServerProcess.javaCommand(EmptyHandler.class.getName()));
    command.subList(1, command.indexOf("-cp")).clear();
    command.add(1, "@" + OPTIONS);
    return Program.launch(command, Map.of("MALLOC_ARENA_MAX", "2"), folder.resolve("empty.log"))
        .awaitOpen();
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
