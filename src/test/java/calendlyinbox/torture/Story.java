package calendlyinbox.torture;

import calendlyinbox.meetings.ExpectedTables;
import calendlyinbox.meetings.History;
import calendlyinbox.meetings.Tables;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * What happened in many small accounts, made up from a seed: what may be in the tables, and, by a
 * model that knows nothing of the server's code, what the tables must look like. Not for concurrent
 * use.
 */
final class Story {
  private final long seed;
  private final List<Delivery> all = new ArrayList<>();
  private final Map<String, Delivery> byText = new HashMap<>();
  private int histories;

  Story(long seed) {
    this.seed = seed;
  }

  /** Goes on for so many accounts, and returns their events in the order in which they happened. */
  List<Delivery> next(int accounts) {
    int from = all.size();
    for (int i = 0; i < accounts; i++) {
      String prefix = Integer.toHexString(histories) + "x";
      for (History.Said said : History.random(seed * 1_000_003 + histories, prefix)) {
        Delivery delivery =
            new Delivery(all.size(), said, new String(said.body(), StandardCharsets.UTF_8));
        all.add(delivery);
        byText.put(delivery.text(), delivery);
      }
      histories++;
    }
    return all.subList(from, all.size());
  }

  /** The same in another order, some of them twice. */
  static List<Delivery> shuffled(List<Delivery> deliveries, Random random) {
    List<Delivery> order = new ArrayList<>(deliveries);
    deliveries.stream().filter(one -> random.nextInt(5) == 0).forEach(order::add);
    Collections.shuffle(order, random);
    return order;
  }

  /**
   * Returns what is wrong in the database, or nothing: everything noted must be there, everything
   * there must be of this story and there once, and the tables must be what the model says of just
   * the events that are there.
   *
   * @param noted numbers of the deliveries whose 200 was read
   */
  String fault(Path database, Set<Integer> noted) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database)) {
      Set<Integer> stored = new TreeSet<>();
      try (Statement statement = connection.createStatement();
          ResultSet rows =
              statement.executeQuery(
                  "SELECT payload, status, last_error FROM calendly_webhook_events")) {
        while (rows.next()) {
          Delivery delivery = byText.get(rows.getString(1));
          if (delivery == null) {
            return "a row that nobody sent: " + rows.getString(1);
          }
          if (!rows.getString(2).equals("processed")) {
            return "delivery "
                + delivery.number()
                + " is "
                + rows.getString(2)
                + ": "
                + rows.getString(3);
          }
          if (!stored.add(delivery.number())) {
            return "delivery " + delivery.number() + " is there twice";
          }
        }
      }
      Set<Integer> lost = new TreeSet<>(noted);
      lost.removeAll(stored);
      if (!lost.isEmpty()) {
        return lost.size()
            + " deliveries got a 200 and are not there, the first of them: "
            + all.get(lost.iterator().next()).said();
      }
      List<History.Said> happened = stored.stream().map(number -> all.get(number).said()).toList();
      String difference =
          Tables.difference(ExpectedTables.of(happened), Tables.visible(connection));
      return difference.isEmpty() ? "" : "the tables differ from the model:" + difference;
    }
  }

  /** Returns how many of these are not in the database yet; all, if it cannot be read. */
  int missing(Path database, Set<Integer> noted) {
    Set<Integer> missing = new HashSet<>(noted);
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT payload FROM calendly_webhook_events")) {
      while (rows.next()) {
        Delivery delivery = byText.get(rows.getString(1));
        if (delivery != null) {
          missing.remove(delivery.number());
        }
      }
    } catch (SQLException notNow) {
      return noted.size();
    }
    return missing.size();
  }
}
