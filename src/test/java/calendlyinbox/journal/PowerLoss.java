package calendlyinbox.journal;

import static calendlyinbox.journal.JournalFixture.append;
import static calendlyinbox.journal.JournalFixture.assertRefused;
import static calendlyinbox.journal.JournalFixture.open;
import static calendlyinbox.journal.JournalFixture.readAgain;
import static calendlyinbox.journal.JournalFixture.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/**
 * A disk that may lose at any moment whatever was not synced: the bytes behind the last sync, in
 * whole or in part, and files whose folder was not synced. A journal's life is made up from a seed:
 * deliveries alone and together, files that are full, syncs that fail. Then every state that the
 * disk could be left in is opened by the next process: every acknowledged delivery is read back, in
 * order, and nothing is invented.
 */
public final class PowerLoss {
  /** About three lines. */
  private static final long SEGMENT_BYTES = 250;

  private static final int STEPS = 9;

  private final Path folder;
  private final Random random;
  private final RecordedFiles files = new RecordedFiles();
  private final List<String> appended = new ArrayList<>();
  private int states;

  private PowerLoss(Path folder, long seed) {
    this.folder = folder;
    this.random = new Random(seed);
  }

  /** What came of it. */
  public record Tally(int acknowledged, int states) {}

  /**
   * @param folder exists
   * @param lives each has a seed of its own
   */
  public static Tally tries(Path folder, long seed, int lives) throws Exception {
    Tally sum = new Tally(0, 0);
    for (int i = 0; i < lives; i++) {
      PowerLoss life =
          new PowerLoss(Files.createDirectories(folder.resolve("life-" + i)), seed + i);
      life.live();
      life.loseWhatIsUnsynced();
      life.zeroWhatIsUnsynced();
      sum = new Tally(sum.acknowledged + life.files.acknowledged.size(), sum.states + life.states);
    }
    return sum;
  }

  /**
   * What the disk holds for certain, and what it may hold, at one moment.
   *
   * @param acknowledged what got its 200 up to then
   */
  private record Moment(Map<String, OnDisk> files, List<String> acknowledged) {}

  /**
   * @param isNamed the folder was synced after the file was made
   * @param synced how many bytes of {@code written} are certain
   */
  private record OnDisk(boolean isNamed, int synced, byte[] written) {}

  /** Notes after every step what the disk would hold. */
  private static final class RecordedFiles extends JournalFiles {
    final List<Moment> moments = new ArrayList<>();
    final List<String> acknowledged = new ArrayList<>();
    final Map<String, OnDisk> state = new LinkedHashMap<>();
    final Semaphore mayWrite = new Semaphore(0);
    boolean failSync;

    synchronized void acknowledge(String text) {
      acknowledged.add(text);
      remember();
    }

    @Override
    Appending create(Path file) throws IOException {
      mayWrite.acquireUninterruptibly();
      mayWrite.release();
      Appending real = super.create(file);
      put(file, new OnDisk(false, 0, new byte[0]));
      return recorded(file, real);
    }

    @Override
    synchronized void syncDirectory(Path folder) throws IOException {
      super.syncDirectory(folder);
      state.replaceAll((name, file) -> new OnDisk(true, file.synced, file.written));
      remember();
    }

    private Appending recorded(Path path, Appending real) {
      return new Appending() {
        private final ByteArrayOutputStream whole = new ByteArrayOutputStream();

        @Override
        public void write(ByteBuffer bytes) throws IOException {
          mayWrite.acquireUninterruptibly();
          mayWrite.release();
          byte[] copy = new byte[bytes.remaining()];
          bytes.duplicate().get(copy);
          real.write(bytes);
          whole.writeBytes(copy);
          put(path, new OnDisk(now(path).isNamed, now(path).synced, whole.toByteArray()));
        }

        @Override
        public void sync() throws IOException {
          if (failSync) {
            failSync = false;
            throw new IOException("Input/output error");
          }
          real.sync();
          put(path, new OnDisk(now(path).isNamed, whole.size(), whole.toByteArray()));
        }

        @Override
        public void truncate(long length) throws IOException {
          real.truncate(length);
          byte[] kept = Arrays.copyOf(whole.toByteArray(), (int) length);
          whole.reset();
          whole.writeBytes(kept);
          // Until the next sync the disk may still hold what was cut off.
          put(path, now(path));
        }

        @Override
        public void close() throws IOException {
          real.close();
        }
      };
    }

