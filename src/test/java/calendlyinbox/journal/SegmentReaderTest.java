package calendlyinbox.journal;

import static calendlyinbox.journal.JournalFixture.NOON;
import static calendlyinbox.journal.JournalFixture.ONE_SEGMENT;
import static calendlyinbox.journal.JournalFixture.append;
import static calendlyinbox.journal.JournalFixture.body;
import static calendlyinbox.journal.JournalFixture.open;
import static calendlyinbox.journal.JournalFixture.text;
import static calendlyinbox.journal.JournalFixture.texts;
import static calendlyinbox.journal.JournalFixture.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import calendlyinbox.Eventually;
import calendlyinbox.journal.FaultyFiles.Gate;
import calendlyinbox.journal.FaultyFiles.Step;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class SegmentReaderTest {
  private static final int MIB = 1024 * 1024;

  @TempDir Path folder;

  @Test
  void it_returns_at_most_so_many_at_once() throws Exception {
    try (Journal journal = open(folder)) {
      write(journal, 1, 2, 3, 4, 5);
      try (SegmentReader reader = reader(journal, 0)) {
        assertEquals(texts(1, 2), next(reader, 2, MIB));
        assertEquals(texts(3, 4), next(reader, 2, MIB));
        assertEquals(texts(5), next(reader, 2, MIB));
        assertEquals(List.of(), next(reader, 2, MIB));
        assertEquals(journal.bytes(), reader.position());
      }
    }
  }

  @Test
  void it_stops_after_the_delivery_that_reaches_so_many_bytes() throws Exception {
    int length = text(1).length();
    try (Journal journal = open(folder)) {
      write(journal, 1, 2, 3, 4, 5);
      try (SegmentReader reader = reader(journal, 0)) {
        assertEquals(texts(1), next(reader, 100, 1));
        assertEquals(texts(2), next(reader, 100, length));
        assertEquals(texts(3, 4), next(reader, 100, length + 1));
        assertEquals(texts(5), next(reader, 100, MIB));
      }
    }
  }

  @Test
  void it_resumes_behind_any_delivery() throws Exception {
    try (Journal journal = open(folder)) {
      write(journal, 1, 2, 3, 4, 5);
      List<Entry> all;
      try (SegmentReader reader = reader(journal, 0)) {
        all = reader.next(100, MIB);
      }
      for (int done = 1; done <= 5; done++) {
        try (SegmentReader reader = reader(journal, all.get(done - 1).end())) {
          assertEquals(all.get(done - 1).end(), reader.position());
          assertEquals(all.subList(done, 5), reader.next(100, MIB));
        }
      }
      assertEquals(journal.bytes(), all.get(4).end());
    }
  }

  @Test
  void it_sees_only_what_is_durable() throws Exception {
    FaultyFiles files = new FaultyFiles();
    try (Journal journal = open(folder, files, ONE_SEGMENT)) {
      write(journal, 1);
      try (SegmentReader reader = reader(journal, 0)) {
        Gate sync = files.hold(Step.SYNC);
        CompletableFuture<Void> second = append(journal, 2);
        sync.awaitReached();
        assertTrue(Files.size(reader.segment().file()) > journal.bytes(), "it is written");

        assertEquals(texts(1), next(reader, 100, MIB));
        assertEquals(List.of(), next(reader, 100, MIB));

        sync.open();
        JournalFixture.await(second);
        assertEquals(texts(2), next(reader, 100, MIB));
      }
    }
  }

  @Test
  void of_a_file_that_somebody_cut_anywhere_the_whole_lines_come_first_and_then_it_is_said()
      throws Exception {
    try (Journal journal = open(folder)) {
      write(journal, 1, 2, 3);
      Path file = journal.segments().get(0).file();
      byte[] whole = Files.readAllBytes(file);
      List<Entry> all;
      try (SegmentReader reader = reader(journal, 0)) {
        all = reader.next(100, MIB);
      }
      for (int length = 0; length < whole.length; length++) {
        Files.write(file, Arrays.copyOf(whole, length));
        int left = length;
        List<Entry> before = all.stream().filter(one -> one.end() <= left).toList();
        try (SegmentReader reader = reader(journal, 0)) {
          assertEquals(
              before, before.isEmpty() ? before : reader.next(100, MIB), "cut at " + length);
          assertThrows(EOFException.class, () -> reader.next(100, MIB), "cut at " + length);
          assertEquals(
              before.isEmpty() ? 0 : before.get(before.size() - 1).end(), reader.position());
        }
      }
      Files.write(file, whole);
    }
  }

  @Test
  void it_follows_a_writer_at_work() throws Exception {
    int count = 3000;
    try (Journal journal = open(folder)) {
      write(journal, 0);
      Thread writer =
          new Thread(() -> IntStream.range(1, count).forEach(number -> append(journal, number)));
      writer.start();
      List<String> found = new ArrayList<>();
      try (SegmentReader reader = reader(journal, 0)) {
        Eventually.holds(
            "all were read",
            () -> {
              found.addAll(next(reader, 50, MIB));
              return found.size() >= count;
            });
      }
      writer.join();
      assertEquals(texts(IntStream.range(0, count).toArray()), found);
    }
  }

  @Test
  void lines_of_any_length_come_back_wherever_the_buffer_ends() throws Exception {
    Random random = new Random(5);
    List<String> written = new ArrayList<>();
    try (Journal journal = open(folder, new JournalFixture.QuickFiles(), ONE_SEGMENT)) {
      CompletableFuture<Void> last = null;
      for (int i = 0; i < 300; i++) {
        int length =
            switch (random.nextInt(4)) {
              case 0 -> random.nextInt(100);
              case 1 -> random.nextInt(10_000);
              // Around the buffer's size, where its end meets a line's.
              case 2 -> 128 * 1024 - 200 + random.nextInt(400);
              default -> random.nextInt(MIB / 4);
            };
        written.add(i + "x".repeat(length));
        last = journal.append(NOON, body(written.get(i)));
        JournalFixture.await(last);
      }
      List<String> found = new ArrayList<>();
      try (SegmentReader reader = reader(journal, 0)) {
        List<String> some;
        while (!(some = next(reader, 10, MIB)).isEmpty()) {
          found.addAll(some);
        }
      }
      assertEquals(written, found);
    }
  }

  @Test
  void empty_lines_wherever_they_stand_cost_no_delivery() throws Exception {
    try (Journal journal = open(folder)) {
      write(journal, 1, 2);
    }
    Path file = JournalFixture.onlyFileIn(folder);
    List<String> lines = Files.readAllLines(file);
    Files.writeString(file, "\n" + lines.get(0) + "\n\n" + lines.get(1) + "\n\n");

    List<String> found = new ArrayList<>();
    JournalFixture.logOf(() -> found.addAll(JournalFixture.readAgain(folder)));

    assertEquals(texts(1, 2), found);
    assertEquals(3, new JournalLook(folder).damagedLines(), "what nobody wrote is not dropped");
  }

  @Test
  void a_damaged_newline_costs_no_delivery_in_the_middle_nor_at_the_end() throws Exception {
    try (Journal journal = open(folder)) {
      write(journal, 1, 2, 3, 4);
    }
    Path file = JournalFixture.onlyFileIn(folder);
    String lines = Files.readString(file);
    List<String> each = lines.lines().toList();
    Files.writeString(
        file,
        each.get(0)
            + "\u000b"
            + each.get(1)
            + "\n"
            + each.get(2)
            + "\u000b"
            + each.get(3)
            + "\u000b");

    List<String> found = new ArrayList<>();
    String log = JournalFixture.logOf(() -> found.addAll(JournalFixture.readAgain(folder)));

    assertEquals(texts(1, 2, 3, 4), found);
    assertEquals(0, new JournalLook(folder).damagedLines(), "nothing is left over");
    for (int line : new int[] {1, 3, 4}) {
      assertTrue(log.contains(" offset=" + (line * (each.get(0).length() + 1) - 1)), log);
    }
  }

  @Test
  void what_stands_beside_a_damaged_newline_is_set_aside_alone() throws Exception {
    try (Journal journal = open(folder)) {
      write(journal, 1, 2, 3);
    }
    Path file = JournalFixture.onlyFileIn(folder);
    List<String> lines = Files.readAllLines(file);
    String damaged = lines.get(1).replace("delivery", "Delivery");
    Files.writeString(file, lines.get(0) + "\u000b" + damaged + "\u000b" + lines.get(2) + "\n");

    List<String> found = new ArrayList<>();
    JournalFixture.logOf(() -> found.addAll(JournalFixture.readAgain(folder)));

    assertEquals(texts(1, 3), found);
    Path aside = JournalFixture.onlyFileIn(folder.resolve("damaged"));
    assertEquals(damaged + "\u000b", Files.readString(aside));
  }

  @Test
  void a_reader_that_is_closed_holds_no_file_open() throws Exception {
    Path descriptors = Path.of("/proc/self/fd");
    assumeTrue(Files.exists(descriptors), "only where a process sees what it holds open");
    try (Journal journal = open(folder)) {
      write(journal, 1);
      journal.seal();
      Path file = JournalFixture.onlyFileIn(folder).toRealPath();
      try (SegmentReader reader = reader(journal, 0)) {
        assertEquals(texts(1), next(reader, 1, MIB));
        assertEquals(1, timesOpen(descriptors, file));
      }
      assertEquals(0, timesOpen(descriptors, file));
    }
  }

  private static long timesOpen(Path descriptors, Path file) throws IOException {
    try (Stream<Path> all = Files.list(descriptors)) {
      return all.filter(one -> leadsTo(one, file)).count();
    }
  }

  private static boolean leadsTo(Path descriptor, Path file) {
    try {
      return Files.readSymbolicLink(descriptor).equals(file);
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }

  @Test
  void a_file_larger_than_the_memory_is_read() throws Exception {
    int bodies = 170;
    try (Journal journal = open(folder, new JournalFixture.QuickFiles(), ONE_SEGMENT)) {
      RawBody large = new RawBody("\"".repeat(MIB / 8).getBytes(StandardCharsets.UTF_8));
      for (int i = 0; i < bodies; i++) {
        JournalFixture.await(journal.append(NOON, large));
      }
      assertTrue(journal.bytes() > 40 * MIB, journal.bytes() + " bytes");
    }

    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx12m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                ReadAll.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .start();

    assertEquals(
        bodies + " deliveries\n",
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    assertEquals(0, process.waitFor());
  }

  /** Runs in a process with little memory. */
  static final class ReadAll {
    public static void main(String[] arguments) throws IOException {
      int count = 0;
      try (Journal journal = open(Path.of(arguments[0]));
          SegmentReader reader = reader(journal, 0)) {
        int some;
        while ((some = reader.next(1000, MIB / 2).size()) > 0) {
          count += some;
        }
      }
      System.out.print(count + " deliveries\n");
    }
  }

  private static SegmentReader reader(Journal journal, long from) throws IOException {
    return journal.read(journal.segments().get(0), from);
  }

  private static List<String> next(SegmentReader reader, int maxCount, long maxBytes)
      throws IOException {
    return reader.next(maxCount, maxBytes).stream().map(JournalFixture::textOf).toList();
  }
}
