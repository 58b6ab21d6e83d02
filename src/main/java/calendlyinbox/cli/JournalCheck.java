package calendlyinbox.cli;

import calendlyinbox.journal.JournalLook;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The journal: can it be written, and did it hold lines that nobody could read? */
final class JournalCheck implements Check {
  private final Path folder;

  JournalCheck(Path folder) {
    this.folder = folder.toAbsolutePath();
  }

  @Override
  public String name() {
    return "journal";
  }

  @Override
  public Optional<String> hinderedBy(Diagnoses before) {
    return before.firstNotWell(DataFolderCheck.NAME);
  }

  @Override
  public Diagnosis look() {
    if (Files.notExists(folder)) {
      return Diagnosis.outOfReach(
          folder + " does not exist", "start the server (./run.sh), which makes it");
    }
    JournalLook journal = new JournalLook(folder);
    Optional<String> trouble = journal.trouble();
    if (trouble.isPresent()) {
      return Diagnosis.notWell(
          folder + " cannot be written: " + trouble.get(),
          "free or mend the disk, or give the folder to the server's user; until then deliveries are answered 503");
    }
    int damaged = journal.damagedLines();
    return damaged == 0
        ? Diagnosis.well("can be written, no damaged lines")
        : Diagnosis.notWell(
            (damaged == 1 ? "1 damaged stretch was" : damaged + " damaged stretches were")
                + " set aside in "
                + journal.damagedFolder(),
            "look at the files there, then move them away");
  }
}
