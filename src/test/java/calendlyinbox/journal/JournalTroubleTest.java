package calendlyinbox.journal;

import static calendlyinbox.journal.JournalFixture.ONE_SEGMENT;
import static calendlyinbox.journal.JournalFixture.append;
import static calendlyinbox.journal.JournalFixture.filesIn;
import static calendlyinbox.journal.JournalFixture.logOf;
import static calendlyinbox.journal.JournalFixture.open;
import static calendlyinbox.journal.JournalFixture.read;
import static calendlyinbox.journal.JournalFixture.texts;
import static calendlyinbox.journal.JournalFixture.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Eventually;
import calendlyinbox.journal.FaultyFiles.Gate;
import calendlyinbox.journal.FaultyFiles.Step;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class JournalTroubleTest {
  /** What a pause of the machine looks like, too. */
  private static final Optional<String> STUCK = Optional.of("stuck");

  @TempDir Path folder;
  private final FaultyFiles files = new FaultyFiles();

  @Test
  void a_journal_that_can_be_written_has_none_and_was_really_written() throws Exception {
    Eventually.holds(
        "its disk does not hang",
        () -> {
          FaultyFiles fresh = new FaultyFiles();
          try (Journal journal = open(folder, fresh, ONE_SEGMENT)) {
            Optional<String> trouble = journal.trouble();
            if (trouble.equals(STUCK)) {
              return false;
            }
            assertEquals(Optional.empty(), trouble);
            assertEquals(1, fresh.count(Step.WRITE));
            assertEquals(1, fresh.count(Step.SYNC));
            assertEquals(List.of(), filesIn(folder));
            assertEquals(List.of(), journal.segments());
            return true;
          }
        });
  }

  @Test
  void a_full_disk_is_told_as_full_until_it_is_not() throws Exception {
    try (Journal journal = open(folder, files, ONE_SEGMENT)) {
      files.failAlways(Step.WRITE, new IOException("No space left on device"));

      String log = logOf(() -> assertEquals(Optional.of("full"), trouble(journal)));

      assertTrue(log.contains("Journal cannot be written: cause=\"No space left on device\""), log);
      assertEquals(List.of(), filesIn(folder));
      files.mend();
      assertEquals(Optional.empty(), trouble(journal));
    }
  }

  @Test
  void a_folder_that_takes_no_files_is_told_as_unwritable() throws Exception {
    try (Journal journal = open(folder, files, ONE_SEGMENT)) {
      files.failAlways(Step.CREATE, new AccessDeniedException(folder + "/probe"));
      assertEquals(Optional.of("unwritable"), trouble(journal));

      files.mend();
      files.failAlways(Step.SYNC, new IOException("Input/output error"));
      assertEquals(Optional.of("unwritable"), trouble(journal));

      files.mend();
      Files.delete(folder);
      assertEquals(Optional.of("unwritable"), trouble(journal));
    }
  }

  @Test
  void a_probe_that_a_killed_process_left_is_no_trouble() throws Exception {
    Files.writeString(folder.resolve("probe"), "left");
    try (Journal journal = open(folder, files, ONE_SEGMENT)) {
      assertEquals(List.of(), journal.segments());
      assertEquals(Optional.empty(), trouble(journal));
      assertEquals(List.of(), filesIn(folder));
    }
  }

  @Test
  void a_closed_journal_is_unwritable() throws Exception {
    Journal journal = open(folder, files, ONE_SEGMENT);
    journal.close();

    assertEquals(Optional.of("unwritable"), trouble(journal));
  }

  @Test
  void a_disk_that_hangs_is_told_as_stuck_and_no_probe_is_made_up_for_later() throws Exception {
    try (Journal journal = open(folder, files, ONE_SEGMENT)) {
      Gate sync = files.hold(Step.SYNC);
      CompletableFuture<Void> waiting = append(journal, 1);
      sync.awaitReached();

      assertEquals(STUCK, journal.trouble());

      sync.open();
      JournalFixture.await(waiting);
      write(journal, 2);
      assertEquals(1, files.count(Step.CREATE), "the deliveries' file only");
      assertEquals(Optional.empty(), trouble(journal));
      assertEquals(texts(1, 2), read(journal));
    }
  }

  @Test
  void a_thread_that_is_told_to_end_does_not_wait_for_a_disk_and_stays_told() throws Exception {
    try (Journal journal = open(folder, files, ONE_SEGMENT)) {
      Gate sync = files.hold(Step.SYNC);
      CompletableFuture<Void> waiting = append(journal, 1);
      sync.awaitReached();

      Thread.currentThread().interrupt();
      assertEquals(Optional.of("interrupted"), journal.trouble());

      assertTrue(Thread.interrupted());
      sync.open();
      JournalFixture.await(waiting);
    }
  }

  @Test
  void whoever_wants_to_know_is_told_how_long_each_sync_of_deliveries_took() throws Exception {
    List<Long> took = new CopyOnWriteArrayList<>();
    try (Journal journal = open(folder, files, ONE_SEGMENT)) {
      journal.onSync(took::add);
      Gate sync = files.hold(Step.SYNC);
      long begun = System.nanoTime();
      CompletableFuture<Void> first = append(journal, 1);
      sync.awaitReached();
      long reached = System.nanoTime();
      while (System.nanoTime() - reached < 10_000_000) {
        Thread.onSpinWait();
      }
      sync.open();
      JournalFixture.await(first);

      assertEquals(1, took.size());
      assertTrue(took.get(0) >= 10_000_000, "took " + took);
      assertTrue(took.get(0) <= System.nanoTime() - begun, "took " + took);
      write(journal, 2);
      assertEquals(Optional.empty(), trouble(journal));
      assertEquals(2, took.size(), "a probe is no delivery");
    }
  }

  /** Asks until the disk does not seem to hang. */
  private static Optional<String> trouble(Journal journal) throws Exception {
    AtomicReference<Optional<String>> trouble = new AtomicReference<>();
    Eventually.holds(
        "its disk does not hang",
        () -> {
          trouble.set(journal.trouble());
          return !trouble.get().equals(STUCK);
        });
    return trouble.get();
  }
}
