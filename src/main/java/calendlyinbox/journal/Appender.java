package calendlyinbox.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes at the journal's end. Used by one thread only.
 *
 * <p>Invariants: bytes count as durable only after the sync that followed them returned. A file in
 * which a write or a sync failed is never written to again (after a failed fsync the kernel may
 * have dropped the pages and would report success the next time): it is cut back to what is durable
 * and sealed, and the next append begins a new one. A new file's name is synced into its folder
 * before anything in it counts.
 */
final class Appender {
  private static final Logger log = LoggerFactory.getLogger(Appender.class);
  private static final int CHUNK = 64 * 1024;

  private final Path folder;
  private final JournalFiles files;
  private final Clock clock;
  private final long segmentBytes;
  private final Consumer<Segment> onBegin;
  private final LongConsumer onSync;
  private final SecureRandom random = new SecureRandom();
  // A direct buffer of our own: the JDK would keep one as large as the largest write for each
  // thread.
  private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);

  private Segment segment;
  private JournalFiles.Appending file;
  // What tells the file from another that comes to stand under its name.
  private Object key;

  /**
   * @param onBegin is told of each file when its first lines are durable
   * @param onSync is told how many nanoseconds each sync took
   */
  Appender(
      Path folder,
      JournalFiles files,
      Clock clock,
      long segmentBytes,
      Consumer<Segment> onBegin,
      LongConsumer onSync) {
    this.folder = folder;
    this.files = files;
    this.clock = clock;
    this.segmentBytes = segmentBytes;
    this.onBegin = onBegin;
    this.onSync = onSync;
  }

  /**
   * Adds whole lines. When it returns they are on disk; when it throws they count for nothing, and
   * whatever part of them reached the disk is cut off or, where that fails too, is read as
   * deliveries that were refused: genuine, and harmless.
   */
  void append(byte[] lines, int length) throws IOException {
    if (segment != null && !Objects.equals(key, keyOf(segment.file()))) {
      // Somebody removed it, or put another in its place, as an editor or sed -i does: bytes
      // written
      // into it would be synced, and gone when it is closed.
      log.error(
          "Journal file is gone or another: segment={}; what was in it and not yet in the database may be lost; next: leave"
              + " journal/ to this program",
          segment.name());
      seal();
    }
    if (segment == null) {
      begin();
    }
    try {
      for (int at = 0; at < length; at += CHUNK) {
        chunk.clear();
        chunk.put(lines, at, Math.min(CHUNK, length - at)).flip();
        file.write(chunk);
      }
      long begun = System.nanoTime();
      file.sync();
      onSync.accept(System.nanoTime() - begun);
    } catch (IOException | RuntimeException | Error e) {
      abandon();
      throw e;
    }
    boolean isFirst = segment.durableBytes() == 0;
    segment.advance(length);
    if (isFirst) {
      onBegin.accept(segment);
    }
    if (segment.durableBytes() >= segmentBytes) {
      seal();
    }
  }

  /** Ends the current file, if there is one; the next append begins another. */
  void seal() {
    if (segment == null) {
      return;
    }
    segment.seal();
    segment = null;
    try {
      file.close();
    } catch (IOException e) {
      log.warn(
          "Journal file did not close: cause=\"{}\"; everything in it was synced before",
          e.toString());
    }
  }

  private void begin() throws IOException {
    Path path = folder.resolve(newName());
    JournalFiles.Appending created = files.create(path);
    try {
      files.syncDirectory(folder);
      key = keyOf(path);
      if (key == null) {
        throw new NoSuchFileException(
            path.toString(), null, "somebody removed it as soon as it was made");
      }
    } catch (IOException | RuntimeException | Error e) {
      try (created) {
        Files.deleteIfExists(path);
      }
      throw e;
    }
    file = created;
    segment = new Segment(path, 0, false);
  }

  /** Returns null where no file stands. */
  private static Object keyOf(Path path) throws IOException {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      return attributes.fileKey() == null ? attributes.creationTime() : attributes.fileKey();
    } catch (NoSuchFileException gone) {
      return null;
    }
  }

  private void abandon() {
    try {
      file.truncate(segment.durableBytes());
      file.sync();
    } catch (IOException | RuntimeException | Error e) {
      log.warn(
          "Journal file could not be cut back after a failed write: segment={} cause=\"{}\"",
          segment.name(),
          e.toString());
    }
    if (segment.durableBytes() == 0) {
      deleteEmpty(segment.file());
    }
    seal();
  }

  /** Or a full disk would gain a file with every delivery it refuses. */
  private static void deleteEmpty(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException | RuntimeException e) {
      log.warn("Empty journal file stays: file={} cause=\"{}\"", path, e.toString());
    }
  }

  /**
   * Time first, so that a folder sorts by age; a random end, so that a clock set back cannot name a
   * file twice.
   */
  private String newName() {
    byte[] end = new byte[4];
    random.nextBytes(end);
    return Segment.name(clock.instant(), HexFormat.of().formatHex(end));
  }
}
