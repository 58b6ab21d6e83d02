package calendlyinbox.meetings;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import calendlyinbox.calendly.Parsed;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Order does not matter: random histories, each delivered in many orders with repeats and in
 * batches of any size, end in the tables that the history itself says. A longer run: {@code mvn
 * test -Dtest=HistoriesTest -Dhistories=20000 -Dhistories.seed=1}.
 */
class HistoriesTest {
  private static final int HISTORIES = Integer.getInteger("histories", 300);
  private static final long SEED = Long.getLong("histories.seed", 20_261_123);
  private static final int ORDERS = 6;

  private final MemoryTables tables = new MemoryTables();

  HistoriesTest() throws SQLException {}

  @AfterEach
  void close() throws SQLException {
    tables.close();
  }

  @Test
  void any_order_with_any_repeats_ends_in_the_tables_that_the_history_says() throws Exception {
    for (long seed = SEED; seed < SEED + HISTORIES; seed++) {
      Random random = new Random(seed);
      List<History.Said> history = new ArrayList<>(History.random(seed));
      // Sometimes one half of a reschedule, a booking or a mark never comes.
      for (int lost = random.nextInt(3) - 1; lost > 0 && !history.isEmpty(); lost--) {
        history.remove(random.nextInt(history.size()));
      }
      Wanted wanted = Wanted.of(tables, history);
      for (int i = 0; i < ORDERS; i++) {
        List<List<Integer>> order =
            switch (i) {
              case 0 -> Orders.backwards(history.size());
              default -> Orders.random(history.size(), random);
            };
        if (!wanted.fault(order).isEmpty()) {
          failWithTheLeast(seed, history, order);
        }
      }
    }
  }

  @Test
  void the_histories_hold_what_can_happen() {
    Set<String> seen = new TreeSet<>();
    for (long seed = 20_261_123; seed < 20_261_123 + 400; seed++) {
      String second = "";
      for (History.Said said : History.random(seed)) {
        seen.add(said.event());
        seen.add(said.payload().has("scheduled_event") ? "embedded" : "legacy");
        seen.add(said.payload().path("rescheduled").asBoolean() ? "moved" : "");
        seen.add(
            said.payload().path("new_invitee").isTextual()
                    && said.payload().path("old_invitee").isTextual()
                ? "chain"
                : "");
        seen.add(said.second().equals(second) ? "same second" : "");
        second = said.second();
        if (said.payload().path("status").asText().equals("canceled")) {
          seen.add(
              "canceled, meeting "
                  + said.payload().path("scheduled_event").path("status").asText());
        }
      }
    }

    Set<String> wanted =
        Set.of(
            "invitee.created",
            "invitee.canceled",
            "invitee_no_show.created",
            "invitee_no_show.deleted",
            "routing_form_submission.created",
            "embedded",
            "legacy",
            "moved",
            "chain",
            "same second",
            "canceled, meeting active",
            "canceled, meeting canceled");
    assertTrue(seen.containsAll(wanted), () -> "only " + seen);
  }

  /** What an order is measured by: the model, and the events one by one as they happened. */
  private record Wanted(
      MemoryTables tables,
      List<Parsed.Understood> events,
      Map<String, String> visible,
      Map<String, String> inOrder) {
    static Wanted of(MemoryTables tables, List<History.Said> history) throws SQLException {
      List<Parsed.Understood> events =
          history.stream().map(said -> MemoryTables.understood(said.body())).toList();
      tables.cleared();
      events.forEach(event -> tables.apply(List.of(event)));
      return new Wanted(tables, events, ExpectedTables.of(history), tables.all());
    }

    /** Returns what is wrong with the tables after an order, or nothing. */
    String fault(List<List<Integer>> order) throws SQLException {
      tables.cleared();
      order.forEach(batch -> tables.apply(batch.stream().map(events::get).toList()));
      return Tables.difference(visible, tables.visible())
          + Tables.difference(inOrder, tables.all());
    }
  }

  /** Leaves out what is not needed to see the fault, and reports the rest. */
  private void failWithTheLeast(long seed, List<History.Said> history, List<List<Integer>> order)
      throws SQLException {
    List<History.Said> least = new ArrayList<>(history);
    for (int event = least.size() - 1; event >= 0; event--) {
      List<History.Said> fewer = new ArrayList<>(least);
      fewer.remove(event);
      List<List<Integer>> rest = Orders.without(order, event);
      if (!Wanted.of(tables, fewer).fault(rest).isEmpty()) {
        least = fewer;
        order = rest;
      }
    }
    for (int batch = order.size() - 1; batch >= 0; batch--) {
      List<List<Integer>> shorter = new ArrayList<>(order);
      shorter.remove(batch);
      boolean complete = shorter.stream().flatMap(List::stream).distinct().count() == least.size();
      if (complete && !Wanted.of(tables, least).fault(shorter).isEmpty()) {
        order = shorter;
      }
    }
    StringBuilder report = new StringBuilder("history with -Dhistories.seed=" + seed);
    for (int event = 0; event < least.size(); event++) {
      report.append("\n  ").append(event).append(": ").append(least.get(event));
    }
    report.append("\n  delivered as ").append(order).append(Wanted.of(tables, least).fault(order));
    fail(report.toString());
  }
}
