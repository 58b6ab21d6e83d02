package calendlyinbox.upkeep;

import calendlyinbox.events.EventQueue;
import calendlyinbox.journal.Journal;
import calendlyinbox.journal.Segment;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import calendlyinbox.store.FolderLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes a person from everything in the data folder, in the process that owns journal and
 * database. The journal is emptied into the database first; then rows and events go, what others'
 * events say of the person is redacted, and the database is written anew, so that nothing is left
 * on its free pages or in its write-ahead log. Deliveries are taken in all the while. Safe for
 * concurrent use: one at a time.
 */
public final class Forgetting {
  private static final Logger log = LoggerFactory.getLogger(Forgetting.class);
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration LOOK_EVERY = Duration.ofMillis(20);
  private static final int AT_ONCE = 50;
  private static final Outcome NOTHING =
      new Outcome.Done(Map.of(), Map.of(), List.of(), List.of(), List.of(), false);
  private static final Outcome JOURNAL_STAYS =
      new Outcome.NotNow("the journal cannot be brought into the database within a minute");

  private final Path folder;
  private final Path file;
  private final Database database;
  private final Journal journal;
  private final EventQueue queue;
  private final Clock clock;

  /**
   * @param file of the database in the folder
   * @param queue that brings the journal into the database
   */
  public Forgetting(
      Path folder, Path file, Database database, Journal journal, EventQueue queue, Clock clock) {
    this.folder = folder;
    this.file = file;
    this.database = database;
    this.journal = journal;
    this.queue = queue;
    this.clock = clock;
  }

  /** What came of it. */
  public sealed interface Outcome {
    /**
     * @param removed how many rows are gone, by table
     * @param redacted in how many texts of rows that stay it was replaced, by table
     * @param deleted files that held it: copies of the database, damaged stretches of the journal
     * @param left files that still hold it and are not ours to delete
     * @param unread files and folders that could not be looked into: it may be in them
     * @param again whether it came in again meanwhile: it is in the database
     */
    record Done(
        Map<String, Integer> removed,
        Map<String, Integer> redacted,
        List<Path> deleted,
        List<Path> left,
        List<Path> unread,
        boolean again)
        implements Outcome {}

    /** The address is nowhere; nothing was changed. */
    record NotFound() implements Outcome {}

    /** It cannot be done now; what was removed by then stays so, and doing it again goes on. */
    record NotNow(String reason) implements Outcome {}
  }

  /**
   * When it returns {@code Done}, the address is in no file of the data folder but those named as
   * left or unread, unless it came in again, and that is on disk.
   *
   * @throws DatabaseUnavailableException if the database cannot be used; what was removed by then
   *     stays so
   * @throws IOException if the data folder cannot be read or written
   */
  public Outcome forget(Address address) throws DatabaseUnavailableException, IOException {
    String who = "pid=" + ProcessHandle.current().pid() + " command=forget";
    FolderLock.Attempt attempt = FolderLock.take(folder, Rebuild.LOCK, who);
    if (attempt.lock().isEmpty()) {
      return new Outcome.NotNow("another command works on the tables (" + attempt.holder() + ")");
    }
    try (FolderLock held = attempt.lock().get()) {
      return forgetAlone(address);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome.NotNow("it was interrupted");
    }
  }

