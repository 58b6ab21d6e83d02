package calendlyinbox.torture;

import calendlyinbox.meetings.ExpectedTables;
import calendlyinbox.meetings.History;
import calendlyinbox.meetings.Tables;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What the database must hold: everything that was noted, nothing that was not sent, nothing twice,
 * and the meetings, invitees and submissions which follow from just these deliveries by rules that
 * know nothing of the server's code.
 */
final class Model {
  /** Enough to see what kind of fault it is. */
  private static final int SHOWN = 8;

  private Model() {}

  /**
   * Returns what is wrong in the database, or nothing.
   *
   * @param noted numbers of the deliveries whose 200 was read
   */
  static String fault(Path database, Story story, Set<Integer> noted) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database)) {
      Set<Integer> stored = new TreeSet<>();
      String fault = readEvents(connection, story, stored);
      if (!fault.isEmpty()) {
        return fault;
      }
      Set<Integer> lost = new TreeSet<>(noted);
      lost.removeAll(stored);
      if (!lost.isEmpty()) {
        return lost.size()
            + " of "
            + noted.size()
            + " deliveries got a 200 and are not there, the first of them: "
            + story.said(lost.iterator().next());
      }
      List<History.Said> happened = stored.stream().map(story::said).toList();
      String difference =
          Tables.difference(ExpectedTables.of(happened), Tables.visible(connection));
      return difference.isEmpty() ? "" : counterExample(difference.strip().lines().toList());
    }
  }

  private static String counterExample(List<String> columns) {
    return columns.size()
        + " columns differ from the model, the first: "
        + columns.stream().map(String::strip).limit(SHOWN).collect(Collectors.joining("\n  "));
  }

  /** Returns how many of these are not in the database. */
  static int missing(Path database, List<Delivery> deliveries) throws SQLException {
    // Unsorted: in a row with a flipped bit there may be none.
    Set<String> missing = new HashSet<>();
    deliveries.forEach(one -> missing.add(one.text()));
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT payload FROM calendly_webhook_events")) {
      while (rows.next()) {
        missing.remove(rows.getString(1));
      }
    }
    return missing.size();
  }

  private static String readEvents(Connection connection, Story story, Set<Integer> stored)
      throws SQLException {
    String sql = "SELECT payload, status, last_error, event_id FROM calendly_webhook_events";
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        Optional<Delivery> delivery = story.delivery(rows.getString(1));
        if (delivery.isEmpty()) {
          return "event " + rows.getString(4) + " is there, and nobody sent it";
        }
        int number = delivery.get().number();
        if (!"processed".equals(rows.getString(2))) {
          return "event "
              + rows.getString(4)
              + " is "
              + rows.getString(2)
              + ", wanted processed: "
              + rows.getString(3);
        }
        if (!stored.add(number)) {
          return "twice there: " + story.said(number);
        }
      }
    }
    return "";
  }
}
