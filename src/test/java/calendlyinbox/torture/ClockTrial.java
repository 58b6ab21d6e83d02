package calendlyinbox.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import calendlyinbox.Deliveries;
import calendlyinbox.RunningReceiver;
import calendlyinbox.Wire;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The server's clock an hour ahead, an hour behind, and jumping between the two under load: a
 * signature counts by the server's clock alone, and whatever got a 200 is in the tables.
 */
final class ClockTrial implements Trial {
  private static final Duration AHEAD = Duration.ofHours(1);
  private static final Duration BEHIND = AHEAD.negated();

  @Override
  public String name() {
    return "clock";
  }

  @Override
  public String what() {
    return "the clock an hour ahead, an hour behind, jumping under load";
  }

  @Override
  public String run(Ground ground) throws Exception {
    Story story = new Story(ground.seed());
    int jumps = ground.size().times(2, 2, 60);
    try (Ledger ledger = ground.ledger()) {
      try (TurnedServer server = TurnedServer.start(ground, Map.of())) {
        assertGoesByItsClock(ground, server, AHEAD, story, ledger);
        assertGoesByItsClock(ground, server, BEHIND, story, ledger);
        ground.assertSettled(story, ledger);
      }
      // A tolerance in which every jump lies: no delivery may be refused.
      Map<String, String> tolerant = Map.of("SIGNATURE_TOLERANCE", "25h");
      try (TurnedServer server = TurnedServer.start(ground, tolerant)) {
        for (int i = 0; i < jumps; i++) {
          Clients clients = Clients.start(server.port(), story.next(40), ledger);
          server.turn(i % 2 == 0 ? AHEAD : BEHIND);
          clients.join().assertAll200();
        }
        ground.assertSettled(story, ledger);
      }
      return String.format(
          "%s: signatures go by its clock; %d jumps of 2 h under load: %d deliveries, all 200, all there",
          TurnedServer.isAProcess(ground)
              ? "by libfaketime"
              : "in the harness, without libfaketime",
          jumps,
          ledger.size());
    }
  }

  /** Signed by the true time it is stale, signed by the server's own it is not. */
  private static void assertGoesByItsClock(
      Ground ground, TurnedServer server, Duration off, Story story, Ledger ledger)
      throws Exception {
    server.turn(off);
    // There are accounts of which nothing is delivered.
    Delivery first =
        Stream.generate(() -> story.next(1)).flatMap(List::stream).findFirst().orElseThrow();
    try (Wire wire = new Wire(server.port())) {
      ground.await("its clock is off by " + off, () -> status(wire, first.body(), off) == 200);
      assertEquals(401, status(wire, first.body(), Duration.ZERO), "signed by the true time");
    }
    Clock its = Clock.offset(Clock.systemUTC(), off);
    Clients.start(server.port(), story.next(20), ledger, its).join().assertAll200();
    ground.figures("clock off by %s: %d with a 200", off, ledger.size());
  }

  private static int status(Wire wire, byte[] body, Duration off) throws IOException {
    Instant at = Instant.now().plus(off);
    return wire.post(body, Deliveries.signature(RunningReceiver.KEY, body, at));
  }
}
