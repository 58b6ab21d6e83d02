package calendlyinbox.cli;

import calendlyinbox.store.DatabaseUnavailableException;
import calendlyinbox.sync.SyncService;
import calendlyinbox.upkeep.Restore;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code restore}: a backup in the place of the database, which is kept aside. */
@Command(
    name = "restore",
    header = "Put a backup in the place of the database, while no server runs.",
    footerHeading = "%nExample:%n",
    footer = "  ./run.sh restore /mnt/backup/calendly.db")
final class RestoreCommand implements Callable<Integer> {
  private final Site site;
  private final DataFolder data;
  private final Clock clock;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "As ./run.sh backup made it.")
  private Path file;

  RestoreCommand(Site site, DataFolder data, Clock clock) {
    this.site = site;
    this.data = data;
    this.clock = clock;
  }

  @Override
  public Integer call() throws Failure {
    data.refuseLink();
    Path from = file.toAbsolutePath().normalize();
    if (!Files.isRegularFile(from)) {
      throw Failure.notWell(from + " is no file; give one that ./run.sh backup made");
    }
    if (BackupCommand.isSame(from, site.database())) {
      throw Failure.wrongUse(from + " is the database itself; give a backup of it");
    }
    if (isIncoming(from)) {
      throw Failure.wrongUse(
          from + " is a name that a restore uses itself; give the file another one");
    }
    Restore.Outcome outcome;
    try {
      outcome = new Restore(site.dataFolder(), site.database(), clock).from(from);
    } catch (DatabaseUnavailableException e) {
      throw Failure.notWell(e.getMessage() + " (" + e.word() + "); nothing was changed");
    } catch (IOException e) {
      throw data.unwritable(e);
    }
    if (outcome instanceof Restore.Outcome.Busy busy) {
      boolean isCommand = busy.holder().contains("command=");
      throw Failure.notWell(
          (isCommand ? "Another command works on " : "A server runs on ")
              + site.dataFolder().toAbsolutePath()
              + " ("
              + busy.holder()
              + (isCommand ? "); try again when it is done" : "); stop it first")
              + ": nothing was changed");
    }
    if (site.calendly().token().isPresent()) {
      // The backup's syncs know nothing of what came after it.
      SyncService.requestAtNextStart(site.dataFolder(), "database restored");
    }
    print((Restore.Outcome.Done) outcome, from);
    return Failure.DONE;
  }

  private boolean isIncoming(Path from) {
    try {
      Path real = from.toRealPath();
      return real.getParent().equals(site.dataFolder().toRealPath())
          && real.getFileName()
              .toString()
              .startsWith(site.database().getFileName() + Restore.INCOMING);
    } catch (IOException oneIsNotThere) {
      return false;
    }
  }

  private void print(Restore.Outcome.Done done, Path from) throws Failure {
    PrintWriter out = spec.commandLine().getOut();
    out.println("Restored from " + from + ": " + Content.of(site.database(), data) + ".");
    done.replaced().ifPresent(replaced -> print(replaced, out));
    out.println(
        "Next: start the server, which applies what its journal still holds; then ./run.sh sync brings the bookings that came"
            + " after the backup.");
  }

  private static void print(Restore.Replaced replaced, PrintWriter out) {
    out.println("The database that was there is kept: " + replaced.kept());
    if (replaced.taken() > 0) {
      out.println(
          "Deliveries in it that the backup lacks, now in the journal: " + replaced.taken() + ".");
    }
    if (!replaced.whole()) {
      out.println(
          "It could not be read to its end: what the backup lacks of the rest is not in the journal.");
    }
  }
}
