package calendlyinbox.events;

import calendlyinbox.journal.Journal;
import calendlyinbox.journal.Segment;
import calendlyinbox.journal.SegmentReader;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far the database is behind the journal, and since when. Three moments are known which nothing
 * that waits came in before, or as good as: when the reader last saw that nothing waited, when that
 * came in which was applied last, and when the oldest file was begun that has more than was
 * applied. The latest of them counts. Safe for concurrent use.
 */
final class Lag {
  private static final Logger log = LoggerFactory.getLogger(Lag.class);

  private final Journal journal;
  private final Database database;
  private final Workers workers;
  private final JournalFollower follower;
  private final Clock clock;

  // Written by the reading thread alone.
  private volatile Instant caughtUpAt;

  Lag(Journal journal, Database database, Workers workers, JournalFollower follower, Clock clock) {
    this.journal = journal;
    this.database = database;
    this.workers = workers;
    this.follower = follower;
    this.clock = clock;
    this.caughtUpAt = clock.instant();
  }

  /**
   * To be said once by the reading thread, before anything else: what a former process left waits
   * since it came in. A database that cannot be written now can mostly be read all the same.
   */
  void begin() {
    if (journal.segments().isEmpty()) {
      return;
    }
    Optional<Instant> first;
    try {
      workers.startOver(database.look(JournalProgress::read));
      first = oldestBehind().flatMap(this::firstThatWaits);
    } catch (DatabaseUnavailableException e) {
      log.debug("What the database lacks is not known yet: reason={}", e.word());
      first = oldestBehind().flatMap(Segment::begunAt);
    }
    first.ifPresent(at -> caughtUpAt = at);
  }

  private Optional<Segment> oldestBehind() {
    Map<String, Long> applied = workers.applied();
    return journal.segments().stream().filter(segment -> waiting(segment, applied) > 0).findFirst();
  }

  private Optional<Instant> firstThatWaits(Segment segment) {
    long from = workers.applied().getOrDefault(segment.name(), 0L);
    try (SegmentReader reader = journal.read(segment, from)) {
      return reader.next(1, 1).stream()
          .map(entry -> Instant.parse(entry.receivedAt()))
          .findFirst()
          .or(segment::begunAt);
    } catch (IOException e) {
      // Reported by the follower, which meets the same.
      log.debug("What waits in a journal file cannot be read: segment={}", segment.name(), e);
      return segment.begunAt();
    }
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
