package calendlyinbox.cli;

import calendlyinbox.journal.JournalLook;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseCopy;
import calendlyinbox.store.DatabaseUnavailableException;
import calendlyinbox.store.DiskTrouble;
import calendlyinbox.upkeep.Backup;
import calendlyinbox.upkeep.Restore;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code backup}: the database in one file, while the server goes on. */
@Command(
    name = "backup",
    header = "Copy the database into one file, checked, while the server goes on.",
    footerHeading = "%nExample:%n",
    footer = "  ./run.sh backup /mnt/backup/calendly.db --force")
final class BackupCommand implements Callable<Integer> {
  private static final Pattern SERVERS =
      Pattern.compile(
          "signing\\.key.*|admin\\.token|subscription\\.json|last-alive|sync-wanted|sync-owner|alerts\\.json|.*\\.lock");

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Site site;
  private final DataFolder data;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "Where to; its folder must exist.")
  private Path file;

  @Option(names = "--force", description = "Replace FILE if it exists.")
  private boolean force;

  BackupCommand(Site site, DataFolder data) {
    this.site = site;
    this.data = data;
  }

  @Override
  public Integer call() throws Failure, InterruptedException {
    Path to = place(file.toAbsolutePath().normalize());
    refuse(to);
    Backup.Outcome.Done done;
    try (Database database = data.database()) {
      Backup backup =
          new Backup(site.dataFolder(), site.database(), database, new JournalLook(site.journal()));
      Backup.Outcome outcome = backup.make(to, PATIENCE);
      if (outcome instanceof Backup.Outcome.Busy busy) {
        throw Failure.notWell(
            "Another backup is being made (" + busy.holder() + "); try again when it is done");
      }
      done = (Backup.Outcome.Done) outcome;
    } catch (DatabaseUnavailableException e) {
      throw DataFolder.unavailable(e);
    } catch (IOException e) {
      throw notMade(to, e);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println("Backed up to " + to + ": " + Content.of(to, data) + ", checked.");
    done.fuller()
        .ifPresent(
            kept ->
                out.println(
                    "The copy that was there is kept, since it has more than twice as many events: "
                        + kept
                        + "; if the database lost them, ./run.sh restore brings them back, else delete it."));
    if (done.missing() == 0) {
      return done.fuller().isEmpty() ? Failure.DONE : Failure.NOT_WELL;
    }
    out.println(
        "Not in it: "
            + done.missing()
            + " bytes of deliveries that wait in "
            + site.journal()
            + " for the server to apply them; start it, or see what keeps it (./run.sh doctor), and back up again.");
    return Failure.NOT_WELL;
  }

  /** Where a link leads to, which is another disk perhaps: the copy is to lie there. */
  private static Path place(Path named) {
    try {
      return Files.isSymbolicLink(named) ? named.toRealPath() : named;
    } catch (IOException leadsNowhere) {
      return named;
    }
  }

  private void refuse(Path to) throws Failure {
    if (Files.isDirectory(to)) {
      throw Failure.wrongUse(to + " is a folder; give the name of a file in it");
    }
    if (isSame(to, site.database())) {
      throw Failure.wrongUse(to + " is the database itself; give another name");
    }
    if (Files.exists(to) && !Files.isRegularFile(to)) {
      throw Failure.wrongUse(to + " is no file but a device or the like; give another name");
    }
    if (isServers(to)) {
      throw Failure.wrongUse(to + " is a name that the server uses itself; give another");
    }
    if (Files.exists(to, LinkOption.NOFOLLOW_LINKS) && !force) {
      throw Failure.notWell(to + " exists; give another name, or --force to replace it");
    }
  }

  /**
   * Whether it is what SQLite or a restore keeps beside the database, in the journal, what the
   * server keeps or may come to keep in the data folder, or any other file of that but a database:
   * not even --force may take them away from a running server.
   */
  private boolean isServers(Path to) {
    try {
      Path folder = to.getParent().toRealPath();
      Path database = site.database().getFileName();
      String name = to.getFileName().toString();
      return folder.equals(site.dataFolder().toRealPath())
              && (name.startsWith(database + "-")
                  || name.startsWith(database + Restore.INCOMING)
                  || SERVERS.matcher(name).matches()
                  || Files.exists(to) && !DatabaseCopy.isOurs(to))
          || folder.startsWith(site.journal().toRealPath());
    } catch (IOException oneIsNotThere) {
      return false;
    }
  }

  static boolean isSame(Path one, Path other) {
    try {
      return Files.isSameFile(one, other);
    } catch (IOException oneIsNotThere) {
      return one.equals(other.toAbsolutePath().normalize());
    }
  }

  /** What stands in the way may be on the disk of the data, such as the lock of a backup. */
  private static Failure notMade(Path to, IOException e) {
    if (e instanceof FileSystemException ofFile
        && ofFile.getFile() != null
        && !ofFile.getFile().startsWith(to.toString())) {
      return Failure.notWell(
          ofFile.getFile()
              + " cannot be opened ("
              + DiskTrouble.reason(e)
              + "); "
              + DiskTrouble.next(e, DataFolder.AS_THE_SERVER)
              + "; no backup was made");
    }
    String reason =
        e instanceof NoSuchFileException ? "its folder does not exist" : DiskTrouble.reason(e);
    String next = DiskTrouble.next(e, "");
    return Failure.notWell(
        to
            + " cannot be written ("
            + reason
            + "); "
            + (next.isEmpty() ? "" : next + ", or give a file on another; ")
            + "nothing was changed there");
  }
}
