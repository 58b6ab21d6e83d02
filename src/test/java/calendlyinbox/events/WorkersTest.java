package calendlyinbox.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Eventually;
import calendlyinbox.calendly.CalendlyTime;
import calendlyinbox.events.EventProcessor.Chunk;
import calendlyinbox.journal.Entry;
import calendlyinbox.journal.RawBody;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The bounded executor between journal and database. */
class WorkersTest {
  /** Two such are as many bytes as may be in memory at once. */
  private static final long HALF = 1280 * 1024;

  private final Workers workers = new Workers(2, 10);
  private final CountDownLatch open = new CountDownLatch(1);

  @AfterEach
  void close() {
    open.countDown();
    workers.close();
  }

  @Test
  void never_more_deliveries_than_the_capacity_are_between_journal_and_database() throws Exception {
    AtomicInteger handed = new AtomicInteger();
    AtomicInteger applied = new AtomicInteger();
    Thread reader =
        new Thread(
            () -> {
              for (int i = 0; i < 1000; i++) {
                workers.hand(
                    chunk(i, 2),
                    () ->
                        () -> {
                          await(open);
                          applied.addAndGet(2);
                        });
                handed.addAndGet(2);
              }
            });
    reader.start();
    waits(reader);
    int between = handed.get();

    open.countDown();

    reader.join();
    workers.awaitIdle();
    assertEquals(10, between);
    assertEquals(2000, applied.get());
    assertEquals(Map.of("s", 100_000L), workers.applied());
  }

  @Test
  void there_is_room_for_another_chunk_only_when_one_is_applied() throws Exception {
    workers.hand(chunk(0, 5), () -> () -> await(open));
    assertThereIsRoom(5, 1);
    workers.hand(chunk(1, 5), () -> () -> {});
    assertEquals(10, workers.deliveries());
    Thread reader = waitingReader(5, 1);

    open.countDown();

    ends(reader);
    workers.awaitIdle();
    assertEquals(0, workers.deliveries());
  }

  @Test
  void two_large_chunks_fill_it_whatever_its_capacity_in_deliveries() throws Exception {
    workers.hand(half(), () -> () -> {});
    workers.awaitIdle();
    workers.hand(half(), () -> () -> await(open));
    assertThereIsRoom(1, HALF);
    workers.hand(half(), () -> () -> {});
    Thread reader = waitingReader(1, 1);

    open.countDown();

    ends(reader);
  }

  @Test
  void who_waits_for_room_does_not_hold_up_a_stop() throws Exception {
    workers.hand(chunk(0, 10), () -> () -> await(open));
    Thread reader = waitingReader(1, 1);
    Thread stop = new Thread(workers::close);

    stop.start();

    ends(reader);
    open.countDown();
    ends(stop);
  }

  @Test
  void a_chunk_that_cannot_be_parsed_waits_for_its_turn_too() throws Exception {
    CountDownLatch parsing = new CountDownLatch(1);
    AtomicInteger applied = new AtomicInteger();
    workers.hand(
        chunk(0, 1),
        () -> {
          await(open);
          return applied::incrementAndGet;
        });
    workers.hand(
        chunk(1, 1),
        () -> {
          parsing.countDown();
          throw new IllegalStateException("not parsed");
        });
    await(parsing);
    Thread idle = new Thread(workers::awaitIdle);
    idle.start();

    open.countDown();

    ends(idle);
    assertEquals(1, applied.get());
    assertThrows(IllegalStateException.class, workers::checkFailure);
  }

  @Test
  void it_starts_over_when_all_that_was_handed_over_is_done() throws Exception {
    workers.hand(chunk(0, 1), () -> () -> await(open));
    Thread again = new Thread(() -> workers.startOver(Map.of("s", 7L)));
    again.start();
    waits(again);

    open.countDown();

    ends(again);
    assertEquals(Map.of("s", 7L), workers.applied());
  }

  @Test
  void the_newest_that_is_applied_is_the_last_of_its_chunk() {
    Instant last = Station.START.plusSeconds(1);
    assertEquals(Optional.empty(), workers.newestApplied());
    Entry first = chunk(0, 1).entries().get(0);
    Entry second = new Entry(0, CalendlyTime.text(last), first.body());

    workers.hand(new Chunk("s", 0, 100, List.of(first, second)), () -> () -> {});
    workers.hand(chunk(1, 0), () -> () -> {});

    workers.awaitIdle();
    assertEquals(Optional.of(last), workers.newestApplied());
    assertEquals(Map.of("s", 200L), workers.applied());
  }

