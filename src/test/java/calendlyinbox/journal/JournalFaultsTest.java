package calendlyinbox.journal;

import static calendlyinbox.journal.JournalFixture.ONE_SEGMENT;
import static calendlyinbox.journal.JournalFixture.append;
import static calendlyinbox.journal.JournalFixture.assertRefused;
import static calendlyinbox.journal.JournalFixture.filesIn;
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
import static org.junit.jupiter.api.Named.named;

import calendlyinbox.journal.FaultyFiles.Noted;
import calendlyinbox.journal.FaultyFiles.Step;
import calendlyinbox.journal.JournalFixture.QuickFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(600)
class JournalFaultsTest {
  /** So small that every delivery begins a new file. */
  private static final long ROTATE_ALWAYS = 1;

  @TempDir Path folder;
  private final FaultyFiles files = new FaultyFiles();

  static Stream<Named<Consumer<FaultyFiles>>> faultsOfAnyFile() {
    int line = 92;
    return Stream.of(
        fault("the write fails before the first byte", f -> f.failOnce(Step.WRITE)),
        fault("the write fails after a byte", f -> f.failWriteOnceAfter(1)),
        fault("the write fails within the line", f -> f.failWriteOnceAfter(line / 2)),
        fault("the write fails before the newline", f -> f.failWriteOnceAfter(line - 1)),
        fault("the write fails after the line", f -> f.failWriteOnceAfter(1000)),
        fault("the sync fails", f -> f.failOnce(Step.SYNC)),
        fault(
            "the write fails, and cutting it off",
            f -> {
              f.failWriteOnceAfter(line / 2);
              f.failOnce(Step.TRUNCATE);
            }),
        fault(
            "the sync fails, and cutting off",
            f -> {
              f.failOnce(Step.SYNC);
              f.failOnce(Step.TRUNCATE);
            }),
        fault(
            "the write fails, and the sync after cutting it off",
            f -> {
              f.failWriteOnceAfter(line / 2);
              f.failOnce(Step.SYNC);
            }),
        fault(
            "the write and the close fail",
            f -> {
              f.failWriteOnceAfter(line / 2);
              f.failOnce(Step.CLOSE);
            }),
        fault(
            "the write throws unchecked",
            f -> f.failOnce(Step.WRITE, new UncheckedIOException(new IOException("gone")))),
        fault("the write runs out of memory", f -> f.failOnce(Step.WRITE, new OutOfMemoryError())),
        fault("the sync runs out of memory", f -> f.failOnce(Step.SYNC, new OutOfMemoryError())));
  }

  static Stream<Named<Consumer<FaultyFiles>>> faultsOfANewFile() {
    return Stream.concat(
        faultsOfAnyFile(),
        Stream.of(
            fault("the file cannot be made", f -> f.failOnce(Step.CREATE)),
            fault("its folder cannot be synced", f -> f.failOnce(Step.SYNC_DIRECTORY)),
            fault(
                "its folder's sync runs out of memory",
                f -> f.failOnce(Step.SYNC_DIRECTORY, new OutOfMemoryError()))));
  }

  private static Named<Consumer<FaultyFiles>> fault(String name, Consumer<FaultyFiles> fault) {
    return named(name, fault);
  }

  @ParameterizedTest
  @MethodSource("faultsOfANewFile")
  void a_fault_at_the_first_delivery_refuses_it_and_the_next_ones_are_kept(
      Consumer<FaultyFiles> fault) throws Exception {
    assertOnlyTheFaultyOneIsRefused(ONE_SEGMENT, new int[0], fault);
  }

  @ParameterizedTest
  @MethodSource("faultsOfAnyFile")
  void a_fault_in_a_file_with_deliveries_refuses_one_and_keeps_all_others(
      Consumer<FaultyFiles> fault) throws Exception {
    assertOnlyTheFaultyOneIsRefused(ONE_SEGMENT, new int[] {1, 2, 3}, fault);
  }

  @ParameterizedTest
  @MethodSource("faultsOfANewFile")
  void a_fault_when_a_full_file_is_followed_by_another_refuses_one_and_keeps_all_others(
      Consumer<FaultyFiles> fault) throws Exception {
    assertOnlyTheFaultyOneIsRefused(ROTATE_ALWAYS, new int[] {1, 2, 3}, fault);
  }

  private void assertOnlyTheFaultyOneIsRefused(
      long segmentBytes, int[] before, Consumer<FaultyFiles> fault) throws Exception {
    logOf(() -> refuseOne(segmentBytes, before, fault));
  }

  private void refuseOne(long segmentBytes, int[] before, Consumer<FaultyFiles> fault)
      throws Exception {
    try (Journal journal = open(folder, files, segmentBytes)) {
      write(journal, before);
      fault.accept(files);

      assertRefused(append(journal, 100));

      assertTrue(files.allMet());
      write(journal, 101, 102, 103);
      List<String> acknowledged = new ArrayList<>(texts(before));
      acknowledged.addAll(texts(101, 102, 103));
      assertEquals(acknowledged, read(journal), "read by the running process");
      assertEquals(acknowledged, withoutOneOf(text(100), readAgain(folder)), "after a kill");
      journal.close();
      assertEquals(acknowledged, withoutOneOf(text(100), readAgain(folder)), "after a stop");
      assertEquals(0, journal.damagedLines());
    }
  }

  @Test
  void a_full_file_that_does_not_close_refuses_nothing() throws Exception {
    try (Journal journal = open(folder, files, ROTATE_ALWAYS)) {
      files.failAlways(Step.CLOSE, new IOException("Input/output error"));

      logOf(() -> write(journal, 1, 2, 3));

      assertEquals(texts(1, 2, 3), read(journal));
    }
    assertEquals(texts(1, 2, 3), readAgain(folder));
  }

