package calendlyinbox.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The data folder: there, and writable. */
final class DataFolderCheck implements Check {
  static final String NAME = "data folder";

  private final Path folder;

  DataFolderCheck(Path folder) {
    this.folder = folder.toAbsolutePath();
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Diagnosis look() {
    String user = System.getProperty("user.name");
    if (Files.notExists(folder)) {
      return Diagnosis.outOfReach(
          folder + " does not exist",
          "start the server once (./run.sh), or set DATA_DIR to its data folder");
    }
    if (!Files.isDirectory(folder)) {
      return Diagnosis.notWell(
          folder + " is not a folder", "move it away, or set DATA_DIR to another folder");
    }
    if (!Files.isWritable(folder) || !Files.isExecutable(folder)) {
      return Diagnosis.notWell(
          folder + " cannot be written by user " + user,
          "run this as the user that the server runs as, or make the folder that user's: chown -R USER "
              + folder);
    }
    return Diagnosis.well(folder + othersFolder(user));
  }

  /** Root may do what the server's user may not: then the checks that follow say less. */
  private String othersFolder(String user) {
    try {
      String owner = Files.getOwner(folder).getName();
      return owner.equals(user)
          ? ""
          : " (of user " + owner + "; looked at as " + user + ", who may be allowed more)";
    } catch (IOException | UnsupportedOperationException unknown) {
      return "";
    }
  }
}
