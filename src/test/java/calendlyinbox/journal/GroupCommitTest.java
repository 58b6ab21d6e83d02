package calendlyinbox.journal;

import static calendlyinbox.journal.JournalFixture.NOON;
import static calendlyinbox.journal.JournalFixture.ONE_SEGMENT;
import static calendlyinbox.journal.JournalFixture.append;
import static calendlyinbox.journal.JournalFixture.assertRefused;
import static calendlyinbox.journal.JournalFixture.logOf;
import static calendlyinbox.journal.JournalFixture.open;
import static calendlyinbox.journal.JournalFixture.read;
import static calendlyinbox.journal.JournalFixture.readAgain;
import static calendlyinbox.journal.JournalFixture.text;
import static calendlyinbox.journal.JournalFixture.texts;
import static calendlyinbox.journal.JournalFixture.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Eventually;
import calendlyinbox.journal.FaultyFiles.Gate;
import calendlyinbox.journal.FaultyFiles.Step;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class GroupCommitTest {
  private static final int KIB = 1024;

  @TempDir Path folder;
  private final FaultyFiles files = new FaultyFiles();

  @Test
  void a_delivery_that_is_alone_has_a_sync_of_its_own() throws Exception {
    try (Journal journal = open(folder, files, ONE_SEGMENT)) {
      for (int i = 1; i <= 10; i++) {
        write(journal, i);

        assertEquals(i, files.count(Step.SYNC));
      }
    }
  }

  @Test
  void all_that_wait_while_a_sync_runs_share_the_next_one() throws Exception {
    try (Journal journal = open(folder, files, ONE_SEGMENT)) {
      Gate sync = files.hold(Step.SYNC);
      List<CompletableFuture<Void>> durable = new ArrayList<>();
      durable.add(append(journal, 0));
      sync.awaitReached();
      for (int i = 1; i < 1000; i++) {
        durable.add(append(journal, i));
      }
      assertTrue(durable.stream().noneMatch(CompletableFuture::isDone));

      sync.open();

      for (CompletableFuture<Void> each : durable) {
        JournalFixture.await(each);
      }
      assertEquals(2, files.count(Step.SYNC));
      assertEquals(texts(IntStream.range(0, 1000).toArray()), read(journal));
    }
  }

  @Test
  void a_batch_that_fails_refuses_all_of_it_and_nothing_else() throws Exception {
    try (Journal journal = open(folder, files, ONE_SEGMENT)) {
      Gate sync = files.hold(Step.SYNC);
      CompletableFuture<Void> before = append(journal, 1);
      sync.awaitReached();
      List<CompletableFuture<Void>> batch =
          List.of(append(journal, 2), append(journal, 3), append(journal, 4));
      // The write of the first is done; the next one is theirs.
      files.failWriteOnceAfter(150);

      sync.open();

      JournalFixture.await(before);
      batch.forEach(JournalFixture::assertRefused);
      write(journal, 5);
      assertEquals(texts(1, 5), read(journal));
    }
    assertEquals(texts(1, 5), readAgain(folder));
  }

  @Test
  void many_threads_find_each_of_their_deliveries_exactly_once_and_in_their_order()
      throws Exception {
    int threads = 16;
    int each = 200;
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    try (Journal journal = open(folder, files, 64 * KIB)) {
      // All are waiting before the first sync returns, so that many must share the second.
      Gate sync = files.hold(Step.SYNC);
      CountDownLatch appended = new CountDownLatch(threads);
      List<Thread> all = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int first = t * each;
        Thread thread =
            new Thread(
                () -> {
                  try {
                    CompletableFuture<?>[] half = new CompletableFuture<?>[each / 2];
                    for (int i = 0; i < half.length; i++) {
                      half[i] = append(journal, first + i);
                    }
                    appended.countDown();
                    CompletableFuture.allOf(half).join();
                    for (int i = half.length; i < each; i++) {
                      write(journal, first + i);
                    }
                  } catch (Throwable e) {
                    failures.add(e);
                  }
                });
        thread.start();
        all.add(thread);
      }
      appended.await();
      sync.open();
      for (Thread thread : all) {
        thread.join();
      }

      assertEquals(List.of(), List.copyOf(failures));
      List<String> found = read(journal);
      assertEquals(threads * each, found.size());
      assertEquals(threads * each, new HashSet<>(found).size());
      for (int t = 0; t < threads; t++) {
        List<Integer> places = new ArrayList<>();
        for (int i = t * each; i < (t + 1) * each; i++) {
          places.add(found.indexOf(text(i)));
        }
        List<Integer> sorted = new ArrayList<>(places);
        Collections.sort(sorted);
        assertEquals(sorted, places, "thread " + t);
      }
      long syncs = files.count(Step.SYNC);
      assertTrue(syncs <= threads * each / 2 + 2, syncs + " syncs");
      assertEquals(found, readAgain(folder));
    }
  }

  @Test
  void what_waits_for_a_disk_that_hangs_is_limited_and_goes_on_when_the_disk_does()
      throws Exception {
    RawBody large = new RawBody(new byte[64 * KIB]);
    try (Journal journal = open(folder, files, ONE_SEGMENT)) {
      Gate sync = files.hold(Step.SYNC);
      List<CompletableFuture<Void>> taken = new ArrayList<>();
      taken.add(append(journal, 1));
      sync.awaitReached();
      for (int i = 0; i < 128; i++) {
        taken.add(journal.append(NOON, large));
      }
      assertTrue(taken.stream().noneMatch(CompletableFuture::isDone));

      for (int i = 0; i < 1000; i++) {
        CompletableFuture<Void> refused = journal.append(NOON, large);
        assertTrue(refused.isDone(), "refused at once");
        assertEquals(
            "too many deliveries wait for the disk: 8388608 bytes",
            assertRefused(refused).getMessage());
      }
      sync.open();

      for (CompletableFuture<Void> each : taken) {
        JournalFixture.await(each);
      }
      JournalFixture.await(journal.append(NOON, large));
      assertEquals(130, read(journal).size());
      // Not all of it in one write: the first need not wait for the last.
      assertTrue(files.count(Step.SYNC) >= 10, files.count(Step.SYNC) + " syncs");
    }
  }

  @Test
  void a_few_deliveries_are_no_crowd() throws Exception {
    try (Journal journal = open(folder, new JournalFixture.QuickFiles(), ONE_SEGMENT)) {
      assertFalse(journal.isCrowded());
      for (int i = 0; i < 199; i++) {
        write(journal, i);
        assertFalse(journal.isCrowded());
      }
    }
  }

  @Test
  void hundreds_of_deliveries_at_once_are_a_crowd_until_they_stop() throws Exception {
    try (Journal journal = open(folder, new JournalFixture.QuickFiles(), ONE_SEGMENT)) {
      // Sent again until none of the machine's pauses fell among them.
      Eventually.holds(
          "a crowd is noticed",
          () -> {
            CompletableFuture<?>[] crowd = new CompletableFuture<?>[400];
            for (int i = 0; i < crowd.length; i++) {
              crowd[i] = append(journal, i);
            }
            CompletableFuture.allOf(crowd).join();
            return journal.isCrowded();
          });

      Eventually.holds("it is over", () -> !journal.isCrowded());
    }
  }

  @Test
  void two_hundred_deliveries_are_enough_for_a_crowd() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    // Begun again until none of the machine's pauses fell among them.
    Eventually.holds(
        "a crowd is noticed",
        () -> {
          Path another =
              Files.createDirectory(folder.resolve("crowd-" + attempts.getAndIncrement()));
          try (Journal journal = open(another, new JournalFixture.QuickFiles(), ONE_SEGMENT)) {
            CompletableFuture<?>[] crowd = new CompletableFuture<?>[200];
            for (int i = 0; i < crowd.length; i++) {
              crowd[i] = append(journal, i);
            }
            CompletableFuture.allOf(crowd).join();
            return journal.isCrowded();
          }
        });
  }

  @Test
  void as_many_in_more_than_a_tenth_of_a_second_are_no_crowd() throws Exception {
    try (Journal journal = open(folder, new JournalFixture.QuickFiles(), ONE_SEGMENT)) {
      long begun = System.nanoTime();
      for (int i = 0; i < 199; i++) {
        write(journal, i);
      }
      while (System.nanoTime() - begun <= 100_000_000) {
        Thread.onSpinWait();
      }

      write(journal, 199);

      assertFalse(journal.isCrowded());
    }
  }

  @Test
  void fifteen_deliveries_in_as_many_batches_are_no_crowd() throws Exception {
    RawBody large = JournalFixture.body("x".repeat(300 * KIB));
    // Each time from the beginning: where the machine pauses they are none anyway.
    for (int round = 0; round < 10; round++) {
      Path another = Files.createDirectory(folder.resolve("round-" + round));
      FaultyFiles quick = new FaultyFiles(new JournalFixture.QuickFiles());
      try (Journal journal = open(another, quick, ONE_SEGMENT)) {
        Gate sync = quick.hold(Step.SYNC);
        append(journal, 0);
        sync.awaitReached();
        CompletableFuture<?>[] waiting = new CompletableFuture<?>[15];
        for (int i = 0; i < waiting.length; i++) {
          waiting[i] = journal.append(NOON, large);
        }

        sync.open();

        CompletableFuture.allOf(waiting).join();
        assertFalse(journal.isCrowded());
      }
    }
  }

  @Test
  void what_writes_does_not_keep_a_process_alive() throws Exception {
    try (Journal journal = open(folder, files, ONE_SEGMENT)) {
      write(journal, 1);

      List<Thread> writing =
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().equals("journal"))
              .toList();

      assertFalse(writing.isEmpty());
      assertTrue(writing.stream().allMatch(Thread::isDaemon));
    }
  }

  @Test
  void a_delivery_larger_than_the_limit_is_taken_when_nothing_else_waits() throws Exception {
    try (Journal journal = open(folder, files, ONE_SEGMENT)) {
      JournalFixture.await(journal.append(NOON, new RawBody(new byte[9 * KIB * KIB])));
      write(journal, 2);

      assertEquals(2, read(journal).size());
    }
  }

  @Test
  void whoever_reads_is_told_after_every_batch_when_it_can_be_read() throws Exception {
    try (Journal journal = open(folder, files, ONE_SEGMENT)) {
      List<Long> seen = Collections.synchronizedList(new ArrayList<>());
      journal.onDurable(() -> seen.add(journal.bytes()));

      write(journal, 1);
      long afterFirst = journal.bytes();
      write(journal, 2);
      journal.seal();

      assertEquals(List.of(afterFirst, journal.bytes()), seen);
    }
  }

  @Test
  void a_listener_that_throws_anything_stops_nothing() throws Exception {
    try (Journal journal = open(folder, files, ONE_SEGMENT)) {
      AtomicInteger told = new AtomicInteger();
      journal.onDurable(
          () -> {
            if (told.incrementAndGet() % 2 == 0) {
              throw new IllegalStateException("on purpose");
            }
            throw new NoClassDefFoundError("on purpose");
          });

      logOf(
          () -> {
            write(journal, 1, 2, 3, 4);
            journal.seal();
          });

      assertEquals(4, told.get());
      assertEquals(texts(1, 2, 3, 4), read(journal));
    }
  }

  @Test
  void a_delivery_that_cannot_be_written_as_a_line_is_refused_and_the_next_is_kept()
      throws Exception {
    Appender appender =
        new Appender(
            folder,
            files,
            new JournalFixture.TickingClock(),
            ONE_SEGMENT,
            segment -> {},
            nanos -> {});
    GroupCommit commits = new GroupCommit(appender, () -> {});

    // Stands for whatever fails there, as memory might.
    assertRefused(commits.append(null, new RawBody(new byte[1])));
    JournalFixture.await(commits.append("t", new RawBody(new byte[1])));

    commits.close();
    assertEquals(1, readAgain(folder).size());
  }

  @Test
  void an_errand_that_fails_tells_so_and_stops_nothing() throws Exception {
    try (Journal journal = open(folder, files, ONE_SEGMENT)) {
      files.failOnce(Step.CREATE, new OutOfMemoryError("on purpose"));

      assertTrue(journal.trouble().isPresent());

      assertFalse(journal.trouble().isPresent());
      write(journal, 1);
    }
  }

  @Test
  void closing_writes_what_waits_also_on_a_thread_that_is_told_to_end() throws Exception {
    Journal journal = open(folder, files, ONE_SEGMENT);
    Gate sync = files.hold(Step.SYNC);
    CompletableFuture<Void> first = append(journal, 1);
    sync.awaitReached();
    CompletableFuture<Void> second = append(journal, 2);
    AtomicBoolean stillTold = new AtomicBoolean();
    Thread closer =
        new Thread(
            () -> {
              journal.close();
              stillTold.set(Thread.interrupted());
            });
    closer.start();
    Eventually.holds("it waits", () -> closer.getState() == Thread.State.WAITING);
    closer.interrupt();
    Eventually.holds("it has heard", () -> !closer.isInterrupted());
    assertFalse(second.isDone());

    sync.open();
    closer.join();

    assertTrue(stillTold.get(), "it stays told");
    assertTrue(first.isDone() && second.isDone());
    assertTrue(journal.segments().get(0).isSealed());
    assertEquals(texts(1, 2), readAgain(folder));
  }

  @Test
  void what_does_not_fit_into_a_batch_has_the_next_one() throws Exception {
    // No two of them fit into half a megabyte.
    RawBody large = JournalFixture.body("x".repeat(300 * KIB));
    try (Journal journal = open(folder, files, ONE_SEGMENT)) {
      Gate sync = files.hold(Step.SYNC);
      List<CompletableFuture<Void>> durable = new ArrayList<>();
      durable.add(append(journal, 0));
      sync.awaitReached();
      for (int i = 0; i < 4; i++) {
        durable.add(journal.append(NOON, large));
      }

      sync.open();

      for (CompletableFuture<Void> each : durable) {
        JournalFixture.await(each);
      }
      assertEquals(5, files.count(Step.SYNC));
    }
  }
}
