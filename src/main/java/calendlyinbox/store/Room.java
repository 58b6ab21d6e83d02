package calendlyinbox.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Free space on disk, looked at before something large is written: what ends for want of it has
 * filled the disk first, under the journal too.
 */
final class Room {
  /** Of what is asked for, on top: for what goes with it. */
  private static final int SHARE_ON_TOP = 20;

  private Room() {}

  /**
   * Sees whether there is room for so much and a little more.
   *
   * @throws IOException as the system says it where there is none, and how much there is
   */
  static void check(Path folder, long bytes) throws IOException {
    long wanted = bytes + bytes / SHARE_ON_TOP;
    // Not of the file store, which Java does not find where the mounts are not told, as in a
    // chroot.
    long free = folder.toFile().getUsableSpace();
    if (free < wanted) {
      throw new IOException(
          DiskTrouble.FULL + ": " + wanted + " bytes are wanted, " + free + " are free");
    }
  }

  /**
   * The same for what SQLite writes twice, to the write-ahead log and to a temporary file before:
   * where that is on the same disk, there must be room for both.
   */
  static void checkForTwo(Path folder, long bytes) throws IOException {
    Path temporary = temporary(System.getenv());
    if (disk(folder).equals(disk(temporary))) {
      check(folder, 2 * bytes);
    } else {
      check(folder, bytes);
      check(temporary, bytes);
    }
  }

  /** Where SQLite makes its temporary files (sqlite.org/tempfiles.html, 5). */
  static Path temporary(Map<String, String> environment) {
    return Stream.concat(
            Stream.of("SQLITE_TMPDIR", "TMPDIR").map(environment::get).filter(Objects::nonNull),
            List.of("/var/tmp", "/usr/tmp", "/tmp").stream())
        .map(Path::of)
        .filter(folder -> Files.isDirectory(folder) && Files.isWritable(folder))
        .findFirst()
        .orElse(Path.of("."));
  }

  private static Object disk(Path folder) throws IOException {
    return folder.getFileSystem().supportedFileAttributeViews().contains("unix")
        ? Files.getAttribute(folder, "unix:dev")
        : Files.getFileStore(folder);
  }
}
