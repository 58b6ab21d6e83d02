package calendlyinbox.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.RunningReceiver;
import calendlyinbox.calendly.WebhookMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A third of all deliveries is lost, the others come in any order, and a sync makes the tables
 * those of the full history: visible columns of meetings, invitees and bookings. Not brought back:
 * routing forms, and the events of no-show marks that were on and off again in between.
 */
public final class DroppedDeliveries {
  private DroppedDeliveries() {}

  /**
   * @param folder exists
   * @param histories each has a seed of its own
   * @return how many deliveries were lost
   */
  public static int tries(Path folder, long firstSeed, int histories) throws Exception {
    int lost = 0;
    for (long seed = firstSeed; seed < firstSeed + histories; seed++) {
      lost += history(Files.createDirectories(folder.resolve("seed-" + seed)), seed);
    }
    return lost;
  }

  private static int history(Path folder, long seed) throws Exception {
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

      // A mark of the last minutes stays until the next sync, taken off or not.
      rig.clock.advance(Duration.ofMinutes(5));
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
      return all.size() - arrived.size();
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
