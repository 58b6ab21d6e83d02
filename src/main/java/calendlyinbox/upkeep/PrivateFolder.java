package calendlyinbox.upkeep;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** A folder for people's bookings, or for files with them. */
public final class PrivateFolder {
  private PrivateFolder() {}

  /**
   * Makes a folder that only its owner can look into, and what lacks above it, unless something
   * stands there.
   */
  public static void make(Path folder) throws IOException {
    if (Files.exists(folder)) {
      return;
    }
    boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] mode =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
            }
            : new FileAttribute<?>[0];
    Files.createDirectories(folder, mode);
  }
}
