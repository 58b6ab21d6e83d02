package calendlyinbox.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A database as a release left it: {@code src/test/resources/databases/} holds, for each released
 * schema, its {@code schema.sql} as it was then, and rows that webhooks and a sync brought.
 */
public final class OlderDatabase {
  private OlderDatabase() {}

  /** The names of all; there were two of version 1, since tables were added to it. */
  public static Stream<String> names() {
    return Stream.concat(
        Stream.of("1-first"),
        IntStream.range(1, Schema.VERSION).mapToObj(version -> Integer.toString(version)));
  }

  /** Makes it, with a write-ahead log, as the server has it. */
  public static void make(String name, Path file) throws IOException, SQLException {
    String sql =
        new String(
            OlderDatabase.class.getResourceAsStream("/databases/" + name + ".sql").readAllBytes(),
            StandardCharsets.UTF_8);
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.executeUpdate(sql);
    }
  }
}
