package calendlyinbox.journal;

import static calendlyinbox.journal.JournalFixture.append;
import static calendlyinbox.journal.JournalFixture.assertRefused;
import static calendlyinbox.journal.JournalFixture.logOf;
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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that may lose at any moment whatever was not synced: the bytes behind the last sync, in
 * whole or in part, and files whose folder was not synced.
 */
@Timeout(60)
class JournalPowerLossTest {
  /** About three lines. */
  private static final long SEGMENT_BYTES = 250;

  @TempDir Path folder;
  private final RecordedFiles files = new RecordedFiles();
  private final List<String> appended = new ArrayList<>();
  private int folders;

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

  @BeforeEach
  void a_life_with_rotations_a_shared_sync_and_a_failed_one() throws Exception {
    Files.createDirectory(folder.resolve("journal"));
    try (Journal journal = open(folder.resolve("journal"), files, SEGMENT_BYTES)) {
      deliver(journal, 1);
      deliver(journal, 1);
      deliver(journal, 4);
      deliver(journal, 1);
      files.failSync = true;
      refuse(journal);
      deliver(journal, 2);
      files.failSync = true;
      refuse(journal);
      deliver(journal, 1);
    }
    assertEquals(10, files.acknowledged.size());
    assertTrue(files.state.size() >= 4, "files were rotated");
  }

  @Test
  void whatever_part_of_the_unsynced_bytes_survives_every_acknowledged_delivery_does()
      throws Exception {
    int states = 0;
    for (Moment moment : files.moments) {
      for (String torn : moment.files.keySet()) {
        OnDisk file = moment.files.get(torn);
        for (int length = file.synced; length <= file.written.length; length++) {
          assertSurvives(moment, torn, Arrays.copyOf(file.written, length));
          states++;
        }
      }
    }
    assertTrue(states > 1000, states + " states were looked at");
  }

  @Test
  void unsynced_bytes_that_come_back_as_zeroes_hide_no_acknowledged_delivery() throws Exception {
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
    Path after = Files.createDirectory(folder.resolve("after-" + folders++));
    for (Map.Entry<String, OnDisk> file : moment.files.entrySet()) {
      OnDisk onDisk = file.getValue();
      boolean isTorn = file.getKey().equals(torn);
      if (isTorn || onDisk.isNamed) {
        Files.write(
            after.resolve(file.getKey()),
            isTorn ? content : Arrays.copyOf(onDisk.written, onDisk.synced));
      }
    }

    List<String> found = new ArrayList<>();
    logOf(() -> found.addAll(readAgain(after)));

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
