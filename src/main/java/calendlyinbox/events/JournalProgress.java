package calendlyinbox.events;

import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/**
 * How far each journal file is applied, in the database itself and in the transaction that applies:
 * whichever database stands there, also an older copy or an empty one, says truly what it still
 * lacks.
 */
public final class JournalProgress {
  private JournalProgress() {}

  /**
   * The database is not where the reader thought it was: it was exchanged, and must be asked again.
   */
  static final class Moved extends RuntimeException {
    Moved(String segment, long from) {
      super("progress of journal segment " + segment + " is not " + from, null, false, false);
    }
  }

  /** Returns how many bytes of each file are in the tables that the handle sees. */
  public static Map<String, Long> read(Handle handle) {
    return handle
        .createQuery("SELECT segment, applied_to FROM journal_progress")
        .map((row, context) -> Map.entry(row.getString(1), row.getLong(2)))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /**
   * Moves on from one place to another, in the transaction that applies what stands between them.
   *
   * @throws Moved if the database is not at {@code from}
   */
  static void advance(Handle handle, String segment, long from, long to) {
    if (from == 0) {
      handle.execute(
          "INSERT OR IGNORE INTO journal_progress (segment, applied_to) VALUES (?, 0)", segment);
    }
    int changed =
        handle.execute(
            "UPDATE journal_progress SET applied_to = ? WHERE segment = ? AND applied_to = ?",
            to,
            segment,
            from);
    if (changed != 1) {
      throw new Moved(segment, from);
    }
  }

  /** Forgets about files that are gone. */
  static void forget(Handle handle, Collection<String> segments) {
    segments.forEach(
        segment -> handle.execute("DELETE FROM journal_progress WHERE segment = ?", segment));
  }
}
