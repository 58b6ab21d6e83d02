package calendlyinbox.journal;

import calendlyinbox.calendly.CalendlyTime;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a 200 stands for: append-only files of one JSON line a delivery in {@code data/journal/}. It
 * never depends on the database. A delivery is here from before its answer until the database has
 * it, committed and synced; whoever applies deliveries reads them from here, so that a full queue,
 * a crash and a database that is away are all the same normal case. Safe for concurrent use.
 */
public final class Journal implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(Journal.class);
  private static final long SEGMENT_BYTES = 8 * 1024 * 1024;
  private static final int PROBE_BYTES = 4096;
  private static final long PROBE_SECONDS = 2;

  private final Path folder;
  private final JournalFiles files;
  private final DamagedLines damaged;
  private final List<Segment> segments = new CopyOnWriteArrayList<>();
  private final Appender appender;
  private final GroupCommit commits;
  private volatile Runnable onDurable = () -> {};
  private volatile LongConsumer onSync = nanos -> {};

  private Journal(Path folder, JournalFiles files, Clock clock, long segmentBytes)
      throws IOException {
    this.folder = folder;
    this.files = files;
    this.damaged = new DamagedLines(folder, files);
    segments.addAll(left());
    this.appender =
        new Appender(
            folder, files, clock, segmentBytes, segments::add, nanos -> onSync.accept(nanos));
    this.commits = new GroupCommit(appender, () -> onDurable.run());
  }

  /**
   * Opens the journal in a folder that exists. What a former process left is kept, sealed; a last
   * line that it did not finish (and never acknowledged) is cut off.
   *
   * @throws IOException if the folder cannot be read, or a torn line cannot be cut off
   */
  public static Journal open(Path folder, Clock clock) throws IOException {
    return open(folder, new JournalFiles(), clock, SEGMENT_BYTES);
  }

  static Journal open(Path folder, JournalFiles files, Clock clock, long segmentBytes)
      throws IOException {
    return new Journal(folder, files, clock, segmentBytes);
  }

  /**
   * Appends a delivery. When the returned future completes, its bytes have been fsynced: they
   * survive a crash of this process, and a power loss on storage that honours fsync. It completes
   * on the journal's own thread: what hangs on it should be short.
   *
   * @return completes exceptionally with {@link JournalUnavailableException} if the delivery was
   *     not kept
   */
  public CompletableFuture<Void> append(Instant receivedAt, RawBody body) {
    return commits.append(CalendlyTime.text(receivedAt), body);
  }

  /** Sets who is told, on the journal's own thread, that there is more to read. */
  public void onDurable(Runnable listener) {
    onDurable = listener;
  }

  /**
   * Sets who is told, on the journal's own thread, how many nanoseconds each sync of deliveries
   * took. Must return at once and throw nothing: what it throws counts as a failed write.
   */
  public void onSync(LongConsumer listener) {
    onSync = listener;
  }

  /**
   * Returns the files with deliveries, oldest first; the one that is written to, if there is one,
   * is last.
   */
  public List<Segment> segments() {
    return List.copyOf(segments);
  }

  /** Opens a segment for reading from an offset where a line begins. */
  public SegmentReader read(Segment segment, long from) throws IOException {
    return new SegmentReader(segment, from, damaged);
  }

  /**
   * Ends the file that is written to, so that it can be deleted; the next delivery begins another.
   */
  public void seal() {
    commits
        .onWritingThread(
            () -> {
              appender.seal();
              return null;
            })
        .exceptionally(closed -> null)
        .join();
  }

  /**
   * Deletes a sealed segment. To be called only when everything in it is committed and synced in
   * the database: this is the moment a delivery leaves the journal.
   */
  public void delete(Segment segment) throws IOException {
    if (!segment.isSealed()) {
      throw new IllegalStateException("journal segment " + segment.name() + " is still written to");
    }
    Files.deleteIfExists(segment.file());
    segments.remove(segment);
  }

  /**
   * Returns whether a segment's file was removed: not where nobody can tell, as when the folder is
   * away with it.
   */
  public boolean isGone(Segment segment) {
    return Files.notExists(segment.file()) && Files.isDirectory(folder);
  }

  /**
   * Somebody removed a segment before everything in it was applied. It must not hold up those after
   * it: it is reported, also to health for as long as nobody has moved the note of it away, and no
   * longer listed. If it is the one that is written to, nothing more goes there.
   */
  public void lost(Segment segment) {
    if (!segment.isSealed()) {
      seal();
    }
    segments.remove(segment);
    log.error(
        "Journal file is gone: segment={} bytes={}; deliveries in it that were not applied yet are lost; next: find out who removes"
            + " files from {}",
        segment.name(),
        segment.durableBytes(),
        folder);
    try {
      damaged.noteGone(segment);
    } catch (IOException e) {
      log.error(
          "No note was made of the journal file that is gone: segment={} folder={} cause=\"{}\"",
          segment.name(),
          damaged.folder(),
          e.toString());
    }
  }

  /**
   * Somebody cut a sealed segment. From now on it ends behind its last whole line, so that it is
   * deleted like any other when that is applied. What stands behind it is set aside, and the loss
   * is reported as for one that was removed.
   *
   * @param whole where the last whole line ends
   * @throws IOException if that is not on disk; nothing has changed then
   */
  public void cut(Segment segment, long whole) throws IOException {
    if (!segment.isSealed()) {
      throw new IllegalStateException("journal segment " + segment.name() + " is still written to");
    }
    byte[] rest = Tail.of(segment.file(), whole);
    if (rest.length > 0) {
      damaged.setAside(segment, whole, rest);
    }
    damaged.noteGone(segment);
    log.error(
        "Journal file was cut: segment={} bytes={} whole_bytes={}; deliveries behind that which were not applied yet are lost; next:"
            + " find out who cuts files in {}",
        segment.name(),
        segment.durableBytes(),
        whole,
        folder);
    segment.cut(whole);
  }

  /**
   * Returns whether clients are waiting for their answers right now, so that work which can wait
   * had better do so.
   */
  public boolean isCrowded() {
    return commits.isCrowded();
  }

  /** Returns the bytes of all segments. */
  public long bytes() {
    return segments.stream().mapToLong(Segment::durableBytes).sum();
  }

  /**
   * Returns what keeps the journal from taking deliveries, in a word, by really writing and syncing
   * a file beside it on the journal's own thread: {@code full}, {@code unwritable}, {@code stuck}.
   */
  public Optional<String> trouble() {
    CompletableFuture<Void> written = commits.onWritingThread(this::writeProbe);
    try {
      written.get(PROBE_SECONDS, TimeUnit.SECONDS);
      return Optional.empty();
    } catch (TimeoutException e) {
      written.cancel(false);
      return Optional.of("stuck");
    } catch (ExecutionException e) {
      String reason = GroupCommit.reason(e.getCause());
      log.warn("Journal cannot be written: cause=\"{}\"", reason);
      return Optional.of(reason.contains("No space left") ? "full" : "unwritable");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    }
  }

  /**
   * Returns how many damaged stretches and notes of segments that are gone wait for a person in
   * {@code journal/damaged/}.
   */
  public int damagedLines() {
    return damaged.count();
  }

  /**
   * Writes what is waiting and closes. Appends after it are refused; the files stay as they are.
   */
  @Override
  public void close() {
    commits.close();
  }

  private Void writeProbe() throws IOException {
    Path probe = folder.resolve("probe");
    Files.deleteIfExists(probe);
    try (JournalFiles.Appending out = files.create(probe)) {
      out.write(ByteBuffer.allocate(PROBE_BYTES));
      out.sync();
    } finally {
      Files.deleteIfExists(probe);
    }
    return null;
  }

  private List<Segment> left() throws IOException {
    List<Path> paths = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*" + Segment.SUFFIX)) {
      for (Path path : found) {
        if (Files.isRegularFile(path)) {
          paths.add(path);
        }
      }
    }
    paths.sort(null);
    List<Segment> left = new ArrayList<>();
    for (Path path : paths) {
      left.add(new Segment(path, cutTornTail(path), true));
    }
    return left;
  }

  /** Returns the length of the file without an unfinished last line, having cut that off. */
  private long cutTornTail(Path path) throws IOException {
    long size = Files.size(path);
    long whole = Tail.endOfLastLine(path);
    if (whole < size) {
      try (JournalFiles.Appending file = files.open(path)) {
        file.truncate(whole);
        file.sync();
      }
      log.warn(
          "Unfinished last line cut off: segment={} bytes={}; it was never acknowledged",
          path.getFileName(),
          size - whole);
    }
    return whole;
  }
}