  @Test
  void a_refusal_names_the_reason_and_nothing_of_the_delivery() throws Exception {
    try (Journal journal = open(folder, files, ONE_SEGMENT)) {
      files.failWriteOnceAfter(10);

      JournalUnavailableException refused = assertRefused(append(journal, 1));

      assertEquals("No space left on device", refused.getMessage());
    }
  }

  @Test
  void a_delivery_is_acknowledged_only_after_its_sync_returned() throws Exception {
    try (Journal journal = open(folder, files, ONE_SEGMENT)) {
      FaultyFiles.Gate folderSync = files.hold(Step.SYNC_DIRECTORY);
      FaultyFiles.Gate write = files.hold(Step.WRITE);
      FaultyFiles.Gate sync = files.hold(Step.SYNC);
      List<String> order = new ArrayList<>();

      CompletableFuture<Void> durable =
          append(journal, 1).thenRun(() -> order.addAll(steps(files.history())));

      for (FaultyFiles.Gate gate : List.of(folderSync, write, sync)) {
        gate.awaitReached();
        assertFalse(durable.isDone());
        assertEquals(0, journal.bytes());
        gate.open();
      }
      JournalFixture.await(durable);
      assertEquals(List.of("CREATE", "SYNC_DIRECTORY", "WRITE", "SYNC"), order);
    }
  }

  @Test
  void a_file_in_which_a_write_or_a_sync_failed_is_never_written_to_again() throws Exception {
    for (Step failing : List.of(Step.WRITE, Step.SYNC)) {
      try (Journal journal = open(folder, files, ONE_SEGMENT)) {
        write(journal, 1);
        files.failOnce(failing);
        assertRefused(append(journal, 2));

        write(journal, 3, 4);
      }
    }

    Set<String> broken = new HashSet<>();
    for (Noted noted : files.history()) {
      assertFalse(noted.step() == Step.WRITE && broken.contains(noted.file()), noted::toString);
      if (noted.failed()) {
        broken.add(noted.file());
      }
    }
    assertEquals(2, broken.size());
  }

  @ParameterizedTest
  @EnumSource(names = {"CREATE", "SYNC_DIRECTORY", "WRITE", "SYNC"})
  void a_disk_that_stays_full_gains_no_files_however_many_deliveries_are_refused(Step step)
      throws Exception {
    try (Journal journal = open(folder, files, ONE_SEGMENT)) {
      write(journal, 1);
      journal.seal();
      files.failAlways(step, new IOException("No space left on device"));

      logOf(
          () -> {
            for (int i = 0; i < 100; i++) {
              assertRefused(append(journal, 2));
            }
          });

      assertEquals(1, filesIn(folder).size());
      assertEquals(1, journal.segments().size());
      files.mend();
      write(journal, 3);
      assertEquals(texts(1, 3), read(journal));
    }
    assertEquals(texts(1, 3), readAgain(folder));
  }

  @Test
  void any_mixture_of_faults_loses_nothing_that_was_acknowledged() throws Exception {
    for (int seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      Path own = Files.createDirectory(folder.resolve("seed-" + seed));
      logOf(() -> assertNothingIsLost(random, own));
    }
  }

  private static void assertNothingIsLost(Random random, Path folder) throws Exception {
    FaultyFiles files = new FaultyFiles(new QuickFiles());
    List<String> acknowledged = new ArrayList<>();
    Set<String> refused = new HashSet<>();
    int number = 0;
    for (int opened = 0; opened < 3; opened++) {
      files.mend();
      try (Journal journal = open(folder, files, 1 + random.nextInt(400))) {
        for (int i = 0; i < 30; i++) {
          while (random.nextInt(3) == 0) {
            breakSomething(files, random);
          }
          List<CompletableFuture<Void>> batch = new ArrayList<>();
          int first = number;
          for (int size = 1 + random.nextInt(3); size > 0; size--) {
            batch.add(append(journal, number++));
          }
          for (int n = 0; n < batch.size(); n++) {
            boolean kept = batch.get(n).handle((done, refusal) -> refusal == null).join();
            (kept ? acknowledged : refused).add(text(first + n));
          }
        }
      }
    }

    List<String> found = readAgain(folder);

    assertEquals(found.size(), new HashSet<>(found).size(), folder::toString);
    found.removeIf(refused::contains);
    assertEquals(acknowledged, found, folder::toString);
  }

  private static void breakSomething(FaultyFiles files, Random random) {
    Step step = Step.values()[random.nextInt(Step.values().length)];
    if (step == Step.WRITE) {
      files.failWriteOnceAfter(random.nextInt(200));
    } else {
      files.failOnce(step);
    }
  }

  /** What was refused may be there, once: it is genuine. */
  private static List<String> withoutOneOf(String refused, List<String> found) {
    found.remove(refused);
    return found;
  }

  private static List<String> steps(List<Noted> history) {
    return history.stream().map(noted -> noted.step().name()).toList();
  }

  @Test
  void a_file_that_is_removed_as_soon_as_it_is_made_takes_no_delivery() throws Exception {
    AtomicBoolean removes = new AtomicBoolean(true);
    JournalFiles robbed =
        new JournalFiles() {
          @Override
          void syncDirectory(Path synced) throws IOException {
            super.syncDirectory(synced);
            if (removes.getAndSet(false)) {
              for (Path made : filesIn(synced)) {
                Files.delete(made);
              }
            }
          }
        };
    try (Journal journal = open(folder, robbed, ONE_SEGMENT)) {
      assertRefused(append(journal, 1));
      JournalFixture.await(append(journal, 2));
    }

    assertEquals(texts(2), readAgain(folder));
  }
}
