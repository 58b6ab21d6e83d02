package calendlyinbox.cli;

import calendlyinbox.events.AfterApply;
import calendlyinbox.events.EventProcessor;
import calendlyinbox.events.EventQueue;
import calendlyinbox.events.RetrySchedule;
import calendlyinbox.journal.Journal;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import calendlyinbox.store.FolderOwner;
import calendlyinbox.store.OwnerOnly;
import calendlyinbox.store.Soundness;
import calendlyinbox.upkeep.Address;
import calendlyinbox.upkeep.Forgetting;
import java.io.Closeable;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The parts of a server that bring the journal into the database, for a command that has the data
 * folder to itself.
 */
final class LocalForgetting implements Closeable {
  private static final int WORKERS = 1;
  private static final int CAPACITY = 1000;

  private final Deque<Closeable> opened = new ArrayDeque<>();
  private final Forgetting forgetting;

  /**
   * @param wishes what else is to be written down when a delivery is applied
   * @throws DatabaseUnavailableException if the database is damaged: the journal is as it was, and
   *     has what a copy in its place would lack
   */
  LocalForgetting(Site site, Database database, AfterApply wishes, Clock clock)
      throws DatabaseUnavailableException, IOException {
    refuseDamaged(database.soundness());
    OwnerOnly.makeFolder(site.journal());
    FolderOwner.give(site.journal());
    Journal journal = Journal.open(site.journal(), clock);
    opened.push(journal);
    RetrySchedule schedule = new RetrySchedule(RandomGenerator.getDefault());
    EventProcessor processor = new EventProcessor(database, schedule, wishes, clock);
    EventQueue queue = new EventQueue(journal, database, processor, WORKERS, CAPACITY, clock);
    opened.push(queue);
    queue.start();
    forgetting =
        new Forgetting(site.dataFolder(), site.database(), database, journal, queue, clock);
  }

  private static void refuseDamaged(Soundness soundness) throws DatabaseUnavailableException {
    soundness.inspectAtOnce();
    Optional<DatabaseUnavailableException> damage = soundness.damage();
    if (damage.isPresent()) {
      throw damage.get();
    }
  }

  Forgetting.Outcome forget(Address address) throws DatabaseUnavailableException, IOException {
    return forgetting.forget(address);
  }

  @Override
  public void close() throws IOException {
    while (!opened.isEmpty()) {
      opened.pop().close();
    }
  }
}
