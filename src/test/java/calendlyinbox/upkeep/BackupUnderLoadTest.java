package calendlyinbox.upkeep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Deliveries;
import calendlyinbox.RunningReceiver;
import calendlyinbox.journal.JournalLook;
import calendlyinbox.store.Database;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server takes deliveries and applies them all the while. */
class BackupUnderLoadTest {
  private static final int BACKUPS = 5;
  private static final int CLIENTS = 4;
  private static final String EVENTS = "SELECT * FROM calendly_webhook_events ORDER BY id";

  @TempDir Path folder;

  private final AtomicInteger acknowledged = new AtomicInteger();
  private final AtomicInteger names = new AtomicInteger();
  private final AtomicBoolean enough = new AtomicBoolean();

  @Test
  void
      it_restores_to_exactly_what_was_committed_before_it_ended_and_nothing_acknowledged_before_lacks()
          throws Exception {
    Path data = folder.resolve("data");
    List<Path> copies = new ArrayList<>();
    List<Integer> acknowledgedBefore = new ArrayList<>();
    List<String> all;
    List<String> bookings;
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try (RunningReceiver receiver = RunningReceiver.start(data)) {
      List<Future<?>> load = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        load.add(clients.submit(() -> deliver(receiver)));
      }

      for (int i = 0; i < BACKUPS; i++) {
        Path copy = folder.resolve("copy-" + i + ".db");
        awaitMore(100);
        acknowledgedBefore.add(acknowledged.get());
        assertEquals(0, backup(data, copy));
        copies.add(copy);
      }

      // Of each client one may have been on its way during the last copy, and is in it.
      awaitMore(CLIENTS + 1);
      enough.set(true);
      for (Future<?> client : load) {
        client.get();
      }
      receiver.awaitEvents(acknowledged.get());
      all = receiver.rows(EVENTS);
      bookings = receiver.rows("SELECT * FROM bookings ORDER BY invitee_uri");
    } finally {
      enough.set(true);
      clients.shutdown();
    }
    for (int i = 0; i < BACKUPS; i++) {
      Path restored = folder.resolve("restored-" + i);
      Restore.Outcome outcome =
          new Restore(restored, restored.resolve("calendly.db"), Clock.systemUTC())
              .from(copies.get(i));
      assertEquals(new Restore.Outcome.Done(java.util.Optional.empty()), outcome);
      Path file = restored.resolve("calendly.db");

      List<String> events = RunningReceiver.rows(file, EVENTS);
      assertTrue(
          events.size() >= acknowledgedBefore.get(i),
          events.size() + " events, and acknowledged before " + acknowledgedBefore.get(i));
      assertTrue(events.size() < all.size(), "there was load after the copy");
      // In the order of commits, without a gap: what came later is not in it.
      assertEquals(all.subList(0, events.size()), events);
      List<String> copied =
          RunningReceiver.rows(file, "SELECT * FROM bookings ORDER BY invitee_uri");
      assertEquals(events.size(), copied.size(), "each event came with its booking");
      assertTrue(bookings.containsAll(copied));
      assertEquals(List.of("ok"), RunningReceiver.rows(file, "PRAGMA integrity_check"));
    }
  }

  @Test
  void what_waits_in_the_journal_of_a_server_that_does_not_run_is_told() throws Exception {
    Path data = folder.resolve("data");
    try (RunningReceiver receiver = RunningReceiver.start(data)) {
      receiver.post(Deliveries.booking("m", "ada"));
      receiver.awaitEvents(1);
    }
    Files.writeString(data.resolve("journal/20261123T100000.000000Z-00000000.ndjson"), "0123456\n");

    assertEquals(8, backup(data, folder.resolve("copy.db")));
  }

  private Void deliver(RunningReceiver receiver) throws Exception {
    while (!enough.get()) {
      String name = "n" + names.incrementAndGet();
      assertEquals(200, receiver.post(Deliveries.booking(name, name)));
      acknowledged.incrementAndGet();
    }
    return null;
  }

  private void awaitMore(int deliveries) throws Exception {
    int wanted = acknowledged.get() + deliveries;
    calendlyinbox.Eventually.holds("deliveries come in", () -> acknowledged.get() >= wanted);
  }

  private static long backup(Path data, Path to) throws Exception {
    Path file = data.resolve("calendly.db");
    try (Database database = new Database(file, Duration.ofMinutes(1), Clock.systemUTC())) {
      Backup backup = new Backup(data, file, database, new JournalLook(data.resolve("journal")));
      return ((Backup.Outcome.Done) backup.make(to, Duration.ofMinutes(2))).missing();
    }
  }
}
