package calendlyinbox;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** Another program that holds the database's write lock until its standard input ends. */
public final class LockHolder {
  private LockHolder() {}

  public static void main(String[] args) throws SQLException, IOException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + args[0]);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 10000");
      statement.execute("BEGIN EXCLUSIVE");
      System.out.println("locked");
      while (System.in.read() >= 0) {
        // Holds on.
      }
      statement.execute("ROLLBACK");
    }
  }
}
