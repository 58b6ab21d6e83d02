package calendlyinbox.events;

import calendlyinbox.Deliveries;
import calendlyinbox.Eventually;
import calendlyinbox.OtherWriter;
import calendlyinbox.RunningReceiver;
import calendlyinbox.SettableClock;
import calendlyinbox.calendly.CalendlyTime;
import calendlyinbox.events.EventProcessor.Chunk;
import calendlyinbox.journal.Entry;
import calendlyinbox.journal.Journal;
import calendlyinbox.journal.RawBody;
import calendlyinbox.store.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * What stands between journal and tables, with a real journal, a real database, a settable clock.
 */
final class Station implements AutoCloseable {
  static final Instant START = Instant.parse("2026-11-23T12:00:00Z");

  final SettableClock clock = new SettableClock(START);
  final Path file;
  private final Path journalFolder;
  Database database;
  EventProcessor processor;
  Journal journal;
  EventQueue queue;
  private long position;

  Station(Path folder) throws IOException {
    file = folder.resolve("calendly.db");
    journalFolder = Files.createDirectories(folder.resolve("journal"));
    start();
  }

  /** As a new process would: nothing is remembered but what is on disk. */
  void start() throws IOException {
    database = new Database(file, Duration.ofMillis(500), clock);
    processor = new EventProcessor(database, new RetrySchedule(new Random(7)), clock);
    journal = Journal.open(journalFolder, clock);
  }

  void restart() throws IOException {
    close();
    queue = null;
    start();
  }

  void startQueue(int workers, int capacity) {
    queue = new EventQueue(journal, database, processor, workers, capacity, clock);
    journal.onDurable(queue::wake);
    queue.start();
  }

  /** Bookings of one meeting, by invitees of their own. */
  static Deliveries[] bookings(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> Deliveries.booking("m", "invitee" + i))
        .toArray(Deliveries[]::new);
  }

  /** Puts deliveries into the journal, on disk. */
  void append(Deliveries... deliveries) {
    for (Deliveries delivery : deliveries) {
      journal.append(clock.instant(), new RawBody(delivery.body())).join();
    }
  }

  /** Applies deliveries together, as one chunk of a journal file. */
  void apply(Deliveries... deliveries) throws Exception {
    List<byte[]> bodies = new ArrayList<>();
    for (Deliveries delivery : deliveries) {
      bodies.add(delivery.body());
    }
    apply(bodies);
  }

  void apply(List<byte[]> bodies) throws Exception {
    List<Entry> entries = new ArrayList<>();
    long from = position;
    for (byte[] body : bodies) {
      position += 100;
      entries.add(new Entry(position, CalendlyTime.text(clock.instant()), new RawBody(body)));
    }
    processor.prepare(new Chunk("a segment", from, position, entries)).run();
  }

  /** From now on SQLite itself refuses this invitee. */
  void refuse(String email) throws SQLException {
    execute(
        "CREATE TRIGGER refuse BEFORE INSERT ON invitees WHEN NEW.email = '"
            + email
            + "' BEGIN SELECT RAISE(ABORT, 'refused by a trigger'); END");
  }

  void execute(String sql) throws SQLException {
    try (Connection connection = OtherWriter.at(file);
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  List<String> rows(String sql) {
    try {
      return RunningReceiver.rows(file, sql);
    } catch (SQLException notNow) {
      return List.of(notNow.toString());
    }
  }

  String one(String sql) {
    return String.join("\n", rows(sql));
  }

  void awaitEvents(int count) throws Exception {
    Eventually.holds(
        count + " events", () -> count("calendly_webhook_events").equals(Integer.toString(count)));
  }

  String count(String table) {
    return one("SELECT count(*) FROM " + table);
  }

  @Override
  public void close() {
    if (queue != null) {
      queue.close();
    }
    journal.close();
    database.close();
  }
}
