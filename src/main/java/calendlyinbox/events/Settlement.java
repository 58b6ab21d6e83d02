package calendlyinbox.events;

import calendlyinbox.journal.Journal;
import calendlyinbox.journal.Segment;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The moment a delivery leaves the journal. A file is deleted only when all of it is committed, the
 * commit is synced into the database's main file, and that file, opened anew under its name, says
 * so itself; and only while no damage of the file is known. In this order nothing can be lost: a
 * crash between any two steps leaves a file that is found applied at the next start.
 */
final class Settlement {
  private static final Logger log = LoggerFactory.getLogger(Settlement.class);

  /**
   * Files that are waited for under load: bringing the write-ahead log into the main file takes the
   * less a delivery, the more of them it is done for.
   */
  private static final int SOME = 4;

  private final Journal journal;
  private final Database database;

  // What the main file held for certain when it was brought up last.
  private Map<String, Long> settled = Map.of();

  // Files that nothing is needed of any more, and that the system would not delete.
  private final Set<String> undeletable = new HashSet<>();

  Settlement(Journal journal, Database database) {
    this.journal = journal;
    this.database = database;
  }

  /**
   * Brings the main file up to what was applied, and deletes what can be deleted. For moments when
   * nothing waits: done at each of them it takes a few milliseconds, where later, for thousands of
   * pages at once, it would keep the journal's syncs waiting for a tenth of a second. Used by one
   * thread.
   *
   * @throws JournalProgress.Moved if the database lacks what was applied: it was exchanged
   */
  void settle(Map<String, Long> applied) throws DatabaseUnavailableException {
    List<Segment> done = done(applied);
    if (!done.isEmpty() || !applied.equals(settled)) {
      settle(applied, done);
    }
    undeletable.retainAll(journal.segments().stream().map(Segment::name).toList());
  }

  /** Does nothing until it is worth it. */
  void settleSome(Map<String, Long> applied) throws DatabaseUnavailableException {
    List<Segment> done = done(applied);
    if (done.size() >= SOME) {
      settle(applied, done);
    }
  }

  /** Returns whether nothing is deleted, however long one waits. */
  boolean isHeldUp() {
    return database.soundness().damage().isPresent() || !undeletable.isEmpty();
  }

  private List<Segment> done(Map<String, Long> applied) {
    return journal.segments().stream().filter(segment -> isDone(segment, applied)).toList();
  }

  private void settle(Map<String, Long> applied, List<Segment> done)
      throws DatabaseUnavailableException {
    if (!database.checkpoint() || !database.soundness().isGiven()) {
      return;
    }
    if (!done.isEmpty()) {
      delete(done);
    }
    settled = applied;
  }

  private void delete(List<Segment> done) throws DatabaseUnavailableException {
    Map<String, Long> onDisk = database.look(JournalProgress::read);
    for (Segment segment : done) {
      if (!isDone(segment, onDisk)) {
        // An older copy was put in its place: what it lacks is read from the journal again.
        throw new JournalProgress.Moved(segment.name(), segment.durableBytes());
      }
    }
    List<String> gone = done.stream().filter(this::isDeleted).map(Segment::name).toList();
    if (gone.isEmpty()) {
      return;
    }
    database.write(
        handle -> {
          JournalProgress.forget(handle, gone);
          return null;
        });
  }

  /** One that stays keeps no other: all of it is in the database, and it is tried again. */
  private boolean isDeleted(Segment segment) {
    try {
      journal.delete(segment);
    } catch (IOException e) {
      if (undeletable.add(segment.name())) {
        log.error(
            "Journal file cannot be deleted: segment={} cause=\"{}\"; all of it is in the database, and it is tried again; next: see"
                + " that user {} can write in journal/",
            segment.name(),
            e.toString(),
            System.getProperty("user.name"));
      }
      return false;
    }
    log.debug("Journal file settled: segment={} bytes={}", segment.name(), segment.durableBytes());
    return true;
  }

  private static boolean isDone(Segment segment, Map<String, Long> applied) {
    return segment.isSealed() && applied.getOrDefault(segment.name(), 0L) >= segment.durableBytes();
  }
}
