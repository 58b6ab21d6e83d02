package calendlyinbox.cli;

import calendlyinbox.calendly.CalendlyTime;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
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
  private static final int NO_LIMIT = Integer.MAX_VALUE;

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
    BookingPages bookings = all ? BookingPages.all(most, data) : BookingPages.from(now, most, data);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      JsonRows array = new JsonRows(out);
      bookings.each(booking -> Bookings.addTo(array, booking), out);
      array.end();
    } else if (csv) {
      BookingsCsv lines = new BookingsCsv(data.look(Bookings::columns), out);
      bookings.each(lines::add, out);
      lines.end();
    } else {
      printTable(bookings, most, out);
    }
    return Failure.DONE;
  }

  /** Its columns are as wide as what is in them, so that it is printed at the end. */
  private void printTable(BookingPages bookings, int most, PrintWriter out) throws Failure {
    Table table = Bookings.table();
    int count = bookings.each(booking -> Bookings.addTo(table, booking), out);
    if (count == 0) {
      out.println(all ? "No meetings." : "No meetings from now on; --all lists past ones too.");
      return;
    }
    table.print(out);
    if (count == most) {
      out.println("These are the first " + most + "; for more, give --limit.");
    }
  }
}
