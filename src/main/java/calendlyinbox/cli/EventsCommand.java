package calendlyinbox.cli;

import calendlyinbox.events.EventRows;
import calendlyinbox.events.StatusCounts;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code events}: what was delivered, and what became of it. */
@Command(
    name = "events",
    header = "List webhook events, newest first; events show ID shows one.",
    footerHeading = "%nExample, the events that were given up:%n",
    footer = "  ./run.sh events --status failed")
final class EventsCommand implements Callable<Integer> {

  /** A list without end would not fit into memory. */
  private static final int MOST = 10_000;

  private final DataFolder data;

  @Spec private CommandSpec spec;

  @Option(
      names = "--status",
      paramLabel = "STATUS",
      description = "Only of this status: pending, processed, ignored or failed.")
  private Optional<String> status = Optional.empty();

  @Option(
      names = "--type",
      paramLabel = "EVENT",
      description = "Only of this kind, such as invitee.created.")
  private Optional<String> type = Optional.empty();

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "At most so many; 50 without this option.")
  private int limit;

  @Option(names = "--json", description = "As a JSON array, for programs; without payloads.")
  private boolean json;

  EventsCommand(DataFolder data) {
    this.data = data;
  }

  @Override
  public Integer call() throws Failure {
    check();
    List<Map<String, Object>> events =
        data.look(handle -> new EventRows(handle).newest(status, type, limit));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Json.printRows(events, out);
    } else if (events.isEmpty()) {
      out.println("No events.");
    } else {
      print(events, out);
    }
    return Failure.DONE;
  }

  private void check() {
    if (status.isPresent() && !StatusCounts.STATUSES.contains(status.get())) {
      throw new ParameterException(
          spec.commandLine(),
          "--status is " + status.get() + "; it must be pending, processed, ignored or failed");
    }
    if (limit < 1 || limit > MOST) {
      throw new ParameterException(
          spec.commandLine(), "--limit is " + limit + "; it must be a number from 1 to " + MOST);
    }
  }

  private void print(List<Map<String, Object>> events, PrintWriter out) {
    Table table =
        new Table("ID", "STATUS", "EVENT", "RECEIVED (UTC)", "TRIES", "NEXT TRY (UTC)", "ERROR");
    for (Map<String, Object> event : events) {
      table.add(
          Bookings.text(event, "id"),
          Bookings.text(event, "status"),
          Bookings.text(event, "event_type"),
          Bookings.readable(Bookings.text(event, "received_at")),
          Bookings.text(event, "attempts"),
          Bookings.readable(Bookings.text(event, "next_attempt_at")),
          Bookings.text(event, "last_error"));
    }
    table.print(out);
    if (events.size() == limit) {
      out.println("These are the newest " + limit + "; for more, give --limit.");
    }
  }
}
