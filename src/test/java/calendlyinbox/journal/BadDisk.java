package calendlyinbox.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.journal.FaultyFiles.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * Lives of a journal on a disk that fails at random: no space after some bytes of a line, EIO at
 * any step, once or for a while. What was called durable is read back by the next process, once and
 * in order; what was refused may be there or not; nothing else is.
 */
public final class BadDisk {
  private static final long SEGMENT_BYTES = 600;
  private static final int BATCHES = 12;

  private final Random random;
  private final FaultyFiles files = new FaultyFiles(new JournalFixture.QuickFiles());
  private final List<String> sent = new ArrayList<>();
  private final List<String> durable = new ArrayList<>();
  private int faults;

  private BadDisk(long seed) {
    this.random = new Random(seed);
  }

  /** What came of it. */
  public record Tally(int faults, int refused, int taken) {}

  /**
   * @param folder does not exist yet
   * @param lives each begins with an empty folder, and a seed of its own
   */
  public static Tally tries(Path folder, long seed, int lives) throws Exception {
    Tally sum = new Tally(0, 0, 0);
    for (int i = 0; i < lives; i++) {
      Path own = Files.createDirectories(folder.resolve("life-" + i));
      BadDisk life = new BadDisk(seed + i);
      life.live(own);
      JournalFixture.delete(own);
      int refused = life.sent.size() - life.durable.size();
      sum =
          new Tally(
              sum.faults() + life.faults,
              sum.refused() + refused,
              sum.taken() + life.durable.size());
    }
    assertTrue(sum.faults() > 0 && sum.refused() > 0 && sum.taken() > 0, sum::toString);
    return sum;
  }

  private void live(Path folder) throws Exception {
    try (Journal journal = JournalFixture.open(folder, files, SEGMENT_BYTES)) {
      for (int i = 0; i < BATCHES; i++) {
        if (random.nextInt(3) == 0) {
          fault();
        } else if (random.nextInt(2) == 0) {
          files.mend();
        }
        batch(journal, 1 + random.nextInt(4));
      }
      files.mend();
      int before = durable.size();
      batch(journal, 1);
      assertEquals(before + 1, durable.size(), "taken again when the disk is well");
    }
    List<String> found = JournalFixture.readAgain(folder);
    assertEquals(found.size(), new HashSet<>(found).size(), "nothing twice: " + found);
    assertTrue(sent.containsAll(found), () -> "only what was sent: " + found);
    found.retainAll(Set.copyOf(durable));
    assertEquals(durable, found, "everything durable, in order");
  }

  private void fault() {
    faults++;
    Step step = List.of(Step.values()).get(random.nextInt(Step.values().length));
    IOException cause = new IOException("Input/output error");
    switch (random.nextInt(3)) {
      case 0 -> files.failWriteOnceAfter(random.nextInt(120));
      case 1 -> files.failOnce(step, cause);
      default -> files.failAlways(step, cause);
    }
  }

  /** Appends some that may share a write and a sync, and waits for what becomes of them. */
  private void batch(Journal journal, int count) throws Exception {
    List<CompletableFuture<Void>> appends = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String text = JournalFixture.text(sent.size() + 1);
      sent.add(text);
      texts.add(text);
      appends.add(JournalFixture.append(journal, sent.size()));
    }
    for (int i = 0; i < count; i++) {
      Throwable refused =
          appends.get(i).handle((nothing, thrown) -> thrown).get(1, TimeUnit.MINUTES);
      if (refused == null) {
        durable.add(texts.get(i));
      } else {
        Throwable cause =
            refused instanceof CompletionException wrapped ? wrapped.getCause() : refused;
        assertEquals(JournalUnavailableException.class, cause.getClass());
      }
    }
  }
}
