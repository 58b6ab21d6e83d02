package calendlyinbox.meetings;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import calendlyinbox.calendly.EventParser;
import calendlyinbox.calendly.Parsed;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** The real tables in a real SQLite without a file, so that a test can have thousands of them. */
final class MemoryTables implements AutoCloseable {
  private static final String SCHEMA = schema();
  private static final EventParser PARSER = new EventParser();

  private final Mirror mirror = new Mirror();
  private final Connection connection;
  private final Handle handle;

  MemoryTables() throws SQLException {
    connection = DriverManager.getConnection("jdbc:sqlite::memory:");
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(SCHEMA);
    }
    handle = Jdbi.open(connection);
  }

  static Parsed.Understood understood(byte[] body) {
    return assertInstanceOf(Parsed.Understood.class, PARSER.parse(body));
  }

  /** Applies events together, in one transaction. */
  MemoryTables apply(List<Parsed.Understood> together) {
    handle.begin();
    mirror.apply(handle, together);
    handle.commit();
    return this;
  }

  Handle handle() {
    return handle;
  }

  /** Empties the tables: quicker than making new ones. */
  MemoryTables cleared() throws SQLException {
    for (String table : List.of("meetings", "invitees", "routing_form_submissions")) {
      try (Statement statement = connection.createStatement()) {
        statement.executeUpdate("DELETE FROM " + table);
      }
    }
    return this;
  }

  Map<String, String> visible() throws SQLException {
    return Tables.visible(connection);
  }

  Map<String, String> all() throws SQLException {
    return Tables.all(connection);
  }

  @Override
  public void close() throws SQLException {
    handle.close();
    connection.close();
  }

  private static String schema() {
    try (InputStream in = MemoryTables.class.getResourceAsStream("/schema.sql")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
