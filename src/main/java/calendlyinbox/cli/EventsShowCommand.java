package calendlyinbox.cli;

import calendlyinbox.events.EventRows;
import calendlyinbox.events.StoredEvent;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code events show ID}: all that is known of one event. */
@Command(
    name = "show",
    header = "Show one webhook event with its payload.",
    footerHeading = "%nExamples, the first event that ever came, and its exact bytes:%n",
    footer = {"  ./run.sh events show 1", "  ./run.sh events show 1 --raw > delivery.json"})
final class EventsShowCommand implements Callable<Integer> {
  private final DataFolder data;
  private final Streams streams;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "ID", description = "As in the first column of ./run.sh events.")
  private long id;

  @Option(names = "--raw", description = "The payload's bytes as they came, and nothing else.")
  private boolean raw;

  @Option(names = "--json", description = "As a JSON object, for programs.")
  private boolean json;

  EventsShowCommand(DataFolder data, Streams streams) {
    this.data = data;
    this.streams = streams;
  }

  @Override
  public Integer call() throws Failure {
    if (raw && json) {
      throw new ParameterException(
          spec.commandLine(), "--raw and --json are both given; wanted one of them");
    }
    Optional<StoredEvent> found = data.look(handle -> new EventRows(handle).find(id));
    if (found.isEmpty()) {
      spec.commandLine()
          .getErr()
          .println("There is no event " + id + "; ./run.sh events lists those there are");
      return Failure.NOT_WELL;
    }
    StoredEvent event = found.get();
    PrintWriter out = spec.commandLine().getOut();
    if (raw) {
      printRaw(event.payload().bytes());
    } else if (json) {
      Json.print(withPayload(event), out);
    } else {
      print(event, out);
    }
    return Failure.DONE;
  }

  private void printRaw(byte[] payload) {
    try {
      streams.out().write(payload);
      streams.out().flush();
    } catch (IOException kept) {
      // By the stream, as with whatever is printed; it is told of when the command has run.
    }
  }

  /** A payload that is no UTF-8 cannot stand in JSON as it is; it goes under another name. */
  private static Map<String, Object> withPayload(StoredEvent event) {
    Map<String, Object> columns = event.columns();
    byte[] payload = event.payload().bytes();
    if (event.payload().isUtf8()) {
      columns.put("payload", new String(payload, StandardCharsets.UTF_8));
    } else {
      columns.put("payload_base64", Base64.getEncoder().encodeToString(payload));
    }
    return columns;
  }

  private static void print(StoredEvent event, PrintWriter out) {
    event
        .columns()
        .forEach(
            (name, value) ->
                out.printf(
                    "%-15s  %s%n",
                    name, value == null ? "-" : TerminalText.line(value.toString())));
    byte[] payload = event.payload().bytes();
    Optional<String> pretty = Json.read(payload).map(Json::pretty);
    String kind = event.payload().isUtf8() ? "not JSON" : "not UTF-8: shown as far as it is text";
    out.printf(
        "%-15s  %d bytes%s%n%n", "payload", payload.length, pretty.isPresent() ? "" : ", " + kind);
    out.println(
        TerminalText.lines(pretty.orElseGet(() -> new String(payload, StandardCharsets.UTF_8))));
  }
}
