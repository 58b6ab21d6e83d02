package calendlyinbox;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** RETENTION_DAYS, in the real server. Random histories are purged in a test of their own. */
class RetentionTest {
  private static final String PEOPLE =
      "SELECT email, old_invitee, new_invitee FROM invitees ORDER BY email";

  @TempDir Path folder;
  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-23T12:00:00Z"));

  @Test
  void what_ended_longer_ago_is_purged_soon_after_a_start_and_nothing_else() throws Exception {
    Deliveries old = at(Deliveries.booking("old", "ada"), "2026-11-24T10:00:00.000000Z");
    Deliveries coming = at(Deliveries.booking("coming", "bob"), "2027-03-01T10:00:00.000000Z");
    // Ada moved her meeting to one that is yet to come.
    Deliveries moved = at(Deliveries.booking("moved", "ada2"), "2027-03-02T10:00:00.000000Z");
    moved.payload().put("old_invitee", Deliveries.inviteeUri("old", "ada"));
    Deliveries untimed = Deliveries.booking("untimed", "cleo");
    untimed.payload().remove("scheduled_event");
    byte[] unreadable = "no JSON".getBytes(StandardCharsets.UTF_8);
    try (RunningReceiver server = RunningReceiver.start(folder, Map.of(), clock)) {
      for (Deliveries delivery : List.of(old, coming, moved, untimed)) {
        assertEquals(200, server.post(delivery));
      }
      assertEquals(200, server.post(unreadable));
      server.awaitEvents(5);
    }
    clock.advance(Duration.ofDays(60));

    try (RunningReceiver server =
        RunningReceiver.start(folder, Map.of("RETENTION_DAYS", "30"), clock)) {
      // One in time: so the clock is right.
      assertEquals(200, server.post(moved));
      server.awaitRows(PEOPLE, "ada2@example.com|null|null", "bob@example.com|null|null");
      server.awaitEvents(2);
      assertEquals(List.of("2"), server.rows("SELECT count(*) FROM meetings"));

      // A late repeat of the old one, and what came last, which is applied after it.
      for (Deliveries delivery : List.of(old, untimed, moved)) {
        assertEquals(200, server.post(delivery));
      }
      Deliveries last = at(Deliveries.booking("last", "zoe"), "2027-03-01T10:00:00.000000Z");
      assertEquals(200, server.post(last));
      server.awaitRows(
          PEOPLE,
          "ada2@example.com|null|null",
          "bob@example.com|null|null",
          "zoe@example.com|null|null");
      server.awaitEvents(3);
    }
  }

  private static Deliveries at(Deliveries delivery, String end) {
    ((ObjectNode) delivery.payload().get("scheduled_event"))
        .put("start_time", end.replace("T10:00", "T09:30"))
        .put("end_time", end);
    return delivery;
  }
}
