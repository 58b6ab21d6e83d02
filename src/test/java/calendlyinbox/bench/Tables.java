package calendlyinbox.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.sqlite.SQLiteConfig;

/** The server's database, looked at beside it as any reader would. For one thread. */
final class Tables implements AutoCloseable {
  private final Connection connection;
  private final PreparedStatement lastEvent;
  private final PreparedStatement newMeetings;

  Tables(Path file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout(10_000);
    connection = DriverManager.getConnection("jdbc:sqlite:" + file, config.toProperties());
    lastEvent = connection.prepareStatement("SELECT max(id) FROM calendly_webhook_events");
    newMeetings =
        connection.prepareStatement(
            "SELECT rowid, uri FROM meetings WHERE rowid > ? ORDER BY rowid");
  }

  /** The row id of the event that came last; with nothing but distinct ones, how many there are. */
  long lastEvent() throws SQLException {
    try (ResultSet row = lastEvent.executeQuery()) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  long lastMeeting() throws SQLException {
    return number("SELECT max(rowid) FROM meetings");
  }

  /** Notes the moment for each meeting after a row id, and returns the last row id. */
  long meetingsAfter(long rowId, Map<String, Long> seenAt) throws SQLException {
    long last = rowId;
    newMeetings.setLong(1, rowId);
    try (ResultSet row = newMeetings.executeQuery()) {
      while (row.next()) {
        last = row.getLong(1);
        seenAt.put(row.getString(2), System.nanoTime());
      }
    }
    return last;
  }

  /** Returns what is not as it must be after so many distinct bookings, or an empty text. */
  String wrong(long bookings) throws SQLException {
    long processed =
        number("SELECT count(*) FROM calendly_webhook_events WHERE status = 'processed'");
    long meetings = number("SELECT count(*) FROM meetings");
    long invitees = number("SELECT count(*) FROM invitees");
    return processed == bookings && meetings == bookings && invitees == bookings
        ? ""
        : "of "
            + bookings
            + " acknowledged bookings the tables have "
            + processed
            + " processed events, "
            + meetings
            + " meetings, "
            + invitees
            + " invitees";
  }

  private long number(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.getLong(1);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
