package calendlyinbox.journal;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * One file of the journal: a run of lines, named for when it was begun. Lines are only ever added
 * at its end, and once it is sealed not even that; it gets shorter only where somebody cut it. Safe
 * for concurrent use.
 */
public final class Segment {
  static final String SUFFIX = ".ndjson";

  /** Sorts by age, and has no character that a file's name cannot have. */
  private static final DateTimeFormatter BEGUN =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  private final Path file;
  private volatile long durable;
  private volatile boolean sealed;

  Segment(Path file, long durable, boolean sealed) {
    this.file = file;
    this.durable = durable;
    this.sealed = sealed;
  }

  /**
   * Returns the name of a file that is begun at a moment.
   *
   * @param end tells it from others of the same moment
   */
  static String name(Instant begun, String end) {
    return BEGUN.format(begun) + "-" + end + SUFFIX;
  }

  /**
   * Returns when it was begun, as its name says: before all that is in it was durable. Empty where
   * somebody else named it.
   */
  public Optional<Instant> begunAt() {
    try {
      return Optional.of(BEGUN.parse(name().split("-", 2)[0], Instant::from));
    } catch (DateTimeException namedByAnother) {
      return Optional.empty();
    }
  }

  /**
   * Returns its file name: unique for all time, so that what was noted about it is never taken for
   * another.
   */
  public String name() {
    return file.getFileName().toString();
  }

  /** Returns how many of its bytes are on disk for certain. Readers go this far and no further. */
  public long durableBytes() {
    return durable;
  }

  /** Returns true when nothing will be added any more. */
  public boolean isSealed() {
    return sealed;
  }

  Path file() {
    return file;
  }

  void advance(long bytes) {
    durable += bytes;
  }

  /** Of a sealed one: with the thread that writes nobody may compete. */
  void cut(long bytes) {
    durable = bytes;
  }

  void seal() {
    sealed = true;
  }
}
