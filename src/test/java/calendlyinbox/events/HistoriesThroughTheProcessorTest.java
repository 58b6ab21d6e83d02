package calendlyinbox.events;

import static org.junit.jupiter.api.Assertions.assertEquals;

import calendlyinbox.meetings.ExpectedTables;
import calendlyinbox.meetings.History;
import calendlyinbox.meetings.Orders;
import calendlyinbox.meetings.Tables;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The way the server takes: histories in any order and with repeats, claimed and applied by the
 * processor, in files. Many more of them run without claims in the meetings' own test.
 */
class HistoriesThroughTheProcessorTest {
  private static final int HISTORIES = 15;

  @TempDir Path folder;

  @Test
  void any_order_with_any_repeats_ends_in_the_tables_that_the_history_says() throws Exception {
    for (long seed = 1; seed <= HISTORIES; seed++) {
      List<History.Said> history = History.random(seed);
      Random random = new Random(seed);
      for (int i = 0; i < 3; i++) {
        List<List<Integer>> order = Orders.random(history.size(), random);
        Path fresh = Files.createDirectory(folder.resolve(seed + "-" + i));
        try (Station station = new Station(fresh)) {
          station.processor.progress(); // makes the tables
          for (List<Integer> batch : order) {
            station.apply(batch.stream().map(event -> history.get(event).body()).toList());
          }
          String what = "seed " + seed + " " + history + " as " + order;
          assertEquals(Integer.toString(history.size()), events(station), what);
          try (Connection read = DriverManager.getConnection("jdbc:sqlite:" + station.file)) {
            assertEquals(
                "", Tables.difference(ExpectedTables.of(history), Tables.visible(read)), what);
          }
        }
      }
    }
  }

  /** Each is there once, and nothing went wrong with any. */
  private static String events(Station station) {
    return station.one(
        "SELECT count(*) FROM calendly_webhook_events WHERE status = 'processed' AND attempts = 1");
  }
}