  private Outcome forgetAlone(Address address)
      throws DatabaseUnavailableException, IOException, InterruptedException {
    // At a first start nothing may have made the tables yet: an empty journal does not.
    database.write(opened -> null);
    if (!journalIsEmptied()) {
      return JOURNAL_STAYS;
    }
    Map<String, Integer> removed = new TreeMap<>();
    Map<String, Integer> redacted = new TreeMap<>();
    remove(address, removed, redacted);
    DataFiles files = new DataFiles(folder, file, address, clock);
    if (!journalIsEmptied() || !isDone(database::rewrite) || !isDone(database::emptyLog)) {
      return new Outcome.NotNow("another program reads or writes the database all the while");
    }
    List<Path> deleted = files.deleteLeftovers();
    List<Path> left = files.thatHoldIt();
    // What comes again passes through the journal. Its files are gone then, and are named to
    // nobody: who removes one loses what is not applied yet.
    if (!journalIsEmptied()) {
      return JOURNAL_STAYS;
    }
    left.removeIf(Files::notExists);
    // A new booking, or what somebody else said, that came in meanwhile.
    boolean again = database.look(new TextColumns(address)::hold);
    Outcome.Done done = new Outcome.Done(removed, redacted, deleted, left, files.unread(), again);
    if (done.equals(NOTHING)) {
      return new Outcome.NotFound();
    }
    log.info(
        "Forgotten: rows={} redacted={} files_deleted={} files_left={} files_unread={} again={}",
        removed,
        redacted,
        deleted.size(),
        left.size(),
        done.unread().size(),
        again);
    return done;
  }

  private void remove(Address address, Map<String, Integer> removed, Map<String, Integer> redacted)
      throws DatabaseUnavailableException {
    Person person = database.look(handle -> Person.look(handle, address));
    for (List<String> some : portions(person.invitees)) {
      remove(removal -> removal.invitees(some), removed);
    }
    for (List<String> some : portions(person.submissions)) {
      remove(removal -> some.forEach(removal::submission), removed);
    }
    for (List<Long> some : portions(person.events)) {
      remove(removal -> some.forEach(removal::event), removed);
    }
    Redaction redaction = new Redaction(address);
    for (List<Long> some : portions(person.eventsOfOthers)) {
      int events =
          database.write(
              handle ->
                  some.stream().mapToInt(id -> OthersEvent.redact(handle, id, redaction)).sum());
      if (events > 0) {
        redacted.merge("calendly_webhook_events", events, Integer::sum);
      }
    }
    new TextColumns(address)
        .redact(database)
        .forEach((table, texts) -> redacted.merge(table, texts, Integer::sum));
  }

  private void remove(Consumer<Removal> what, Map<String, Integer> removed)
      throws DatabaseUnavailableException {
    Map<String, Integer> rows =
        database.write(
            handle -> {
              try (Removal removal = new Removal(handle, clock.instant())) {
                what.accept(removal);
                return removal.removed();
              }
            });
    rows.forEach((table, count) -> removed.merge(table, count, Integer::sum));
  }

  /** Everything that was acknowledged by now is in the database, and its files are deleted. */
  private boolean journalIsEmptied() throws InterruptedException {
    queue.emptyJournal();
    Set<String> now = journal.segments().stream().map(Segment::name).collect(Collectors.toSet());
    // Before the file was inspected no segment is deleted, and of a large one that takes minutes.
    database.soundness().hurry();
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (journal.segments().stream().map(Segment::name).anyMatch(now::contains)) {
      if (System.nanoTime() > until) {
        return false;
      }
      Thread.sleep(LOOK_EVERY.toMillis());
    }
    return true;
  }

  /** Tries until it is done, or nobody lets go of the database. */
  private static boolean isDone(Supplier<Optional<DatabaseUnavailableException>> attempt)
      throws DatabaseUnavailableException, InterruptedException {
    long until = System.nanoTime() + PATIENCE.toNanos();
    Optional<DatabaseUnavailableException> trouble = attempt.get();
    while (trouble.isPresent() && System.nanoTime() < until) {
      if (trouble.get().trouble() != DatabaseUnavailableException.Trouble.LOCKED) {
        throw trouble.get();
      }
      Thread.sleep(LOOK_EVERY.toMillis());
      trouble = attempt.get();
    }
    return trouble.isEmpty();
  }

  private static <T> List<List<T>> portions(Collection<T> all) {
    List<T> list = List.copyOf(all);
    List<List<T>> portions = new ArrayList<>();
    for (int from = 0; from < list.size(); from += AT_ONCE) {
      portions.add(list.subList(from, Math.min(list.size(), from + AT_ONCE)));
    }
    return portions;
  }
}
