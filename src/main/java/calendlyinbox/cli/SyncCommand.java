package calendlyinbox.cli;

import calendlyinbox.calendly.ApiProblem;
import calendlyinbox.calendly.CalendlyApi;
import calendlyinbox.events.AfterApply;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import calendlyinbox.sync.DetailWishes;
import calendlyinbox.sync.Sync;
import calendlyinbox.sync.SyncOutcome;
import calendlyinbox.sync.SyncRange;
import calendlyinbox.sync.SyncRequest;
import calendlyinbox.sync.SyncWatcher;
import calendlyinbox.sync.Tally;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sync}: what webhooks missed, from Calendly's API. */
@Command(
    name = "sync",
    header = "Bring in what webhooks missed, from Calendly's API.",
    description = {
      "Looks at all meetings that start in the range, active and canceled, with all their invitees."
          + " Routing forms, and no-show marks that were taken off again, cannot be listed: they"
          + " come by webhook only. Broken off, the same command goes on where it stood, for a day."
          + " The server does this by itself after a downtime, after its subscription was made or replaced"
          + " or had been failing, and once a night.",
      ""
    },
    footerHeading = "%nExample, to see first what is missing:%n",
    footer = "  ./run.sh sync --dry-run")
final class SyncCommand implements Callable<Integer> {
  /** Calendly is younger, and nobody books so far ahead; beyond, dates have no four digits. */
  private static final LocalDate FIRST_DAY = LocalDate.of(2000, 1, 1);

  private static final LocalDate LAST_DAY = LocalDate.of(9998, 12, 31);

  private final CalendlySide calendly;
  private final Site site;
  private final DataFolder data;
  private final Clock clock;
  private final SyncScreen.Kind screen;

  @Spec private CommandSpec spec;

  @Option(
      names = "--from",
      paramLabel = "DATE",
      description = "Meetings that start on this day (UTC) or later; without it 30 days back.")
  private Optional<String> from = Optional.empty();

  @Option(
      names = "--to",
      paramLabel = "DATE",
      description = "Meetings that start on this day (UTC) or earlier; without it 365 days ahead.")
  private Optional<String> to = Optional.empty();

  @Option(names = "--dry-run", description = "Only print what would change.")
  private boolean dryRun;

  @Option(names = "--json", description = "With --dry-run: as a JSON array, for programs.")
  private boolean json;

  SyncCommand(CalendlySide calendly, DataFolder data, Clock clock, SyncScreen.Kind screen) {
    this.calendly = calendly;
    this.site = calendly.site();
    this.data = data;
    this.clock = clock;
    this.screen = screen;
  }

  @Override
  public Integer call() throws Failure {
    if (json && !dryRun) {
      throw wrongUse("--json goes with --dry-run only");
    }
    SyncRequest request = SyncRequest.command(range(), dryRun);
    CalendlyApi api = calendly.unhurriedApi();
    PrintWriter out = spec.commandLine().getOut();
    Optional<DryRun> preview = dryRun ? Optional.of(new DryRun(json, out)) : Optional.empty();
    SyncScreen watcher = new SyncScreen(screen, clock, spec.commandLine().getErr(), preview);
    SyncOutcome outcome = run(request, api, watcher);
    watcher.end();
    if (outcome instanceof SyncOutcome.Busy busy) {
      throw Failure.notWell(
          "Another sync is under way on this data folder ("
              + busy.holder()
              + "); wait until it is done, then run this one if it is still wanted");
    }
    if (outcome instanceof SyncOutcome.Stopped stopped) {
      throw stopped(stopped.problem(), stopped.tally());
    }
    Tally tally = ((SyncOutcome.Done) outcome).tally();
    if (preview.isPresent()) {
      preview.get().end(tally);
    } else {
      out.println(sentence(tally));
    }
    return tally.skipped() == 0 ? Failure.DONE : Failure.NOT_WELL;
  }

  private SyncOutcome run(SyncRequest request, CalendlyApi api, SyncWatcher watcher)
      throws Failure {
    AfterApply wishes = DetailWishes.of(site.calendly().fetchEventDetails(), clock);
    try (Database database = data.database()) {
      return new Sync(api, site.calendly().scope(), database, site.dataFolder(), wishes, clock)
          .run(request, watcher);
    } catch (DatabaseUnavailableException e) {
      throw DataFolder.unavailable(e);
    } catch (IOException e) {
      throw data.unwritable(e);
    }
  }

  static String sentence(Tally tally) {
    return "Looked at "
        + tally.looked()
        + " meetings: "
        + tally.changed()
        + " rows brought up to date, "
        + tally.events()
        + " missed events found"
        + (tally.skipped() == 0 ? "." : ", " + tally.skipped() + " meetings skipped.");
  }

  private Failure stopped(ApiProblem problem, Tally tally) {
    String first =
        problem.passesWithTime() ? "run it again later: " : "mend that and run it again: ";
    String then =
        dryRun
            ? "a dry run keeps nothing and begins anew"
            : "it goes on after " + tally.looked() + " meetings";
    return CalendlySide.failure(problem, problem.sentence() + "; " + first + then);
  }

  private Optional<SyncRange> range() {
    if (from.isEmpty() && to.isEmpty()) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    LocalDate first =
        from.map(day -> day("--from", day)).orElseGet(() -> SyncRange.earliestDay(now));
    LocalDate last = to.map(day -> day("--to", day)).orElseGet(() -> SyncRange.latestDay(now));
    if (first.isAfter(last)) {
      throw wrongUse("--from " + first + " is after --to " + last);
    }
    return Optional.of(new SyncRange(start(first), start(last.plusDays(1))));
  }

  private static Instant start(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  private LocalDate day(String option, String text) {
    try {
      LocalDate day = LocalDate.parse(text);
      if (day.isBefore(FIRST_DAY) || day.isAfter(LAST_DAY)) {
        throw wrongUse(
            option + " is " + day + "; it must be from " + FIRST_DAY + " to " + LAST_DAY);
      }
      return day;
    } catch (DateTimeParseException e) {
      throw wrongUse(option + " is " + text + "; it must be a day such as 2026-11-23");
    }
  }

  private ParameterException wrongUse(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
