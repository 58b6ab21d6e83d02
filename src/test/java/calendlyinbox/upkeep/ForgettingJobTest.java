package calendlyinbox.upkeep;

import calendlyinbox.Eventually;
import calendlyinbox.events.EventProcessor;
import calendlyinbox.events.EventQueue;
import calendlyinbox.events.RetrySchedule;
import calendlyinbox.journal.Journal;
import calendlyinbox.store.Database;
import calendlyinbox.upkeep.Forgetting.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForgettingJobTest {
  private static final Clock CLOCK = Clock.systemUTC();
  private static final Address ADA = Address.of("ada@example.com").orElseThrow();
  private static final Address BOB = Address.of("bob@example.com").orElseThrow();

  /** Than an outcome is kept for who does not ask again. */
  private static final Duration SHORTER_THAN_KEPT = Duration.ofSeconds(50);

  @TempDir Path folder;

  @Test
  void one_whom_nobody_asks_about_again_keeps_nobody_else_from_being_forgotten() throws Exception {
    Path file = folder.resolve("calendly.db");
    Path segments = Files.createDirectory(folder.resolve("journal"));
    try (Database database = new Database(file, Duration.ofSeconds(1), CLOCK);
        Journal journal = Journal.open(segments, CLOCK);
        EventQueue queue =
            new EventQueue(
                journal,
                database,
                new EventProcessor(database, new RetrySchedule(new Random(1)), CLOCK),
                1,
                100,
                CLOCK);
        ForgettingJob job =
            new ForgettingJob(new Forgetting(folder, file, database, journal, queue, CLOCK))) {
      queue.start();

      // Where it was done before anybody waited, the outcome is taken, and the next one begins.
      Eventually.holds("it takes its time", () -> job.forget(ADA, Duration.ZERO).isEmpty());

      Eventually.holds(
          "another address is looked for",
          SHORTER_THAN_KEPT,
          () -> {
            Optional<Outcome> outcome = job.forget(BOB, Duration.ofSeconds(5));
            return outcome.isPresent() && !(outcome.get() instanceof Outcome.NotNow);
          });
    }
  }
}
