package calendlyinbox.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.calendly.FakeBookings.Booking;
import calendlyinbox.calendly.WebhookMessage;
import calendlyinbox.events.EventProcessor;
import calendlyinbox.events.EventRows;
import calendlyinbox.events.RetrySchedule;
import calendlyinbox.store.Database;
import calendlyinbox.upkeep.Difference;
import calendlyinbox.upkeep.Rebuild;
import calendlyinbox.upkeep.Retention;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random histories, of which a third came by sync and fetch instead of by delivery: deriving them
 * anew changes nothing, and what was purged is brought back by nothing.
 */
class NothingComesBackTest {
  private static final Duration KEEP = Duration.ofDays(30);

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void a_rebuild_changes_nothing_and_purged_meetings_stay_away(long seed) throws Exception {
    try (SyncRig rig = new SyncRig(folder)) {
      List<WebhookMessage> all = history(seed, rig);
      List<List<String>> before = rig.tables(SyncRig.TABLES);
      assertEquals(List.of(), rebuild(rig, true));
      assertEquals(List.of(), rebuild(rig, false));
      assertEquals(before, rig.tables(SyncRig.TABLES));

      rig.clock.advance(Duration.ofDays(90));
      Map<String, Integer> removed = retention(rig).run();

      assertTrue(removed.get("invitees") > 0, "nothing was old enough: " + removed);
      List<List<String>> purged = rig.tables(SyncRig.TABLES);
      assertTrue(purged.get(0).size() > 0, "nothing was young enough");
      assertEquals(List.of("0"), rig.receiver.rows(TOO_OLD));
      assertEquals(Map.of(), retention(rig).run());
      assertEquals(List.of(), rebuild(rig, true), "rebuild after the purge");

      redeliver(rig, all);
      assertEquals(text(purged), text(rig.tables(SyncRig.TABLES)), "old deliveries");
      replayAll(rig);
      assertEquals(text(purged), text(rig.tables(SyncRig.TABLES)), "replay");
      assertEquals(0, syncOfAllTimes(rig).events());
      assertEquals(text(purged), text(rig.tables(SyncRig.TABLES)), "sync");
      assertEquals(List.of(), rebuild(rig, false));
      assertEquals(text(purged), text(rig.tables(SyncRig.TABLES)), "rebuild");
    }
  }

  private static final String TOO_OLD =
      "SELECT count(*) FROM meetings WHERE end_time < '2027-01-22T10'";

  @Test
  void a_row_that_was_altered_lost_or_made_up_is_found_and_put_right() throws Exception {
    try (SyncRig rig = new SyncRig(folder)) {
      history(5, rig);
      List<List<String>> right = rig.tables(SyncRig.TABLES);
      rig.database()
          .write(
              handle -> {
                handle.execute("DELETE FROM invitees WHERE uri = (SELECT min(uri) FROM invitees)");
                handle.execute("INSERT INTO meetings (uri, name) VALUES ('made up', 'No such')");
                return handle.execute(
                    "UPDATE meetings SET name = 'Wrong' WHERE uri = (SELECT max(uri) FROM meetings WHERE uri <> 'made up')");
              });

      List<Difference> found = rebuild(rig, true);

      assertEquals(
          List.of("CHANGED", "REMOVED", "ADDED"),
          found.stream().map(one -> one.kind().name()).toList());
      assertEquals(
          Map.of("name", new Difference.Values("Wrong", "30 Minute Meeting")),
          found.get(0).columns());
      assertTrue(!right.equals(rig.tables(SyncRig.TABLES)), "a dry run changes nothing");
      assertEquals(found, rebuild(rig, false));
      assertEquals(text(right), text(rig.tables(SyncRig.TABLES)));
      assertEquals(List.of(), rebuild(rig, true));
    }
  }

  /** A third is lost and brought by a sync; then some are changed without an event. */
  private static List<WebhookMessage> history(long seed, SyncRig rig) throws Exception {
    List<WebhookMessage> all =
        new ArrayList<>(new RandomHistory(seed, rig.calendly, rig.clock).acts(50));
    all.addAll(rig.calendly.bookings().routingFormSubmitted("forty"));
    Random random = new Random(seed);
    List<WebhookMessage> some =
        new ArrayList<>(all.stream().filter(message -> random.nextInt(3) > 0).toList());
    Collections.shuffle(some, random);
    rig.deliver(some);
    rig.run();
    Booking call = rig.calendly.bookings().book("Zoe", rig.clock.instant().plus(KEEP.plusDays(90)));
    rig.calendly.bookings().conferenceIsProcessing(call.event());
    rig.deliver(call.messages());
    rig.calendly.bookings().conferenceIsPushed(call.event(), "https://zoom.example/1");
    rig.run();
    all.addAll(call.messages());
    return all;
  }

  private static Retention retention(SyncRig rig) {
    return new Retention(rig.database(), () -> {}, KEEP, () -> true, new Random(1), rig.clock);
  }

  private static List<Difference> rebuild(SyncRig rig, boolean dryRun) throws Exception {
    List<Difference> found = new ArrayList<>();
    try (Database database =
        new Database(rig.receiver.database(), Duration.ofSeconds(5), rig.clock)) {
      Rebuild.Outcome outcome =
          new Rebuild(database, rig.folder()).run(Rebuild.Reach.ALL_AND_REMOVE, dryRun, found::add);
      assertTrue(outcome instanceof Rebuild.Outcome.Done, outcome.toString());
    }
    return found;
  }

  private static void redeliver(SyncRig rig, List<WebhookMessage> all) throws Exception {
    for (WebhookMessage message : all) {
      assertEquals(200, rig.receiver.post(message.body(rig.calendly.account().user())));
    }
    String last = "{\"event\":\"test.last\",\"payload\":{\"uri\":\"last\"}}";
    rig.receiver.post(last.getBytes(StandardCharsets.UTF_8));
    rig.receiver.awaitRows(
        "SELECT count(*) FROM calendly_webhook_events WHERE event_type = 'test.last'", "1");
  }

  private static void replayAll(SyncRig rig) throws Exception {
    Database database = rig.database();
    EventProcessor processor =
        new EventProcessor(database, new RetrySchedule(new Random(1)), rig.clock);
    List<Long> ids = database.look(handle -> new EventRows(handle).ids(false));
    assertTrue(!ids.isEmpty());
    for (long id : ids) {
      processor.again(id);
    }
  }

  private static Tally syncOfAllTimes(SyncRig rig) throws Exception {
    Instant now = rig.clock.instant();
    SyncRange range =
        new SyncRange(now.minus(Duration.ofDays(900)), now.plus(Duration.ofDays(900)));
    SyncOutcome outcome =
        rig.sync()
            .run(new SyncRequest("test", Optional.of(range), false, false), SyncWatcher.NOBODY);
    SyncOutcome.Done done = (SyncOutcome.Done) outcome;
    assertEquals(rig.calendly.bookings().events().size(), done.tally().looked());
    return done.tally();
  }

  private static String text(List<List<String>> tables) {
    StringBuilder text = new StringBuilder();
    tables.forEach(rows -> text.append(String.join("\n", rows)).append("\n\n"));
    return text.toString();
  }
}
