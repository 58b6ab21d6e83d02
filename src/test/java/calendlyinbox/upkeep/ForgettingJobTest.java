package calendlyinbox.upkeep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Eventually;
import calendlyinbox.events.EventProcessor;
import calendlyinbox.events.EventQueue;
import calendlyinbox.events.RetrySchedule;
import calendlyinbox.journal.Journal;
import calendlyinbox.store.Database;
import calendlyinbox.upkeep.Forgetting.Outcome;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForgettingJobTest {
  private static final Clock CLOCK = Clock.systemUTC();
  private static final Address ADA = Address.of("ada@example.com").orElseThrow();
  private static final Address BOB = Address.of("bob@example.com").orElseThrow();

  private static final byte[][] NOTHING_ELSE = {};

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

  @Test
  void an_inspection_that_it_has_to_wait_for_goes_on_without_rests() throws Exception {
    try (Inbox inbox = new Inbox(folder)) {
      inbox.deliver(NOTHING_ELSE);
      inbox.database.write(
          handle -> {
            for (int i = 0; i < 20_000; i++) {
              handle.execute("INSERT INTO invitees (uri, name) VALUES (?, ?)", i, "n".repeat(900));
            }
            return null;
          });
      assertTrue(inbox.database.checkpoint());

      // One that rests takes nine times its work in rests alone, every time.
      Eventually.holds(
          "an inspection without rests",
          Duration.ofMinutes(2),
          () -> tookLessThanItsWork(4, inbox));
    }
  }

  private static boolean tookLessThanItsWork(int times, Inbox inbox) throws Exception {
    inbox.database.soundness().awaitInspection();
    inbox.deliver(NOTHING_ELSE);
    CompletableFuture<Outcome> forgotten =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return inbox.forget("ada@example.com");
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
    Eventually.holds("the journal is waited for", ForgettingJobTest::waitsForTheJournal);
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long begun = System.nanoTime();
    long worked = threads.getCurrentThreadCpuTime();
    inbox.database.soundness().inspect();
    worked = threads.getCurrentThreadCpuTime() - worked;
    long took = System.nanoTime() - begun;
    // Wakes who empties the journal, as who inspects for the server does.
    inbox.deliver(NOTHING_ELSE);
    assertEquals(new Outcome.NotFound(), forgotten.get());
    return took < times * worked;
  }

  private static boolean waitsForTheJournal() {
    return Thread.getAllStackTraces().values().stream()
        .map(calls -> Stream.of(calls).map(StackTraceElement::getMethodName).toList())
        .anyMatch(calls -> calls.contains("journalIsEmptied") && calls.contains("sleep"));
  }
}
