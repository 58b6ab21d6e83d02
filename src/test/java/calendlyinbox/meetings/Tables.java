package calendlyinbox.meetings;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The mirror's tables as one map, {@code "table uri column" → value}, without what is NULL. */
public final class Tables {
  private static final List<String> NAMES =
      List.of("meetings", "invitees", "routing_form_submissions");
  private static final Set<String> BOOKKEEPING =
      Set.of("said_status", "described_by", "cancellation_from", "no_show_from");

  private Tables() {}

  /** What people query. */
  public static Map<String, String> visible(Connection connection) throws SQLException {
    Map<String, String> visible = all(connection);
    visible.keySet().removeIf(key -> BOOKKEEPING.contains(key.substring(key.lastIndexOf(' ') + 1)));
    return visible;
  }

  /** The same, with the columns that make the rows independent of order. */
  public static Map<String, String> all(Connection connection) throws SQLException {
    Map<String, String> all = new TreeMap<>();
    for (String table : NAMES) {
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("SELECT * FROM " + table)) {
        ResultSetMetaData columns = rows.getMetaData();
        while (rows.next()) {
          String row = table + " " + rows.getString("uri") + " ";
          for (int i = 1; i <= columns.getColumnCount(); i++) {
            if (rows.getString(i) != null) {
              all.put(row + columns.getColumnName(i), rows.getString(i));
            }
          }
        }
      }
    }
    return all;
  }

  /** Returns a line a difference. */
  public static String difference(Map<String, String> wanted, Map<String, String> got) {
    TreeMap<String, String> keys = new TreeMap<>(wanted);
    keys.putAll(got);
    StringBuilder lines = new StringBuilder();
    for (String key : keys.keySet()) {
      String want = wanted.getOrDefault(key, "NULL");
      String have = got.getOrDefault(key, "NULL");
      if (!want.equals(have)) {
        lines.append("\n  ").append(key).append(": wanted ").append(want);
        lines.append(", got ").append(have);
      }
    }
    return lines.toString();
  }
}
