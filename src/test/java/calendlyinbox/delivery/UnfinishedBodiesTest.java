package calendlyinbox.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Deliveries;
import calendlyinbox.Eventually;
import calendlyinbox.RunningReceiver;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bodies that lack their last byte: what they hold in memory together is bounded. */
final class UnfinishedBodiesTest {
  private static final byte[] BODY = new byte[1024 * 1024];
  private static final byte[] ALL_BUT_ONE = Arrays.copyOf(BODY, BODY.length - 1);

  /** 8 MiB, and one that is just being cut off. */
  private static final int AT_ONCE = 9;

  /** The deadline of 15 s would cut them off for another reason. */
  private static final Duration BEFORE_THE_DEADLINE = Duration.ofSeconds(14);

  @TempDir Path folder;
  private final List<RawHttp> connections = new ArrayList<>();
  private final List<Long> begun = new ArrayList<>();
  private RunningReceiver receiver;

  @BeforeEach
  void start() {
    receiver = RunningReceiver.start(folder);
  }

  @AfterEach
  void stop() throws IOException {
    for (RawHttp connection : connections) {
      connection.close();
    }
    receiver.close();
  }

  @Test
  void of_a_hundred_megabytes_that_stall_the_oldest_are_cut_off_and_honest_deliveries_go_on()
      throws Exception {
    for (int i = 0; i < 100; i++) {
      stall();
      if (i % 10 == 0) {
        assertEquals(200, receiver.post(Deliveries.booking("unfinished", "honest-" + i)));
      }
    }
    awaitTheBound();
    assertTrue(open() >= 7, "open: " + open() + "; below the bound nobody is cut off");

    RawHttp newest = connections.get(99);

    assertEquals(200, newest.send(new byte[1]).answer().status());
    assertEquals(200, receiver.post(Deliveries.booking("unfinished", "afterwards")));
  }

  @Test
  void cutting_off_those_that_have_sent_no_body_yet_makes_no_room_for_more() throws Exception {
    List<RawHttp> empty = new ArrayList<>();
    try {
      for (int i = 0; i < 400; i++) {
        RawHttp connection = new RawHttp(receiver.port());
        empty.add(connection);
        connection.send(head(BODY));
      }
      // Answered by the same selector: when this is through, all of them have been read.
      receiver.get("/ready");

      for (int i = 0; i < 40; i++) {
        stall();
      }
      awaitTheBound();
    } finally {
      for (RawHttp connection : empty) {
        connection.close();
      }
    }
    assertEquals(200, receiver.post(Deliveries.booking("unfinished", "beside-them")));
  }

  @Test
  void room_that_a_body_took_is_free_again_however_it_ended() throws Exception {
    for (int round = 0; round < 5; round++) {
      for (int i = 0; i < 5; i++) {
        stall();
      }
      assertEquals(5, open(), "nobody is cut off in round " + round);
      for (RawHttp connection : List.copyOf(connections)) {
        if (round % 2 == 0) {
          assertEquals(200, connection.send(new byte[1]).answer().status());
        }
        connection.close();
        connections.remove(connection);
      }
    }
  }

  @Test
  void those_that_went_away_take_no_room_from_an_older_one_that_is_still_there() throws Exception {
    stall();
    for (int i = 0; i < 12; i++) {
      try (RawHttp gone = new RawHttp(receiver.port())) {
        gone.send(head(BODY)).send(ALL_BUT_ONE);
        // Answered by the same selector: when this is through, all of it has been read.
        receiver.get("/ready");
      }
      receiver.get("/ready");
    }

    assertEquals(200, connections.get(0).send(new byte[1]).answer().status());
  }

  @Test
  void a_connection_is_not_cut_off_for_the_bodies_that_it_has_brought() throws Exception {
    stall();
    RawHttp kept = connections.get(0);
    for (int i = 0; i < 20; i++) {
      assertEquals(200, kept.send(new byte[1]).answer().status(), "body " + i);
      kept.send(
          RawHttp.request(
              "POST",
              Door.WEBHOOK_PATH,
              RawHttp.signature(BODY) + RawHttp.length(BODY),
              ALL_BUT_ONE));
    }
    assertEquals(200, kept.send(new byte[1]).answer().status());
    assertTrue(kept.isOpenAndSilent());
  }

  @Test
  void a_body_in_many_pieces_counts_as_what_it_is_long() throws Exception {
    int piece = BODY.length / 32;
    try (RawHttp http = new RawHttp(receiver.port())) {
      http.send(head(BODY));
      for (int at = 0; at < BODY.length; at += piece) {
        // Answered by the same selector: when this is through, all pieces before have been read.
        receiver.get("/ready");
        http.send(Arrays.copyOfRange(BODY, at, at + piece));
      }
      assertEquals(200, http.answer().status());
    }
  }

  @Test
  void there_is_room_for_two_bodies_of_the_greatest_limit(@TempDir Path another) throws Exception {
    byte[] large = new byte[4 * BODY.length];
    Arrays.fill(large, (byte) 'x');
    Map<String, String> settings = Map.of("MAX_BODY_BYTES", Integer.toString(large.length));
    try (RunningReceiver wide = RunningReceiver.start(another, settings);
        RawHttp one = new RawHttp(wide.port());
        RawHttp two = new RawHttp(wide.port())) {
      for (RawHttp each : List.of(one, two)) {
        each.send(head(large)).send(Arrays.copyOf(large, large.length - 1));
        // Answered by the same selector: when this is through, all of it has been read.
        wide.get("/ready");
      }
      for (RawHttp each : List.of(one, two)) {
        assertEquals(200, each.send("x").answer().status());
      }
    }
  }

  private static byte[] head(byte[] body) {
    return RawHttp.request(
        "POST", Door.WEBHOOK_PATH, RawHttp.signature(body) + RawHttp.length(body), new byte[0]);
  }

  private void stall() throws IOException {
    begun.add(System.nanoTime());
    RawHttp connection = new RawHttp(receiver.port());
    connections.add(connection);
    try {
      connection.send(head(BODY)).send(ALL_BUT_ONE);
    } catch (SocketException cutOff) {
      // Counted by open().
    }
  }

  /** Without a bound so few would be left when the deadline of this one is over, not before. */
  private void awaitTheBound() throws Exception {
    long since = begun.get(begun.size() - AT_ONCE - 1);
    Eventually.holds(
        "no more than 8 MiB are held",
        BEFORE_THE_DEADLINE.minusNanos(System.nanoTime() - since),
        () -> open() <= AT_ONCE);
  }

  private long open() throws IOException {
    long open = 0;
    for (RawHttp connection : connections) {
      open += connection.isOpenAndSilent() ? 1 : 0;
    }
    return open;
  }
}