    private synchronized OnDisk now(Path file) {
      return state.get(file.getFileName().toString());
    }

    private synchronized void put(Path file, OnDisk onDisk) {
      state.put(file.getFileName().toString(), onDisk);
      remember();
    }

    private void remember() {
      if (!moments.isEmpty() && moments.get(moments.size() - 1).files.equals(state)) {
        // The same disk, and more that must be on it.
        moments.remove(moments.size() - 1);
      }
      moments.add(new Moment(new LinkedHashMap<>(state), List.copyOf(acknowledged)));
    }
  }

  private void live() throws Exception {
    Path journalFolder = Files.createDirectory(folder.resolve("journal"));
    try (Journal journal = open(journalFolder, files, SEGMENT_BYTES)) {
      deliver(journal, 1);
      for (int i = 0; i < STEPS; i++) {
        if (random.nextInt(4) == 0) {
          files.failSync = true;
          refuse(journal);
        } else {
          deliver(journal, 1 + random.nextInt(4));
        }
      }
      deliver(journal, 1);
    }
    assertTrue(files.state.size() >= 2, "files were rotated");
  }

  /** Every prefix of the unsynced bytes of every file, at every moment. */
  private void loseWhatIsUnsynced() throws Exception {
    for (Moment moment : files.moments) {
      for (String torn : moment.files.keySet()) {
        OnDisk file = moment.files.get(torn);
        for (int length = file.synced; length <= file.written.length; length++) {
          assertSurvives(moment, torn, Arrays.copyOf(file.written, length));
        }
      }
    }
  }

  /** Unsynced bytes that come back as zeroes hide nothing. */
  private void zeroWhatIsUnsynced() throws Exception {
    for (Moment moment : files.moments) {
      for (String torn : moment.files.keySet()) {
        OnDisk file = moment.files.get(torn);
        for (int from = file.synced; from < file.written.length; from += 7) {
          byte[] tail = file.written.clone();
          Arrays.fill(tail, from, tail.length, (byte) 0);
          assertSurvives(moment, torn, tail);
          byte[] middle = file.written.clone();
          Arrays.fill(middle, file.synced, from, (byte) 0);
          assertSurvives(moment, torn, middle);
        }
      }
    }
  }

  /** Builds the folder with one file as given, of the others only what is certain, and opens it. */
  private void assertSurvives(Moment moment, String torn, byte[] content) throws Exception {
    Path after = Files.createDirectory(folder.resolve("after-" + states++));
    for (Map.Entry<String, OnDisk> file : moment.files.entrySet()) {
      OnDisk onDisk = file.getValue();
      boolean isTorn = file.getKey().equals(torn);
      if (isTorn || onDisk.isNamed) {
        Files.write(
            after.resolve(file.getKey()),
            isTorn ? content : Arrays.copyOf(onDisk.written, onDisk.synced));
      }
    }

    List<String> found = readAgain(after);
    JournalFixture.delete(after);

    Set<String> others = new HashSet<>(found);
    assertEquals(found.size(), others.size(), "nothing twice");
    assertTrue(appended.containsAll(found), () -> "only what was appended: " + found);
    assertTrue(found.containsAll(moment.acknowledged), () -> moment.acknowledged + " in " + found);
    found.retainAll(moment.acknowledged);
    assertEquals(moment.acknowledged, found, "in order");
  }

  /** Appends some that share a write and a sync. */
  private void deliver(Journal journal, int count) throws Exception {
    List<CompletableFuture<Void>> durable = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String text = next();
      durable.add(append(journal, appended.size()).thenRun(() -> files.acknowledge(text)));
    }
    files.mayWrite.release();
    for (CompletableFuture<Void> each : durable) {
      JournalFixture.await(each);
    }
    files.mayWrite.acquire();
  }

  private void refuse(Journal journal) throws Exception {
    next();
    CompletableFuture<Void> refused = append(journal, appended.size());
    files.mayWrite.release();
    assertRefused(refused);
    files.mayWrite.acquire();
  }

  private String next() {
    String text = text(appended.size() + 1);
    appended.add(text);
    return text;
  }
}
