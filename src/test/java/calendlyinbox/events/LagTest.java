package calendlyinbox.events;

import static calendlyinbox.Deliveries.booking;
import static calendlyinbox.events.Station.bookings;
import static org.junit.jupiter.api.Assertions.assertEquals;

import calendlyinbox.Eventually;
import calendlyinbox.OtherWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Since when what waits has waited, by a clock that is turned by hand. */
class LagTest {
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
  void what_comes_in_after_a_long_rest_waits_since_then() throws Exception {
    restWithAnEmptyJournal();
    station.clock.advance(Duration.ofHours(8));
    Instant now = station.clock.instant();

    try (Connection other = OtherWriter.at(station.file);
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      station.append(booking("m", "late"));
      Eventually.holds(
          "it waits since it came",
          () -> station.queue.backlog().waitingSince().equals(Optional.of(now)));
      statement.execute("ROLLBACK");
    }
    station.awaitEvents(4);
  }

  @Test
  void what_comes_in_after_a_long_rest_waits_since_then_also_before_the_reader_hears_of_it()
      throws Exception {
    restWithAnEmptyJournal();
    station.clock.advance(Duration.ofMinutes(6));
    AtomicReference<EventQueue.Backlog> seen = new AtomicReference<>();
    station.journal.onDurable(
        () -> {
          seen.set(station.queue.backlog());
          station.queue.wake();
        });

    station.append(booking("m", "late"));

    station.awaitEvents(4);
    assertEquals(Optional.of(station.clock.instant()), seen.get().waitingSince());
  }

  @Test
  void what_comes_in_while_the_database_is_away_waits_since_then_however_long_it_was_away()
      throws Exception {
    AtomicInteger asked = new AtomicInteger();
    InstantSource counting =
        () -> {
          asked.incrementAndGet();
          return station.clock.instant();
        };
    station.queue =
        new EventQueue(
            station.journal,
            station.database,
            station.processor,
            2,
            100,
            counting.withZone(ZoneOffset.UTC));
    station.journal.onDurable(station.queue::wake);
    station.queue.start();
    station.append(bookings(0, 3));
    station.awaitEvents(3);
    try (Connection other = OtherWriter.at(station.file);
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      Eventually.holds("it is away", () -> station.database.trouble().isPresent());
      station.clock.advance(Duration.ofMinutes(6));
      int before = asked.get();
      Eventually.holds(
          "the reader looked since", Duration.ofSeconds(20), () -> asked.get() >= before + 2);

      station.append(booking("m", "late"));

      assertEquals(Optional.of(station.clock.instant()), station.queue.backlog().waitingSince());
      statement.execute("ROLLBACK");
    }
    station.awaitEvents(4);
  }

  @Test
  void what_a_former_process_left_waits_since_it_came_also_while_the_database_is_locked()
      throws Exception {
    station.startQueue(2, 100);
    station.append(bookings(0, 3));
    station.awaitEvents(3);
    try (Connection other = OtherWriter.at(station.file);
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      Eventually.holds("all that it has is known", () -> station.queue.backlog().bytes() == 0);
      long before = station.journal.bytes();
      station.clock.advance(Duration.ofMinutes(10));
      Instant came = station.clock.instant();
      station.append(booking("m", "late"));
      station.clock.advance(Duration.ofMinutes(10));
      station.restart();
      long waiting = station.journal.bytes() - before;

      station.startQueue(2, 100);

      EventQueue.Backlog left = new EventQueue.Backlog(waiting, Optional.of(came));
      Eventually.holds("that is known", () -> station.queue.backlog().equals(left));
      statement.execute("ROLLBACK");
    }
    station.awaitEvents(4);
    EventQueue.Backlog none = new EventQueue.Backlog(0, Optional.empty());
    Eventually.holds("nothing waits", () -> station.queue.backlog().equals(none));
  }

  @Test
  void what_a_former_process_left_waits_since_its_first_where_no_database_tells_what_it_has()
      throws Exception {
    Files.writeString(station.file, "no database at all, by any means");
    station.append(bookings(0, 3));
    station.clock.advance(Duration.ofMinutes(10));
    station.restart();

    station.startQueue(2, 100);

    Eventually.holds(
        "it waits since it came",
        () -> station.queue.backlog().waitingSince().equals(Optional.of(Station.START)));
    assertEquals(station.journal.bytes(), station.queue.backlog().bytes());
  }

  private void restWithAnEmptyJournal() throws Exception {
    station.startQueue(2, 100);
    station.append(bookings(0, 3));
    station.journal.seal();
    station.queue.drain(Duration.ofSeconds(30));
    assertEquals(List.of(), station.journal.segments());
    Eventually.holds("the reader is at rest", LagTest::isAtRest);
  }

  /** Without a time to look again at what the journal holds: it holds nothing. */
  private static boolean isAtRest() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(one -> one.getKey().getName().equals("journal-reader"))
        .filter(one -> one.getKey().getState() == Thread.State.WAITING)
        .flatMap(one -> Arrays.stream(one.getValue()))
        .anyMatch(frame -> frame.getMethodName().equals("awaitNews"));
  }
}
