package calendlyinbox.events;

import static calendlyinbox.Deliveries.booking;
import static calendlyinbox.events.Station.bookings;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Eventually;
import calendlyinbox.events.EventProcessor.Chunk;
import calendlyinbox.journal.RawBody;
import calendlyinbox.journal.Segment;
import calendlyinbox.journal.SegmentReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The database is brought up with the journal, whichever database stands there. */
class EventQueueTest {
  @TempDir Path folder;
  private Station station;

  @BeforeEach
  void open() throws Exception {
    station = new Station(folder);
  }

  @AfterEach
  void close() {
    station.close();
  }

  @Test
  void a_crash_between_any_two_transactions_repeats_nothing() throws Exception {
    for (int before = 0; before <= 6; before++) {
      try (Station crashed = new Station(Files.createDirectory(folder.resolve("run" + before)))) {
        crashed.append(bookings(0, 12));
        crashed.processor.progress(); // makes the tables
        crashed.execute("CREATE TABLE claims (event_id)");
        crashed.execute(
            "CREATE TRIGGER counted BEFORE INSERT ON calendly_webhook_events"
                + " BEGIN INSERT INTO claims VALUES (NEW.event_id); END");
        applyInPairs(crashed, before);

        crashed.restart();
        crashed.startQueue(2, 10);

        crashed.awaitEvents(12);
        assertEquals("12", crashed.count("claims"), "claims, crashed after " + before);
        assertEquals("12", crashed.count("invitees"));
      }
    }
  }

  private static void applyInPairs(Station station, int pairs) throws Exception {
    Segment segment = station.journal.segments().get(0);
    try (SegmentReader reader = station.journal.read(segment, 0)) {
      for (int i = 0; i < pairs; i++) {
        long from = reader.position();
        var entries = reader.next(2, Long.MAX_VALUE);
        Chunk chunk = new Chunk(segment.name(), from, reader.position(), entries);
        station.processor.prepare(chunk).run();
      }
    }
  }

  @Test
  void a_database_that_is_deleted_under_the_queue_is_made_anew_from_what_the_journal_holds()
      throws Exception {
    station.startQueue(2, 100);
    station.append(bookings(0, 5));
    station.awaitEvents(5);

    Files.delete(station.file);
    station.append(booking("m", "late"));

    station.awaitEvents(6);
    assertEquals("6", station.count("invitees"));
  }

  @Test
  void a_database_that_is_deleted_while_nothing_comes_in_is_made_anew_by_itself() throws Exception {
    station.startQueue(2, 100);
    station.append(bookings(0, 5));
    station.awaitEvents(5);

    Files.delete(station.file);

    station.awaitEvents(5);
    assertEquals("5", station.count("invitees"));
  }

  @Test
  void a_database_that_health_made_anew_is_brought_up_while_nothing_comes_in() throws Exception {
    station.startQueue(2, 100);
    station.append(bookings(0, 5));
    station.awaitEvents(5);

    Files.delete(station.file);
    Eventually.holds("health sees it", () -> station.database.trouble().isEmpty());

    station.awaitEvents(5);
  }

  @Test
  void an_older_copy_put_in_the_place_of_the_database_is_brought_up() throws Exception {
    station.startQueue(2, 100);
    station.append(bookings(0, 5));
    station.awaitEvents(5);
    Path copy = folder.resolve("copy.db");
    station.execute("VACUUM INTO '" + copy + "'");
    station.append(bookings(5, 10));
    station.awaitEvents(10);

    Files.move(copy, station.file, StandardCopyOption.REPLACE_EXISTING);
    Files.deleteIfExists(folder.resolve("calendly.db-wal"));
    Files.deleteIfExists(folder.resolve("calendly.db-shm"));
    station.append(booking("m", "late"));

    station.awaitEvents(11);
    assertEquals("11", station.count("invitees"));
  }

  @Test
  void an_older_copy_restored_into_the_database_in_use_is_brought_up() throws Exception {
    station.startQueue(2, 100);
    station.append(bookings(0, 5));
    station.awaitEvents(5);
    Path copy = folder.resolve("copy.db");
    station.execute("VACUUM INTO '" + copy + "'");
    station.append(bookings(5, 10));
    station.awaitEvents(10);

    station.execute("restore from " + copy);
    station.append(booking("m", "late"));

    station.awaitEvents(11);
    assertEquals("11", station.count("invitees"));
  }

  @Test
  void an_older_copy_restored_when_all_was_applied_and_sealed_is_brought_up_too() throws Exception {
    station.startQueue(2, 100);
    station.append(bookings(0, 5));
    station.awaitEvents(5);
    Path copy = folder.resolve("copy.db");
    station.execute("VACUUM INTO '" + copy + "'");
    try (Connection reader = DriverManager.getConnection("jdbc:sqlite:" + station.file);
        Statement statement = reader.createStatement()) {
      // A reader in the middle of its transaction keeps the journal's file from being settled.
      reader.setAutoCommit(false);
      statement.executeQuery("SELECT count(*) FROM invitees").close();
      station.append(bookings(5, 10));
      station.awaitEvents(10);
      station.journal.seal();
      station.execute("restore from " + copy);
      assertEquals("5", station.count("invitees"));
      reader.rollback();
    }
    station.append(booking("m", "late"));

    station.awaitEvents(11);
    assertEquals("11", station.count("invitees"));
  }

