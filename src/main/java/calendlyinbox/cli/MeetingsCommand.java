package calendlyinbox.cli;

import calendlyinbox.calendly.CalendlyTime;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code meetings}: who booked what. */
@Command(
    name = "meetings",
    header = "List bookings in order of start, from now on or all of them.",
    description = {
      "A line an invitee, from the view bookings: a group meeting has several. Canceled ones are"
          + " listed as such.",
      ""
    },
    footerHeading = "%nExamples, the next ten for a program, and every one for a spreadsheet:%n",
    footer = {
      "  ./run.sh meetings --limit 10 --json",
      "  ./run.sh meetings --all --csv > meetings.csv"
    })
final class MeetingsCommand implements Callable<Integer> {
  private static final int LIMIT = 50;
  private static final int NO_LIMIT = -1;

  private final DataFolder data;
  private final Clock clock;

  @Spec private CommandSpec spec;

  @Option(
      names = "--all",
      description = "Every one: past ones too, and those of which the start is not known.")
  private boolean all;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "At most so many; without this option 50, with --all no limit.")
  private Optional<Integer> limit = Optional.empty();

  @Option(names = "--json", description = "As a JSON array with all columns, for programs.")
  private boolean json;

  @Option(
      names = "--csv",
      description = {
        "As CSV with all columns, for spreadsheets; a text that begins with = + - or @ gets an"
            + " apostrophe before it, or it would be taken for a formula."
      })
  private boolean csv;

  MeetingsCommand(DataFolder data, Clock clock) {
    this.data = data;
    this.clock = clock;
  }

  @Override
  public Integer call() throws Failure, IOException {
    if (limit.isPresent() && limit.get() < 1) {
      throw new ParameterException(
          spec.commandLine(), "--limit is " + limit.get() + "; it must be a number from 1 up");
    }
    if (json && csv) {
      throw new ParameterException(
          spec.commandLine(), "--json and --csv are both given; wanted one of them");
    }
    int most = limit.orElse(all ? NO_LIMIT : LIMIT);
    String now = CalendlyTime.text(clock.instant());
    // Read to the end before anything is printed: a reader that waits for a pager would keep the
    // server from tidying up its write-ahead log and journal.
    List<Map<String, Object>> bookings =
        data.look(handle -> all ? Bookings.all(handle, most) : Bookings.from(handle, now, most));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Bookings.printJson(bookings, out);
    } else if (csv) {
      BookingsCsv.print(data.look(Bookings::columns), bookings, out);
    } else if (bookings.isEmpty()) {
      out.println(all ? "No meetings." : "No meetings from now on; --all lists past ones too.");
    } else {
      Bookings.printTable(bookings, out);
      if (bookings.size() == most) {
        out.println("These are the first " + most + "; for more, give --limit.");
      }
    }
    return Failure.DONE;
  }
}
