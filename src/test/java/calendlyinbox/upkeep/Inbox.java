package calendlyinbox.upkeep;

import calendlyinbox.Deliveries;
import calendlyinbox.Eventually;
import calendlyinbox.RunningReceiver;
import calendlyinbox.SettableClock;
import calendlyinbox.events.EventProcessor;
import calendlyinbox.events.EventQueue;
import calendlyinbox.events.RetrySchedule;
import calendlyinbox.journal.Journal;
import calendlyinbox.journal.RawBody;
import calendlyinbox.store.Database;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** From the journal to the tables, without a door: with what keeps them. */
final class Inbox implements AutoCloseable {
  static final Duration KEEP = Duration.ofDays(30);
  private static final int FEW_BYTES = 64 * 1024;

  final SettableClock clock = new SettableClock(Instant.parse("2026-11-23T12:00:00Z"));
  final Path file;
  final Database database;
  private final Path folder;
  private final Journal journal;
  private final EventQueue queue;
  private int times;

  Inbox(Path folder) throws IOException {
    this.folder = folder;
    file = folder.resolve("calendly.db");
    database = new Database(file, Duration.ofSeconds(2), clock);
    journal = Journal.open(Files.createDirectories(folder.resolve("journal")), clock);
    EventProcessor processor =
        new EventProcessor(database, new RetrySchedule(new Random(1)), clock);
    queue = new EventQueue(journal, database, processor, 1, 100, clock);
    journal.onDurable(queue::wake);
    queue.start();
  }

  /** When it returns, all of them are applied. */
  void deliver(Deliveries... deliveries) throws Exception {
    deliver(List.of(deliveries).stream().map(Deliveries::body).toArray(byte[][]::new));
  }

  void deliver(byte[]... bodies) throws Exception {
    String last = "last." + times++;
    String body = "{\"event\":\"" + last + "\",\"payload\":{\"uri\":\"" + last + "\"}}";
    List<byte[]> all = new ArrayList<>(List.of(bodies));
    all.add(body.getBytes(StandardCharsets.UTF_8));
    // Together, so that they share an fsync.
    all.stream()
        .map(one -> journal.append(clock.instant(), new RawBody(one)))
        .toList()
        .forEach(CompletableFuture::join);
    String stored = " FROM calendly_webhook_events WHERE event_type = '" + last + "'";
    Eventually.holds("all is applied", () -> rows("SELECT 1" + stored).size() == 1);
    execute("DELETE" + stored);
  }

  /** When it returns, it is in the journal, and so few wait there that they are soon applied. */
  void accept(Deliveries delivery) throws Exception {
    Eventually.holds("few wait", () -> queue.backlog().bytes() < FEW_BYTES);
    journal.append(clock.instant(), new RawBody(delivery.body())).join();
  }

  Map<String, Integer> purge() throws Exception {
    return new Retention(database, queue::emptyJournal, KEEP, () -> true, new Random(1), clock)
        .run();
  }

  Forgetting.Outcome forget(String address) throws Exception {
    return new Forgetting(folder, file, database, journal, queue, clock)
        .forget(Address.of(address).orElseThrow());
  }

  /** What a rebuild would change. */
  List<Difference> differences() throws Exception {
    List<Difference> found = new ArrayList<>();
    try (Database own = new Database(file, Duration.ofSeconds(2), clock)) {
      new Rebuild(own, folder).run(Rebuild.Reach.ALL, true, found::add);
    }
    return found;
  }

  List<String> rows(String sql) {
    try {
      return RunningReceiver.rows(file, sql);
    } catch (java.sql.SQLException notYet) {
      return List.of();
    }
  }

  int execute(String sql) throws Exception {
    return database.write(handle -> handle.execute(sql));
  }

  @Override
  public void close() {
    queue.close();
    journal.close();
    database.close();
  }
}