  @Test
  void a_file_that_cannot_be_opened_is_not_lost_and_keeps_no_other_waiting() throws Exception {
    station.append(bookings(0, 3));
    Path first = onlyFile();
    Path away = sealAndHide(first);
    station.append(bookings(3, 5));

    station.startQueue(2, 100);

    station.awaitEvents(2);
    station.clock.advance(Duration.ofMinutes(20));
    station.append(booking("m", "late"));
    station.awaitEvents(3);
    assertEquals(Optional.of(Station.START), station.queue.backlog().waitingSince());
    Files.delete(first);
    Files.move(away, first);
    station.awaitEvents(6);
    Eventually.holds("all is settled", () -> station.queue.backlog().bytes() == 0);
  }

  @Test
  void a_stop_brings_in_what_can_be_read_where_one_file_cannot() throws Exception {
    station.append(bookings(0, 3));
    sealAndHide(onlyFile());
    station.startQueue(2, 100);
    station.append(bookings(3, 5));
    station.awaitEvents(2);
    // It has come to rest since, with the one that cannot be read.
    station.queue.drain(Duration.ofSeconds(10));
    List<CompletableFuture<Void>> durable =
        Stream.of(bookings(5, 505))
            .map(one -> station.journal.append(Station.START, new RawBody(one.body())))
            .toList();
    durable.forEach(CompletableFuture::join);
    station.journal.seal();

    station.queue.drain(Duration.ofSeconds(30));

    assertEquals("502", station.count("invitees"));
  }

  @Test
  void a_file_whose_damaged_line_cannot_be_set_aside_keeps_no_other_waiting() throws Exception {
    station.append(bookings(0, 3));
    Path first = onlyFile();
    station.journal.seal();
    station.append(bookings(3, 5));
    byte[] bytes = Files.readAllBytes(first);
    bytes[bytes.length / 2] ^= 1;
    Files.write(first, bytes);
    Path damaged = Files.createFile(first.resolveSibling("damaged"));

    station.startQueue(2, 100);

    station.awaitEvents(2);
    Files.delete(damaged);
    station.awaitEvents(4);
    assertEquals(1, station.journal.damagedLines());
  }

  @Test
  void a_file_that_somebody_cuts_gives_what_is_whole_and_is_deleted_when_that_is_applied()
      throws Exception {
    station.append(bookings(0, 3));
    Path cut = onlyFile();
    byte[] whole = Files.readAllBytes(cut);
    Files.write(cut, Arrays.copyOf(whole, whole.length - 5));

    station.startQueue(2, 100);

    station.awaitEvents(2);
    Eventually.holds("it is settled", () -> Files.notExists(cut));
    assertEquals(0, station.queue.backlog().bytes());
    Path damaged = cut.resolveSibling("damaged");
    int third = new String(whole, StandardCharsets.UTF_8).lastIndexOf("{\"received_at\"");
    String name = cut.getFileName().toString().replace(".ndjson", "");
    assertArrayEquals(
        Arrays.copyOfRange(whole, third, whole.length - 5),
        Files.readAllBytes(damaged.resolve(name + "-at-" + third + ".txt")));
    assertTrue(Files.exists(damaged.resolve(name + "-is-gone.txt")), "it is reported");
    station.append(booking("m", "late"));
    station.awaitEvents(3);
  }

  @Test
  void an_error_of_the_reading_thread_does_not_end_it() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    InstantSource failing =
        () -> {
          if (asked.incrementAndGet() == 2) {
            throw new OutOfMemoryError("unable to create native thread");
          }
          return Station.START;
        };
    station.queue =
        new EventQueue(
            station.journal,
            station.database,
            station.processor,
            2,
            100,
            failing.withZone(ZoneOffset.UTC));
    station.journal.onDurable(station.queue::wake);
    station.queue.start();
    Eventually.holds("it failed", () -> asked.get() >= 2);

    station.append(booking("m", "late"));

    station.awaitEvents(1);
  }

  /**
   * Leaves what Java sees the same as a file that may not be read, or too many open files. Returns
   * where the file is.
   */
  private Path sealAndHide(Path file) throws Exception {
    station.journal.seal();
    Path away = Files.move(file, folder.resolve("away"));
    Files.createDirectory(file);
    return away;
  }

  private Path onlyFile() {
    return folder.resolve("journal").resolve(station.journal.segments().get(0).name());
  }

  @Test
  void thousands_wait_for_a_queue_of_ten_and_all_are_applied() throws Exception {
    String body = new String(booking("m", "someone").body(), StandardCharsets.UTF_8);
    List<CompletableFuture<Void>> written = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      byte[] other = body.replace("someone", "someone" + i).getBytes(StandardCharsets.UTF_8);
      written.add(station.journal.append(station.clock.instant(), new RawBody(other)));
    }
    written.forEach(CompletableFuture::join);

    station.startQueue(2, 10);

    station.awaitEvents(3000);
    assertEquals("3000", station.count("invitees"));
  }
}
