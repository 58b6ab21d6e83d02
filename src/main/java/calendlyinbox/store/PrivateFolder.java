package calendlyinbox.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** A folder that only its owner looks into. */
public final class PrivateFolder {
  private PrivateFolder() {}

  /**
   * Makes a folder, and those above it, where they are not there. When this returns, what it made
   * is found again after a power loss, with all that is synced in it.
   */
  public static void make(Path folder) throws IOException {
    Path whole = folder.toAbsolutePath();
    if (!Files.notExists(whole)) {
      return;
    }
    Path above = whole.getParent();
    make(above);
    Files.createDirectories(whole, ownerOnly(whole));
    DatabaseCopy.sync(above);
  }

  private static FileAttribute<?>[] ownerOnly(Path folder) {
    return folder.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
  }
}
