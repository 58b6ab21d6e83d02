package calendlyinbox.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The journal as another process may look at it while the server writes it: no segment is opened,
 * let alone cut.
 */
public final class JournalLook {
  private static final int PROBE_BYTES = 4096;

  private final Path folder;
  private final JournalFiles files;
  private final DamagedLines damaged;

  public JournalLook(Path folder) {
    this(folder, new JournalFiles());
  }

  JournalLook(Path folder, JournalFiles files) {
    this.folder = folder;
    this.files = files;
    this.damaged = new DamagedLines(folder, files);
  }

  /**
   * Returns what keeps a file from being written and synced beside the journal's, in a word, by
   * doing it: {@code full}, {@code unwritable}. Nothing is left of it.
   */
  public Optional<String> trouble() {
    Path probe = folder.resolve("probe-" + UUID.randomUUID());
    try {
      try (JournalFiles.Appending out = files.create(probe)) {
        out.write(ByteBuffer.allocate(PROBE_BYTES));
        out.sync();
      } finally {
        Files.deleteIfExists(probe);
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(GroupCommit.reason(e).contains("No space left") ? "full" : "unwritable");
    }
  }

  /**
   * Returns the files with deliveries and how long each is by now. A file that is gone later was in
   * the database before.
   */
  public Map<Path, Long> files() throws IOException {
    Map<Path, Long> lengths = new LinkedHashMap<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*" + Segment.SUFFIX)) {
      for (Path file : found) {
        lengths.put(file, Files.size(file));
      }
    } catch (NoSuchFileException neverServedOrSettledMeanwhile) {
      return Files.exists(folder) ? files() : Map.of();
    }
    return lengths;
  }

  /** Returns how many damaged stretches wait for a person. */
  public int damagedLines() {
    return damaged.count();
  }

  /** Returns where they are. */
  public Path damagedFolder() {
    return damaged.folder();
  }
}
