package calendlyinbox.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Room on the disk under the data folder; as little as {@code /health} calls low is too little. */
final class DiskCheck implements Check {
  private static final long MIB = 1024 * 1024;
  private static final long WANTED_MIB = 200;

  private final Path folder;
  private final Space space;

  /** How many bytes may still be written. */
  interface Space {
    long usableAt(Path folder) throws IOException;
  }

  DiskCheck(Path folder) {
    this(folder, path -> Files.getFileStore(path).getUsableSpace());
  }

  DiskCheck(Path folder, Space space) {
    this.folder = folder.toAbsolutePath();
    this.space = space;
  }

  @Override
  public String name() {
    return "disk";
  }

  @Override
  public Optional<String> hinderedBy(Diagnoses before) {
    return before.firstNotWell(DataFolderCheck.NAME);
  }

  @Override
  public Diagnosis look() {
    try {
      long mib = space.usableAt(folder) / MIB;
      return mib >= WANTED_MIB
          ? Diagnosis.well(mib + " MB free")
          : Diagnosis.notWell(
              mib + " MB free, wanted " + WANTED_MIB + " MB",
              "make room on the disk that holds " + folder);
    } catch (IOException e) {
      return Diagnosis.notWell(
          "free space is not known (" + e.getClass().getSimpleName() + ")",
          "look at the disk: df " + folder);
    }
  }
}
