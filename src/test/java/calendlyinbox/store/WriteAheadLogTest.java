package calendlyinbox.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import calendlyinbox.SettableClock;
import calendlyinbox.store.WriteAheadLog.Place;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies of the files of a database, which nobody has open, and whose log is in the main file. */
class WriteAheadLogTest {
  private static final int PAGE = 4096;
  private static final int FRAME = 24 + PAGE;
  private static final int FRAMES_AT = 16;
  private static final int PAGES_AT = 20;
  private static final int MOVED_AT = 96;
  private static final int INDEX_BYTES_USED = 100;

  @TempDir Path folder;
  private Path file;
  private Path log;
  private Path index;

  @BeforeEach
  void given_all_of_the_log_is_in_the_main_file() throws Exception {
    Path open = folder.resolve("open.db");
    SettableClock clock = new SettableClock(Instant.parse("2026-11-23T12:00:00Z"));
    try (Database database = new Database(open, Duration.ofMillis(200), clock)) {
      database.write(DatabaseTest::rows);
      assertTrue(database.checkpoint());
      // In one transaction, which writes no page twice.
      database.write(
          handle -> {
            for (int i = 0; i < 300; i++) {
              handle.execute("INSERT INTO invitees (uri, name) VALUES (?, ?)", i, "n".repeat(900));
            }
            return null;
          });
      assertTrue(database.checkpoint());
      file = copy(open, "", "still");
      log = copy(open, "-wal", "still");
      index = copy(open, "-shm", "still");
    }
    assertTrue(number(index, FRAMES_AT) > 64, "frames in the log: " + number(index, FRAMES_AT));
    assertEquals(Place.MAIN_FILE, place());
  }

  @Test
  void each_page_in_the_log_is_compared_with_what_stands_in_its_place() throws Exception {
    Set<Integer> pages = new TreeSet<>();
    for (int frame = 0; frame < number(index, FRAMES_AT); frame++) {
      pages.add(bigEndian(log, 32 + frame * (long) FRAME));
    }
    assertEquals(number(index, FRAMES_AT), pages.size());
    assertTrue(pages.contains(1) && pages.contains(number(index, PAGES_AT)), pages.toString());

    for (int page : pages) {
      long lastByte = page * (long) PAGE - 1;
      flip(file, lastByte);
      assertEquals(Place.LOG_UNKNOWN_TO_SQLITE, place(), "page " + page);
      flip(file, lastByte);
    }

    assertEquals(Place.MAIN_FILE, place());
  }

  @Test
  void what_is_not_moved_yet_is_in_the_log() throws Exception {
    put(index, MOVED_AT, number(index, FRAMES_AT) - 1);

    assertEquals(Place.LOG, place());
  }

  @Test
  void where_no_index_says_otherwise_it_is_in_the_log() throws Exception {
    Files.delete(index);

    assertEquals(Place.LOG, place());
  }