  @Test
  void chunks_are_applied_in_the_order_they_stand_in_the_journal() {
    List<Integer> applied = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 500; i++) {
      int number = i;
      workers.hand(
          chunk(i, 1),
          () -> {
            if (number % 3 == 0) {
              Thread.yield();
            }
            return () -> applied.add(number);
          });
    }
    workers.awaitIdle();

    assertEquals(IntStream.range(0, 500).boxed().toList(), applied);
  }

  @Test
  void behind_a_chunk_that_failed_nothing_is_applied_until_it_starts_over() throws Exception {
    AtomicInteger applied = new AtomicInteger();
    workers.hand(chunk(0, 1), () -> applied::incrementAndGet);
    workers.hand(
        chunk(1, 1),
        () ->
            () -> {
              throw new JournalProgress.Moved("s", 100);
            });
    for (int i = 2; i < 100; i++) {
      workers.hand(chunk(i, 1), () -> applied::incrementAndGet);
    }
    workers.awaitIdle();
    assertThrows(JournalProgress.Moved.class, workers::checkFailure);
    assertEquals(1, applied.get());
    assertEquals(Map.of("s", 100L), workers.applied());

    workers.startOver(Map.of("s", 100L));
    workers.hand(chunk(1, 1), () -> applied::incrementAndGet);

    workers.awaitIdle();
    workers.checkFailure();
    assertEquals(2, applied.get());
  }

  @Test
  void a_stop_waits_for_the_chunk_that_is_applied_and_for_none_behind_it() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicInteger applied = new AtomicInteger();
    workers.hand(
        chunk(0, 1),
        () ->
            () -> {
              begun.countDown();
              await(open);
              applied.incrementAndGet();
            });
    for (int i = 1; i < 8; i++) {
      workers.hand(chunk(i, 1), () -> applied::incrementAndGet);
    }
    await(begun);
    Thread stop = new Thread(workers::close);
    stop.start();
    Eventually.holds(
        "the stop waits", () -> stop.getState() == Thread.State.TIMED_WAITING || !stop.isAlive());
    int before = applied.get();

    open.countDown();
    stop.join();

    assertEquals(0, before);
    assertEquals(1, applied.get());
    assertEquals(Map.of("s", 100L), workers.applied());
  }

  private static Chunk chunk(int number, int deliveries) {
    Entry entry = new Entry(0, CalendlyTime.text(Station.START), new RawBody("{}".getBytes()));
    return new Chunk(
        "s", number * 100L, number * 100L + 100, Collections.nCopies(deliveries, entry));
  }

  @Test
  void where_the_system_has_no_thread_to_give_the_chunk_can_be_handed_over_again()
      throws Exception {
    AtomicInteger made = new AtomicInteger();
    Workers unlucky =
        new Workers(
            1,
            10,
            (task, name) ->
                made.incrementAndGet() > 1
                    ? new Thread(task)
                    : new Thread(task) {
                      @Override
                      public void start() {
                        throw new OutOfMemoryError("unable to create native thread");
                      }
                    });
    assertThrows(OutOfMemoryError.class, () -> unlucky.hand(chunk(0, 10), () -> () -> {}));
    assertEquals(0, unlucky.deliveries());

    unlucky.hand(chunk(0, 10), () -> () -> {});

    Thread idle = new Thread(unlucky::awaitIdle);
    idle.start();
    ends(idle);
    assertEquals(Map.of("s", 100L), unlucky.applied());
    unlucky.close();
  }

  private static Chunk half() {
    Entry entry = new Entry(0, CalendlyTime.text(Station.START), new RawBody(new byte[(int) HALF]));
    return new Chunk("s", 0, 100, List.of(entry));
  }

  private void assertThereIsRoom(int count, long size) throws Exception {
    ends(startsToRead(count, size));
  }

  /** Returns the thread that waits for room. */
  private Thread waitingReader(int count, long size) throws Exception {
    Thread reader = startsToRead(count, size);
    waits(reader);
    return reader;
  }

  private Thread startsToRead(int count, long size) {
    Thread reader = new Thread(() -> workers.awaitRoom(count, size));
    reader.start();
    return reader;
  }

  private static void waits(Thread thread) throws Exception {
    Eventually.holds(
        "it waits or is done",
        () -> thread.getState() == Thread.State.WAITING || !thread.isAlive());
    assertTrue(thread.isAlive(), "it waits");
  }

  private static void ends(Thread thread) throws Exception {
    Eventually.holds("it ends", () -> !thread.isAlive());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
