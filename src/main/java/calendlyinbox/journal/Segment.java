package calendlyinbox.journal;

import java.nio.file.Path;

/**
 * One file of the journal: a run of lines, named for when it was begun. Lines are only ever added
 * at its end, and once it is sealed not even that. Safe for concurrent use.
 */
public final class Segment {
  static final String SUFFIX = ".ndjson";

  private final Path file;
  private volatile long durable;
  private volatile boolean sealed;

  Segment(Path file, long durable, boolean sealed) {
    this.file = file;
    this.durable = durable;
    this.sealed = sealed;
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

  void seal() {
    sealed = true;
  }
}