  @Test
  void an_index_that_is_cut_off_says_nothing() throws Exception {
    for (int length = 0; length < INDEX_BYTES_USED; length++) {
      Path whole = Files.copy(index, folder.resolve("whole"), StandardCopyOption.REPLACE_EXISTING);
      cut(index, length);
      assertEquals(Place.LOG, place(), "length " + length);
      Files.move(whole, index, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @Test
  void a_log_that_is_missing_proves_nothing() throws Exception {
    Files.delete(log);

    assertEquals(Place.LOG_UNKNOWN_TO_SQLITE, place());
  }

  @Test
  void a_log_that_ends_too_early_proves_nothing() throws Exception {
    cut(log, 32 + number(index, FRAMES_AT) * (long) FRAME - 1);

    assertEquals(Place.LOG_UNKNOWN_TO_SQLITE, place());
  }

  @Test
  void a_main_file_that_ends_too_early_does_not_hold_the_log() throws Exception {
    cut(file, Files.size(file) - 1);

    assertEquals(Place.LOG_UNKNOWN_TO_SQLITE, place());
  }

  @Test
  void a_frame_of_another_log_proves_nothing() throws Exception {
    flip(log, 32 + 8);

    assertEquals(Place.LOG_UNKNOWN_TO_SQLITE, place());
  }

  @Test
  void a_frame_of_no_page_proves_nothing() throws Exception {
    try (RandomAccessFile bytes = new RandomAccessFile(log.toFile(), "rw")) {
      bytes.seek(32);
      bytes.writeInt(0);
    }

    assertEquals(Place.LOG_UNKNOWN_TO_SQLITE, place());
  }

  @Test
  void what_was_found_in_the_main_file_once_is_not_compared_again() throws Exception {
    try (WriteAheadLog noted = new WriteAheadLog(file)) {
      noted.note();
      assertEquals(Place.MAIN_FILE, place(noted));
      flip(file, PAGE - 1);

      assertEquals(Place.MAIN_FILE, place(noted));
    }
  }

  @Test
  void what_was_found_ahead_is_not_compared_again() throws Exception {
    int all = number(index, FRAMES_AT);
    put(index, MOVED_AT, all - 1);
    try (WriteAheadLog noted = new WriteAheadLog(file)) {
      noted.note();
      assertEquals(1, compareAhead(noted));
      int last = bigEndian(log, 32 + (all - 1) * (long) FRAME);
      put(index, MOVED_AT, all);
      for (int page = 1; page <= number(index, PAGES_AT); page++) {
        flip(file, page * (long) PAGE - 1);
      }
      assertEquals(Place.LOG_UNKNOWN_TO_SQLITE, place(noted));

      flip(file, last * (long) PAGE - 1);

      assertEquals(Place.MAIN_FILE, place(noted));
    }
  }

  @Test
  void a_page_that_differs_ahead_means_nothing_and_is_compared_again() throws Exception {
    flip(file, PAGE - 1);
    try (WriteAheadLog noted = new WriteAheadLog(file)) {
      noted.note();
      assertEquals(0, compareAhead(noted));
      assertEquals(Place.LOG_UNKNOWN_TO_SQLITE, place(noted));
      flip(file, PAGE - 1);

      assertEquals(Place.MAIN_FILE, place(noted));
    }
  }

  @Test
  void a_count_that_the_log_does_not_have_is_not_compared_ahead() throws Exception {
    put(index, MOVED_AT, number(index, FRAMES_AT) + 1);
    try (WriteAheadLog noted = new WriteAheadLog(file)) {
      noted.note();
      assertEquals(0, compareAhead(noted));

      assertEquals(Place.LOG_UNKNOWN_TO_SQLITE, place(noted));
    }
  }

  @Test
  void an_index_that_took_the_place_of_another_is_the_one_that_counts() throws Exception {
    try (WriteAheadLog noted = new WriteAheadLog(file)) {
      noted.note();
      Path other = Files.copy(index, folder.resolve("other"));
      put(other, MOVED_AT, 0);
      Files.move(other, index, StandardCopyOption.ATOMIC_MOVE);

      noted.note();

      assertEquals(Place.LOG, place(noted));
    }
  }

  @Test
  void pages_may_be_of_another_size_when_it_is_asked_again() throws Exception {
    try (WriteAheadLog noted = new WriteAheadLog(file)) {
      noted.note();
      assertEquals(Place.MAIN_FILE, place(noted));
      Path open = folder.resolve("large.db");
      try (Connection large = DriverManager.getConnection("jdbc:sqlite:" + open);
          Statement statement = large.createStatement()) {
        statement.execute("PRAGMA page_size = 65536");
        statement.execute("PRAGMA journal_mode = WAL");
        statement.execute("CREATE TABLE t (x)");
        statement.execute("PRAGMA wal_checkpoint");
        copy(open, "", "still");
        copy(open, "-wal", "still");
        copy(open, "-shm", "still");
      }
      noted.note();

      assertEquals(Place.MAIN_FILE, place(noted));
    }
  }

  @Test
  void nothing_stays_open_of_what_it_was_noted_as_before_and_nothing_when_it_is_closed()
      throws Exception {
    assumeTrue(
        Files.exists(Path.of("/proc/self/fd")), "only where a process sees what it holds open");
    try (WriteAheadLog noted = new WriteAheadLog(file)) {
      noted.note();
      assertEquals(2, openOf("still.db"));
      Path other = Files.copy(index, folder.resolve("other"));
      Files.move(other, index, StandardCopyOption.ATOMIC_MOVE);

      noted.note();

      assertEquals(2, openOf("still.db"));
    }
    assertEquals(0, openOf("still.db"));
  }

  private Path copy(Path open, String part, String name) throws IOException {
    return Files.copy(
        Path.of(open + part),
        folder.resolve(name + ".db" + part),
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** Asked of one that knows nothing yet. */
  private Place place() throws Exception {
    try (WriteAheadLog fresh = new WriteAheadLog(file)) {
      fresh.note();
      return place(fresh);
    }
  }

  private Place place(WriteAheadLog noted) throws IOException {
    try (RandomAccessFile main = new RandomAccessFile(file.toFile(), "r")) {
      return noted.place(main);
    }
  }

  private long compareAhead(WriteAheadLog noted) throws IOException {
    try (RandomAccessFile main = new RandomAccessFile(file.toFile(), "r")) {
      return noted.compareAhead(main);
    }
  }

  private long openOf(String name) throws IOException {
    return openOf(folder, name);
  }

  /** How many files whose names begin so are open; those that were replaced count too. */
  static long openOf(Path folder, String name) throws IOException {
    String begin = folder.toRealPath().resolve(name).toString();
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.filter(one -> target(one).startsWith(begin)).count();
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException closedMeanwhile) {
      return "";
    }
  }

  private static void flip(Path path, long at) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(path.toFile(), "rw")) {
      bytes.seek(at);
      int before = bytes.read();
      bytes.seek(at);
      bytes.write(before ^ 1);
    }
  }

  private static void cut(Path path, long length) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(path.toFile(), "rw")) {
      bytes.setLength(length);
    }
  }

  private static int bigEndian(Path path, long at) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(path.toFile(), "r")) {
      bytes.seek(at);
      return bytes.readInt();
    }
  }

  private static int number(Path path, int at) throws IOException {
    int found = bigEndian(path, at);
    return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? found : Integer.reverseBytes(found);
  }

  private static void put(Path path, int at, int number) throws IOException {
    try (FileChannel bytes = FileChannel.open(path, StandardOpenOption.WRITE)) {
      ByteBuffer four = ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(number).flip();
      bytes.write(four, at);
    }
  }
}
