package calendlyinbox.events;

import calendlyinbox.journal.Journal;
import calendlyinbox.journal.Segment;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The moment a delivery leaves the journal. A file is deleted only when all of it is committed, the
 * commit is synced into the database's main file, and that file, opened anew under its name, says
 * so itself. In this order nothing can be lost: a crash between any two steps leaves a file that is
 * found applied at the next start.
 */
final class Settlement {
  private static final Logger log = LoggerFactory.getLogger(Settlement.class);

  private final Journal journal;
  private final Database database;
  private boolean open;

  Settlement(Journal journal, Database database) {
    this.journal = journal;
    this.database = database;
  }

  /**
   * Returns whether files waited for a checkpoint that a reader held up: then settling is to be
   * tried again.
   */
  boolean isOpen() {
    return open;
  }

  /** Deletes what can be deleted. Used by one thread. */
  void settle(Map<String, Long> applied) throws IOException, DatabaseUnavailableException {
    List<Segment> done =
        journal.segments().stream().filter(segment -> isDone(segment, applied)).toList();
    open = !done.isEmpty();
    if (done.isEmpty() || !database.checkpoint()) {
      return;
    }
    Map<String, Long> onDisk = database.look(JournalProgress::read);
    List<Segment> settled = done.stream().filter(segment -> isDone(segment, onDisk)).toList();
    for (Segment segment : settled) {
      journal.delete(segment);
      log.debug(
          "Journal file settled: segment={} bytes={}", segment.name(), segment.durableBytes());
    }
    List<String> gone = settled.stream().map(Segment::name).toList();
    database.write(
        handle -> {
          JournalProgress.forget(handle, gone);
          return null;
        });
    open = settled.size() < done.size();
  }

  private static boolean isDone(Segment segment, Map<String, Long> applied) {
    return segment.isSealed() && applied.getOrDefault(segment.name(), 0L) >= segment.durableBytes();
  }
}
