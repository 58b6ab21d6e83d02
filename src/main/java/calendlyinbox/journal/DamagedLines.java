package calendlyinbox.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where lines go that are not as they were written: {@code journal/damaged/}, one file a stretch,
 * with the exact bytes, named for the segment and offset it stood at; and a note of each segment
 * that is gone. A person has to look at them; until the files are moved away, health says so.
 */
final class DamagedLines {
  private static final Logger log = LoggerFactory.getLogger(DamagedLines.class);

  private final Path folder;
  private final JournalFiles files;

  DamagedLines(Path journalFolder, JournalFiles files) {
    this.folder = journalFolder.resolve("damaged");
    this.files = files;
  }

  Path folder() {
    return folder;
  }

  /**
   * When it returns the bytes are on disk. Setting the same stretch aside again changes nothing.
   */
  synchronized void setAside(Segment segment, long offset, byte[] bytes) throws IOException {
    makeFolder();
    Path file = file(segment, "at-" + offset);
    if (Files.notExists(file) || Files.size(file) != bytes.length) {
      write(file, bytes);
      log(segment, offset, bytes.length, file);
    }
    // Also for what stood there: the one who put it there may have failed at this.
    syncNames();
  }

  /** When it returns a note is on disk that this segment was gone before all of it was read. */
  synchronized void noteGone(Segment segment) throws IOException {
    makeFolder();
    String note =
        "Somebody removed journal file "
            + segment.name()
            + ", or cut it, before all of its "
            + segment.durableBytes()
            + " bytes were in the database.\nNext: find out who; bring in with"
            + " `calendly-inbox sync` what Calendly still has of it; then move this file away.\n";
    write(file(segment, "is-gone"), note.getBytes(StandardCharsets.UTF_8));
    syncNames();
  }

  private Path file(Segment segment, String what) {
    return folder.resolve(segment.name().replace(Segment.SUFFIX, "") + "-" + what + ".txt");
  }

  private void syncNames() throws IOException {
    files.syncDirectory(folder);
    files.syncDirectory(folder.getParent());
  }

  private void makeFolder() throws IOException {
    if (Files.notExists(folder)) {
      Files.createDirectory(folder);
      if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      }
    }
  }

  /** A file with its last name is whole and synced. */
  private void write(Path file, byte[] bytes) throws IOException {
    Path unfinished = folder.resolve("unfinished");
    Files.deleteIfExists(unfinished);
    try (JournalFiles.Appending out = files.create(unfinished)) {
      out.write(ByteBuffer.wrap(bytes));
      out.sync();
    }
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void log(Segment segment, long offset, int bytes, Path file) {
    log.error(
        "Damaged journal line set aside: segment={} offset={} bytes={} file={}; next: look at it, then move it away",
        segment.name(),
        offset,
        bytes,
        file);
  }

  /** Returns how many stretches and notes wait for a person. */
  int count() {
    int count = 0;
    try (DirectoryStream<Path> stretches = Files.newDirectoryStream(folder, "*.txt")) {
      for (Path ignored : stretches) {
        count++;
      }
    } catch (NoSuchFileException none) {
      return 0;
    } catch (IOException e) {
      log.warn(
          "Folder of damaged lines cannot be read: folder={} cause=\"{}\"", folder, e.toString());
    }
    return count;
  }
}
