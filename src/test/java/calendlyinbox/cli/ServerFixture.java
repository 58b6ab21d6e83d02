package calendlyinbox.cli;

import calendlyinbox.Eventually;
import calendlyinbox.admin.ClockWatch;
import calendlyinbox.delivery.Door;
import calendlyinbox.delivery.SignatureVerifier;
import calendlyinbox.events.EventProcessor;
import calendlyinbox.events.EventQueue;
import calendlyinbox.events.RetrySchedule;
import calendlyinbox.journal.Journal;
import calendlyinbox.store.Database;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Random;

/** The way of a delivery, from the door to the tables, put together on a port of its own. */
final class ServerFixture implements Closeable {
  private final ClockWatch clockWatch;
  private final Door door;
  private final EventQueue queue;
  private final Database database;
  private final Journal journal;

  ServerFixture(Tool tool) throws Exception {
    journal = Journal.open(Files.createDirectories(tool.folder().resolve("journal")), tool.clock());
    database = tool.database();
    EventProcessor processor =
        new EventProcessor(database, new RetrySchedule(new Random(1)), tool.clock());
    queue = new EventQueue(journal, database, processor, 1, 100, tool.clock());
    journal.onDurable(queue::wake);
    clockWatch = new ClockWatch(tool.site().signatureTolerance(), tool.clock());
    SignatureVerifier verifier =
        new SignatureVerifier(tool.site().keys(), tool.site().signatureTolerance());
    door =
        Door.open(
            new Door.Settings("127.0.0.1", 0, 100_000),
            verifier,
            journal,
            tool.clock(),
            clockWatch,
            config -> config.routes.get("/ready", ctx -> ctx.status(200)));
    queue.start();
    // Else the first delivery, whose row a command awaits for seconds, would wait for them.
    Eventually.holds("the tables are there", () -> database.trouble().isEmpty());
  }

  int port() {
    return door.port();
  }

  ClockWatch clockWatch() {
    return clockWatch;
  }

  @Override
  public void close() throws IOException {
    door.close();
    journal.seal();
    try {
      queue.drain(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    queue.close();
    journal.close();
    database.close();
  }
}
