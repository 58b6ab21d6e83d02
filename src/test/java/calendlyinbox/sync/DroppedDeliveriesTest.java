package calendlyinbox.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.RunningReceiver;
import calendlyinbox.calendly.WebhookMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Visible columns of meetings, invitees and bookings. Not brought back: routing forms, and the
 * events of no-show marks that were on and off again in between.
 */
class DroppedDeliveriesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void a_third_of_all_deliveries_is_lost_and_a_sync_makes_the_tables_those_of_the_full_history(
      long seed) throws Exception {
    try (SyncRig rig = new SyncRig(folder.resolve("some"));
        RunningReceiver full = RunningReceiver.start(folder.resolve("all"), Map.of(), rig.clock)) {
      List<WebhookMessage> all = new RandomHistory(seed, rig.calendly, rig.clock).acts(60);
      Random random = new Random(seed);
      List<WebhookMessage> shuffled = new ArrayList<>(all);
      Collections.shuffle(shuffled, random);
      List<WebhookMessage> arrived =
          shuffled.stream().filter(message -> random.nextInt(3) > 0).toList();
      rig.deliver(arrived);
      for (WebhookMessage message : all) {
        full.post(message.body(rig.calendly.account().user()));
      }
      full.awaitEvents(all.size());
      List<List<String>> wanted = new ArrayList<>();
      for (String query : SyncRig.TABLES) {
        wanted.add(full.rows(query));
      }
      assertTrue(!wanted.equals(rig.tables(SyncRig.TABLES)), "nothing was lost by the drops");

      List<Change> wouldChange = rig.dryRun();
      rig.run();

      assertEquals(text(wanted), text(rig.tables(SyncRig.TABLES)));
      List<List<String>> synced = rig.tables(SyncRig.ALL_BYTES);
      assertTrue(!wouldChange.isEmpty());
      assertEquals(new Tally(looked(rig), 0, 0, 0), rig.run());
      assertEquals(text(synced), text(rig.tables(SyncRig.ALL_BYTES)));
      assertEquals(List.of(), rig.dryRun());

      // What comes late is a duplicate, or says what is known.
      rig.deliver(shuffled);
      assertEquals(text(wanted), text(rig.tables(SyncRig.TABLES)));
    }
  }

  private static long looked(SyncRig rig) {
    return rig.calendly.bookings().events().size();
  }

  private static String text(List<List<String>> tables) {
    StringBuilder text = new StringBuilder();
    tables.forEach(rows -> text.append(String.join("\n", rows)).append("\n\n"));
    return text.toString();
  }
}
