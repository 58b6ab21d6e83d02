package calendlyinbox.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.Arrays;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line. Exit codes: 0 done, 1 the answer is no or something is not well, 2 wrong use or
 * configuration, 3 could not reach the server or the data, or write what it printed. An error is
 * one line on standard error.
 */
@Command(
    name = "./run.sh",
    synopsisSubcommandLabel = "[COMMAND]",
    header = "calendly-inbox: a Calendly webhook receiver that never loses a booking.",
    description = {
      "",
      "Without a command it serves. With the JAR alone: java -jar calendly-inbox.jar COMMAND.",
      "All commands but restore work beside a running server, and are configured like it, by the environment.",
      ""
    },
    versionProvider = CommandLineTool.Version.class,
    commandListHeading = "%nCommands:%n",
    footerHeading = "%nExample:%n",
    footer = "  ./run.sh meetings")
public final class CommandLineTool implements Callable<Integer> {
  /** Examples are to be copied: none may be broken into two lines. */
  private static final int WIDTH = 100;

  private final ServeCommand serve;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  private boolean help;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "With an error, show the stack trace too.")
  private boolean verbose;

  @Option(names = "--version", versionHelp = true, description = "Show the version.")
  private boolean version;

  private CommandLineTool(ServeCommand serve) {
    this.serve = serve;
  }

  /** Runs one command to its end, and returns the exit code for the process. */
  public static int run(Site site, String[] args) {
    return run(site, Clock.systemUTC(), Streams.ofProcess(), args);
  }

  /** Returns whether help or the version is asked for, and nothing else will be done. */
  public static boolean asksForHelp(Site site, String[] args) {
    try {
      ParseResult parsed =
          commandLine(site, Clock.systemUTC(), Streams.ofProcess()).parseArgs(args);
      return parsed.asCommandLineList().stream()
          .anyMatch(line -> line.isUsageHelpRequested() || line.isVersionHelpRequested());
    } catch (ParameterException wrongUse) {
      return false;
    }
  }

  static int run(Site site, Clock clock, Streams streams, String... args) {
    Output out = new Output(streams.out());
    CommandLine line = commandLine(site, clock, new Streams(streams.in(), out, streams.err()));
    if (Arrays.stream(args).anyMatch(CommandLineTool::isMangled)) {
      line.getErr()
          .println(
              "What was given has letters that this locale lacks, so Java cannot read it; next: the same with LC_ALL=C.UTF-8 before it");
      line.getErr().flush();
      return Failure.WRONG_USE;
    }
    int exitCode = line.execute(args);
    line.getOut().flush();
    if (out.failure().isPresent()) {
      CommandLineTool tool = line.getCommand();
      exitCode = tool.failed(cutShort(out.failure().get()), line.getErr());
    }
    line.getErr().flush();
    return exitCode;
  }

  /** Where the locale is C, as of cron, Java has this sign for each byte of another letter. */
  private static boolean isMangled(String argument) {
    return argument.indexOf('\uFFFD') >= 0;
  }

  static CommandLine commandLine(Site site, Clock clock, Streams streams) {
    DataFolder data = new DataFolder(site, clock);
    ServeCommand serve = new ServeCommand(site);
    CalendlySide calendly = new CalendlySide(site, data, clock);
    CommandLineTool tool = new CommandLineTool(serve);
    CommandLine events =
        new CommandLine(new EventsCommand(data))
            .addSubcommand(new EventsShowCommand(data, streams));
    return new CommandLine(tool)
        .addSubcommand(serve)
        .addSubcommand(new SendTestCommand(site, data, clock))
        .addSubcommand(new ExplainCommand(site, data, clock, streams))
        .addSubcommand("events", events)
        .addSubcommand(new MeetingsCommand(data, clock))
        .addSubcommand(new ReplayCommand(data, clock))
        .addSubcommand(new ConnectCommand(calendly))
        .addSubcommand(new DisconnectCommand(calendly))
        .addSubcommand(new SubscriptionsCommand(calendly))
        .addSubcommand(new DoctorCommand(site, data, clock))
        .addSubcommand(new SyncCommand(calendly, data, clock, SyncScreen.Kind.ofProcess()))
        .addSubcommand(new RotateKeyCommand(calendly))
        .addSubcommand(new BackupCommand(site, data))
        .addSubcommand(new RestoreCommand(site, data, clock))
        .addSubcommand(new ForgetCommand(site, data, clock))
        .addSubcommand(new RebuildCommand(site, data))
        .setOut(Streams.text(streams.out()))
        .setErr(Streams.text(streams.err()))
        .setUsageHelpWidth(WIDTH)
        // A header or a key may begin with @, and a forgotten value must not swallow an option.
        .setExpandAtFiles(false)
        .setAllowOptionsAsOptionParameters(false)
        .setParameterExceptionHandler((e, args) -> tool.wrongUse(e))
        .setExecutionExceptionHandler((e, line, parsed) -> tool.failed(e, line.getErr()));
  }

  @Override
  public Integer call() throws Exception {
    return serve.call();
  }

  private int wrongUse(ParameterException e) {
    CommandLine line = e.getCommandLine();
    StringBuilder message = new StringBuilder(TerminalText.line(e.getMessage()));
    if (e instanceof UnmatchedArgumentException unmatched
        && !unmatched.getSuggestions().isEmpty()) {
      message.append("; did you mean ").append(String.join(" or ", unmatched.getSuggestions()));
    }
    message.append("; see ").append(line.getCommandSpec().qualifiedName()).append(" --help");
    line.getErr().println(message);
    showTrace(e, line.getErr());
    return Failure.WRONG_USE;
  }

  private static Failure cutShort(IOException e) {
    return Failure.outOfReach(
        "Standard output cannot be written ("
            + e.getMessage()
            + ") and is cut short; mend that, and run the command again if its output is wanted",
        e);
  }

  private int failed(Exception e, PrintWriter err) {
    int exitCode = Failure.NOT_WELL;
    if (e instanceof Failure failure) {
      err.println(TerminalText.line(failure.getMessage()));
      exitCode = failure.exitCode();
    } else {
      // Without the message: that of a library may quote what it worked on, a name or an address.
      err.println(
          "The command failed by a fault of calendly-inbox ("
              + e.getClass().getSimpleName()
              + "); run it again with --verbose, and report what it shows");
    }
    showTrace(e, err);
    return exitCode;
  }

  private void showTrace(Exception e, PrintWriter err) {
    if (verbose) {
      e.printStackTrace(err);
    }
  }

  static final class Version implements IVersionProvider {
    /** The JAR's manifest knows it; there is none while classes are run from a folder. */
    @Override
    public String[] getVersion() {
      String version = CommandLineTool.class.getPackage().getImplementationVersion();
      return new String[] {"calendly-inbox " + (version == null ? "(not a release)" : version)};
    }
  }
}
