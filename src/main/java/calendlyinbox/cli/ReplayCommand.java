package calendlyinbox.cli;

import calendlyinbox.events.EventProcessor;
import calendlyinbox.events.EventProcessor.Replayed;
import calendlyinbox.events.EventRows;
import calendlyinbox.events.RetrySchedule;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code replay}: one more try, from the payload that is kept. */
@Command(
    name = "replay",
    customSynopsis = "./run.sh replay [-h] [--verbose] (ID... | --failed | --all)",
    header = "Apply stored events again; what is applied already stays as it is.",
    footerHeading = "%nExample:%n",
    footer = "  ./run.sh replay --failed")
final class ReplayCommand implements Callable<Integer> {
  private static final Set<String> WELL = Set.of("processed", "ignored");
  private static final String UNKNOWN = "unknown";

  private final DataFolder data;
  private final Clock clock;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "ID", arity = "0..*", description = "As ./run.sh events lists them.")
  private List<String> ids = new ArrayList<>();

  @Option(names = "--failed", description = "All events that were given up.")
  private boolean failed;

  @Option(names = "--all", description = "All events, in the order they came.")
  private boolean all;

  ReplayCommand(DataFolder data, Clock clock) {
    this.data = data;
    this.clock = clock;
  }

  @Override
  public Integer call() throws Failure {
    int forms = (ids.isEmpty() ? 0 : 1) + (failed ? 1 : 0) + (all ? 1 : 0);
    if (forms != 1) {
      throw new ParameterException(
          spec.commandLine(),
          (forms == 0 ? "Nothing to replay is given" : "More than one choice is given")
              + "; wanted event ids, --failed, or --all, one of the three");
    }
    Collection<Long> wanted =
        ids.isEmpty() ? data.look(handle -> new EventRows(handle).ids(failed)) : given();
    PrintWriter out = spec.commandLine().getOut();
    if (wanted.isEmpty()) {
      out.println(failed ? "No failed events." : "No events.");
      return Failure.DONE;
    }
    Map<String, Integer> counts = replay(wanted, out);
    out.println(
        counts.entrySet().stream()
            .map(count -> count.getValue() + " " + count.getKey())
            .collect(Collectors.joining(", ", "Replayed " + wanted.size() + ": ", ".")));
    return WELL.containsAll(counts.keySet()) ? Failure.DONE : Failure.NOT_WELL;
  }

  private Collection<Long> given() {
    Collection<Long> given = new LinkedHashSet<>();
    for (String id : ids) {
      if (!id.matches("[0-9]{1,18}")) {
        throw new ParameterException(
            spec.commandLine(), id + " is no event id; it must be a number, as in ./run.sh events");
      }
      given.add(Long.parseLong(id));
    }
    return given;
  }

  /**
   * Each in a transaction of its own: the server has its turns in between, and what is done stays
   * done.
   *
   * @return how many ended with which status
   */
  private Map<String, Integer> replay(Collection<Long> wanted, PrintWriter out) throws Failure {
    Map<String, Integer> counts = new TreeMap<>();
    try (Database database = data.database()) {
      RetrySchedule schedule = new RetrySchedule(RandomGenerator.getDefault());
      EventProcessor processor = new EventProcessor(database, schedule, data.wishes(), clock);
      for (long id : wanted) {
        Optional<Replayed> replayed = processor.again(id);
        String status = replayed.map(Replayed::status).orElse(UNKNOWN);
        String reason =
            replayed.isEmpty()
                ? "there is no such event; ./run.sh events lists those there are"
                : replayed.get().reason().orElse("");
        out.println(
            id + "  " + status + (reason.isEmpty() ? "" : ": " + TerminalText.line(reason)));
        counts.merge(status, 1, Integer::sum);
      }
      return counts;
    } catch (DatabaseUnavailableException e) {
      throw DataFolder.unavailable(e);
    }
  }
}
