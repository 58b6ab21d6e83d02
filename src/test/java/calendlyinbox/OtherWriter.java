package calendlyinbox;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** Somebody else who writes to the database, as by sqlite3 in a terminal. */
public final class OtherWriter {
  private OtherWriter() {}

  /** Waits for a worker that was not scheduled within its transaction; the driver's own 3 s end. */
  public static Connection at(Path database) throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + database + "?busy_timeout=60000");
  }
}
