package calendlyinbox.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** What the journal's tests share: numbered deliveries, and ways to write and read them. */
final class JournalFixture {
  /** So large that no file is ever full. */
  static final long ONE_SEGMENT = Long.MAX_VALUE;

  static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  private static final AtomicLong MICROS = new AtomicLong();

  private JournalFixture() {}

  /** A microsecond later at each look, so that files sort by age. */
  static final class TickingClock extends Clock {
    @Override
    public Instant instant() {
      return NOON.plusNanos(1000 * MICROS.incrementAndGet());
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  /** Real files without syncs, where a test opens thousands of folders. */
  static final class QuickFiles extends JournalFiles {
    @Override
    Appending create(Path file) throws IOException {
      return quick(super.create(file));
    }

    @Override
    Appending open(Path file) throws IOException {
      return quick(super.open(file));
    }

    @Override
    void syncDirectory(Path folder) {}

    private static Appending quick(Appending real) {
      return new Appending() {
        @Override
        public void write(ByteBuffer bytes) throws IOException {
          real.write(bytes);
        }

        @Override
        public void sync() {}

        @Override
        public void truncate(long length) throws IOException {
          real.truncate(length);
        }

        @Override
        public void close() throws IOException {
          real.close();
        }
      };
    }
  }

  static Journal open(Path folder) throws IOException {
    return open(folder, new JournalFiles(), ONE_SEGMENT);
  }

  static Journal open(Path folder, JournalFiles files, long segmentBytes) throws IOException {
    return Journal.open(folder, files, new TickingClock(), segmentBytes);
  }

  /** The text of a delivery that can be told from any other. */
  static String text(int number) {
    return "{\"delivery\":" + number + "}";
  }

  static RawBody body(String text) {
    return new RawBody(text.getBytes(StandardCharsets.UTF_8));
  }

  static CompletableFuture<Void> append(Journal journal, int number) {
    return journal.append(NOON, body(text(number)));
  }

  static void await(CompletableFuture<Void> durable) throws Exception {
    durable.get(1, TimeUnit.MINUTES);
  }

  /** Appends deliveries one after the other, each on disk before the next. */
  static void write(Journal journal, int... numbers) throws Exception {
    for (int number : numbers) {
      await(append(journal, number));
    }
  }

  static JournalUnavailableException assertRefused(CompletableFuture<Void> append) {
    ExecutionException e =
        assertThrows(ExecutionException.class, () -> append.get(1, TimeUnit.MINUTES));
    assertEquals(JournalUnavailableException.class, e.getCause().getClass());
    return (JournalUnavailableException) e.getCause();
  }

  static List<String> texts(int... numbers) {
    List<String> texts = new ArrayList<>();
    for (int number : numbers) {
      texts.add(text(number));
    }
    return texts;
  }

  /** Reads all deliveries, a few at a time. */
  static List<String> read(Journal journal) throws IOException {
    List<String> texts = new ArrayList<>();
    for (Segment segment : journal.segments()) {
      try (SegmentReader reader = journal.read(segment, 0)) {
        long before;
        do {
          before = reader.position();
          reader.next(3, 1000).forEach(entry -> texts.add(textOf(entry)));
        } while (reader.position() > before);
        assertEquals(segment.durableBytes(), reader.position());
      }
    }
    return texts;
  }

  /** Reads all deliveries of a folder as the next process would. */
  static List<String> readAgain(Path folder) throws IOException {
    try (Journal journal = open(folder, new QuickFiles(), ONE_SEGMENT)) {
      return read(journal);
    }
  }

  /** Deletes a folder with all that is in it. */
  static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  static String textOf(Entry entry) {
    return new String(entry.body().bytes(), StandardCharsets.UTF_8);
  }

  /** Returns the files of a folder by name, folders left out. */
  static List<Path> filesIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  static Path onlyFileIn(Path folder) throws IOException {
    List<Path> files = filesIn(folder);
    assertEquals(1, files.size(), files::toString);
    return files.get(0);
  }

  /** Returns what is logged while something runs; where it fails, it is logged as ever. */
  static String logOf(ThrowingRunnable action) throws Exception {
    PrintStream before = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      action.run();
    } catch (Exception | Error e) {
      before.print(log.toString(StandardCharsets.UTF_8));
      throw e;
    } finally {
      System.setErr(before);
    }
    return log.toString(StandardCharsets.UTF_8);
  }

  interface ThrowingRunnable {
    void run() throws Exception;
  }
}
