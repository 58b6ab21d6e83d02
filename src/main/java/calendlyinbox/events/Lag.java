package calendlyinbox.events;

import calendlyinbox.journal.Journal;
import calendlyinbox.journal.Segment;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How far the database is behind the journal, and since when. Three moments are known which nothing
 * that waits came in before, or as good as: when the reader last saw that nothing waited, when that
 * came in which was applied last, and when the oldest file was begun that has more than was
 * applied. The latest of them counts. Safe for concurrent use.
 */
final class Lag {
  private final Journal journal;
  private final Workers workers;
  private final JournalFollower follower;
  private final Clock clock;

  // Written by the reading thread alone.
  private volatile Instant caughtUpAt;

  Lag(Journal journal, Workers workers, JournalFollower follower, Clock clock) {
    this.journal = journal;
    this.workers = workers;
    this.follower = follower;
    this.clock = clock;
    this.caughtUpAt = clock.instant();
  }

  EventQueue.Backlog now() {
    // Taken before the files: a file that is deleted meanwhile would count as not applied at all.
    Map<String, Long> applied = workers.applied();
    long bytes = 0;
    List<Segment> behind = new ArrayList<>();
    for (Segment segment : journal.segments()) {
      long waiting = waiting(segment, applied);
      if (waiting > 0) {
        bytes += waiting;
        behind.add(segment);
      }
    }
    return new EventQueue.Backlog(bytes, behind.isEmpty() ? Optional.empty() : since(behind));
  }

  /**
   * To be said by the reading thread at least every few seconds while the journal has anything,
   * also where the database is away: whatever came in at a rest waits since then.
   */
  void look() {
    // Taken first: whatever comes in from here on waits since later.
    Instant now = clock.instant();
    Map<String, Long> applied = workers.applied();
    if (journal.segments().stream().allMatch(segment -> waiting(segment, applied) == 0)) {
      caughtUpAt = now;
    }
  }

  private Optional<Instant> since(List<Segment> behind) {
    // What is applied last says nothing of an older file that is left behind.
    Optional<Instant> newest = follower.canReadAll() ? workers.newestApplied() : Optional.empty();
    Optional<Instant> begun =
        behind.stream().flatMap(one -> one.begunAt().stream()).min(Comparator.naturalOrder());
    return Stream.of(Optional.of(caughtUpAt), newest, begun)
        .flatMap(Optional::stream)
        .max(Comparator.naturalOrder());
  }

  /** Of a file that somebody cut, more may be applied than is left. */
  private static long waiting(Segment segment, Map<String, Long> applied) {
    return Math.max(0, segment.durableBytes() - applied.getOrDefault(segment.name(), 0L));
  }
}
