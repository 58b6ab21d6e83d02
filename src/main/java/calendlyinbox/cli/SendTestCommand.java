package calendlyinbox.cli;

import calendlyinbox.delivery.SignatureHeader;
import calendlyinbox.delivery.SigningKey;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code send-test}: the whole way of a delivery, tried with a sample. */
@Command(
    name = "send-test",
    header = "Send a signed sample booking to the running server, and show its row.",
    footerHeading = "%nExamples, one more sample, and all of them taken away again:%n",
    footer = {"  ./run.sh send-test", "  ./run.sh send-test --clean"})
final class SendTestCommand implements Callable<Integer> {
  private static final Duration ROW_WITHIN = Duration.ofSeconds(5);
  private static final Duration LOOK_PATIENCE = Duration.ofSeconds(1);
  private static final long LOOK_EVERY_MILLIS = 20;
  private static final String RECEIVED = "{\"received\":true}";
  private static final int LONGEST_ANSWER = 200;

  private final Site site;
  private final DataFolder data;
  private final Clock clock;

  @Spec private CommandSpec spec;

  @Option(names = "--clean", description = "Send nothing; remove all samples from the tables.")
  private boolean clean;

  SendTestCommand(Site site, DataFolder data, Clock clock) {
    this.site = site;
    this.data = data;
    this.clock = clock;
  }

  @Override
  public Integer call() throws Failure, InterruptedException {
    return clean ? clean() : send();
  }

  private int clean() throws Failure {
    PrintWriter out = spec.commandLine().getOut();
    Sample.Removed removed = data.write(Sample::removeAll);
    if (removed.equals(Sample.Removed.NOTHING)) {
      out.println("There are no samples.");
      return Failure.DONE;
    }
    out.printf(
        "Removed the samples: %d events, %d invitees, %d meetings.%n",
        removed.events(), removed.invitees(), removed.meetings());
    return Failure.DONE;
  }

  private int send() throws Failure, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    RunningServer server = new RunningServer(site.host(), site.port());
    SigningKey key = data.keys().get(0);
    Sample sample = Sample.starting(clock.instant());
    // The first request and the first look load half a library each: that is not to be measured.
    server.knock();
    look(sample);

    String signature = SignatureHeader.ofOwnClock(key, clock.instant(), List.of(sample.bytes()));
    RunningServer.Answer answer = server.deliver(signature, sample.bytes());
    out.printf(
        "%s answered %d in %d ms: %s%n",
        server.address(), answer.status(), answer.millis(), shown(answer.body()));
    if (answer.status() != 200 || !answer.body().strip().equals(RECEIVED)) {
      spec.commandLine().getErr().println(explained(answer, server.address()));
      return Failure.NOT_WELL;
    }
    return await(sample, server.address(), out);
  }

  /** Looks until the row is there: the answer is given for the journal, the tables follow it. */
  private int await(Sample sample, String address, PrintWriter out) throws InterruptedException {
    long began = System.nanoTime();
    Look look = look(sample);
    Duration waited = Duration.ofNanos(System.nanoTime() - began);
    while (look.row().isEmpty() && waited.compareTo(ROW_WITHIN) < 0) {
      Thread.sleep(LOOK_EVERY_MILLIS);
      look = look(sample);
      waited = Duration.ofNanos(System.nanoTime() - began);
    }
    if (look.row().isEmpty()) {
      spec.commandLine()
          .getErr()
          .println(
              "The sample was taken in, but is not in bookings of "
                  + site.database().toAbsolutePath()
                  + " after "
                  + ROW_WITHIN.toSeconds()
                  + " s"
                  + look.trouble()
                  + "; set DATA_DIR as the server has it, or see what troubles it: curl "
                  + address
                  + "/health");
      return Failure.NOT_WELL;
    }
    out.printf("Its row was in bookings %d ms later:%n%n", waited.toMillis());
    Table table = Bookings.table();
    Bookings.addTo(table, look.row().get());
    table.print(out);
    out.printf("%nTo take samples away again: ./run.sh send-test --clean%n");
    return Failure.DONE;
  }

  private record Look(Optional<Map<String, Object>> row, String trouble) {}

  /** The database may come up any moment, as the server's own connection to it does. */
  private Look look(Sample sample) {
    try (Database database = new Database(site.database(), LOOK_PATIENCE, clock)) {
      return new Look(database.look(handle -> Bookings.ofInvitee(handle, sample.inviteeUri())), "");
    } catch (DatabaseUnavailableException e) {
      return new Look(Optional.empty(), " (" + e.getMessage() + ": " + e.word() + ")");
    }
  }

  private String explained(RunningServer.Answer answer, String address) {
    if (answer.body().contains("signature_stale")) {
      return "The clocks of server and command differ; set both (timedatectl)";
    }
    if (answer.body().contains("\"signature_")) {
      return "The server has another signing key than this command; set CALENDLY_WEBHOOK_SIGNING_KEY and DATA_DIR as"
          + " it has them, or restart the server if they were changed";
    }
    if (answer.body().contains("journal_unavailable")) {
      return "The server cannot write its journal; free or mend the disk under its DATA_DIR; curl "
          + address
          + "/health shows when it is well";
    }
    String what =
        answer
            .location()
            .map(to -> "a redirect to " + shown(to))
            .orElse("an answer that is not ours");
    return "Wanted 200 "
        + RECEIVED
        + ", got "
        + what
        + "; another program answers at this address: set HOST and PORT to the server's own, not to a proxy's";
  }

  private static String shown(String text) {
    String line = TerminalText.line(text).strip();
    return line.length() > LONGEST_ANSWER ? line.substring(0, LONGEST_ANSWER) + "…" : line;
  }
}
