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

  /** Before the deadline of 15 s cuts them off for another reason. */
  private static final Duration AT_MOST = Duration.ofSeconds(5);

  @TempDir Path folder;
  private final List<RawHttp> connections = new ArrayList<>();
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
    Eventually.holds("no more than 8 MiB are held", AT_MOST, () -> open() <= AT_ONCE);
    assertTrue(open() >= 7, "open: " + open() + "; below the bound nobody is cut off");

    RawHttp newest = connections.get(99);

    assertEquals(200, newest.send(new byte[1]).answer().status());
    assertEquals(200, receiver.post(Deliveries.booking("unfinished", "afterwards")));
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

  private void stall() throws IOException {
    RawHttp connection = new RawHttp(receiver.port());
    connections.add(connection);
    try {
      connection
          .send(
              RawHttp.request(
                  "POST",
                  Door.WEBHOOK_PATH,
                  RawHttp.signature(BODY) + RawHttp.length(BODY),
                  new byte[0]))
          .send(ALL_BUT_ONE);
    } catch (SocketException cutOff) {
      // Counted by open().
    }
  }

  private long open() throws IOException {
    long open = 0;
    for (RawHttp connection : connections) {
      open += connection.isOpenAndSilent() ? 1 : 0;
    }
    return open;
  }
}
