package calendlyinbox.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Makes folders and files that only their owner can look into, whatever the umask: they hold
 * people's names.
 */
public final class OwnerOnly {
  private OwnerOnly() {}

  /**
   * Makes a folder, and those above it, where they are not there. When this returns, what it made
   * is found again after a power loss, with all that is synced in it.
   */
  public static void makeFolder(Path folder) throws IOException {
    Path whole = folder.toAbsolutePath();
    if (!Files.notExists(whole)) {
      return;
    }
    Path above = whole.getParent();
    makeFolder(above);
    Files.createDirectories(whole, mode(whole, "rwx------"));
    DatabaseCopy.sync(above);
  }

  /**
   * Makes an empty file. SQLite fills one that is there, and so keeps its mode.
   *
   * @throws java.nio.file.FileAlreadyExistsException if something stands there
   */
  static void createFile(Path file) throws IOException {
    Files.createFile(file, mode(file, "rw-------"));
  }

  private static FileAttribute<?>[] mode(Path path, String permissions) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
