package calendlyinbox.meetings;

import static org.junit.jupiter.api.Assertions.fail;

import calendlyinbox.calendly.Parsed;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Order does not matter: random histories, each delivered in many orders with repeats and in
 * batches of any size, end in the tables that the history itself says.
 */
public final class Histories {
  private static final int ORDERS = 6;

  private final MemoryTables tables;

  private Histories(MemoryTables tables) {
    this.tables = tables;
  }

  /** What came of it. */
  public record Tally(int events, int orders) {}

  /**
   * @param histories each has a seed of its own
   * @throws AssertionError with the smallest counter-example that was found, and its seed
   */
  public static Tally tries(long firstSeed, int histories) throws SQLException {
    try (MemoryTables tables = new MemoryTables()) {
      Histories all = new Histories(tables);
      int events = 0;
      for (long seed = firstSeed; seed < firstSeed + histories; seed++) {
        events += all.history(seed);
      }
      return new Tally(events, histories * ORDERS);
    }
  }

  private int history(long seed) throws SQLException {
    Random random = new Random(seed);
    List<History.Said> history = new ArrayList<>(History.random(seed));
    // Sometimes one half of a reschedule, a booking or a mark never comes.
    for (int lost = random.nextInt(3) - 1; lost > 0 && !history.isEmpty(); lost--) {
      history.remove(random.nextInt(history.size()));
    }
    Wanted wanted = Wanted.of(tables, history);
    for (int i = 0; i < ORDERS; i++) {
      List<List<Integer>> order =
          i == 0 ? Orders.backwards(history.size()) : Orders.random(history.size(), random);
      if (!wanted.fault(order).isEmpty()) {
        failWithTheLeast(seed, history, order);
      }
    }
    return history.size();
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
    StringBuilder report = new StringBuilder("history of seed " + seed);
    for (int event = 0; event < least.size(); event++) {
      report.append("\n  ").append(event).append(": ").append(least.get(event));
    }
    report.append("\n  delivered as ").append(order).append(Wanted.of(tables, least).fault(order));
    fail(report.toString());
  }
}
