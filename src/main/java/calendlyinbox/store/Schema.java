package calendlyinbox.store;

import calendlyinbox.store.DatabaseUnavailableException.Trouble;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;

/**
 * Brings a database to the form of {@code schema.sql}: an empty one at once, an older one by {@link
 * Upgrade}; and refuses one that is not ours or from a newer version.
 */
final class Schema {
  /** PRAGMA user_version of the databases this version reads and writes. */
  static final int VERSION = 3;

  /** Tables that databases have had since the first release. */
  private static final Set<String> OF_EVERY_VERSION =
      Set.of(
          "table calendly_webhook_events",
          "table meetings",
          "table invitees",
          "table routing_form_submissions",
          "table journal_progress");

  private Schema() {}

  /**
   * When it returns, the tables are there, of this version, and on disk in the main file. Two
   * processes may do this at once.
   *
   * @param another see {@link Upgrade}
   * @param longWork bringing forward what others can break off
   * @return whether it was empty, and the tables were made
   */
  static boolean prepare(
      Connection connection, Upgrade.Another another, Path file, Clock clock, LongWork longWork)
      throws SQLException, DatabaseUnavailableException {
    // Before anything is changed, the journal mode included: it may be another program's.
    refuse(connection, file);
    execute(connection, "PRAGMA journal_mode = WAL");
    boolean made = false;
    if (isEmpty(connection)) {
      execute(connection, "BEGIN IMMEDIATE");
      made = isEmpty(connection);
      if (made) {
        execute(connection, ddl());
      }
      execute(connection, "COMMIT");
    }
    if (version(connection) < VERSION) {
      longWork.run(connection, new Upgrade(connection, another, file, clock, longWork)::run);
    }
    // The file's header is looked at from outside: it must not stay in the -wal file alone, also
    // when a crash came between the commit and this.
    execute(connection, "PRAGMA wal_checkpoint(PASSIVE)");
    refuse(connection, file);
    return made;
  }

  /** Throws where the database is not empty, and not ours or too new. Changes nothing. */
  static void refuse(Connection connection, Path file)
      throws SQLException, DatabaseUnavailableException {
    if (isEmpty(connection)) {
      return;
    }
    if (number(connection, "PRAGMA application_id") != DatabaseFile.APPLICATION_ID) {
      throw new DatabaseUnavailableException(
          Trouble.NOT_OURS, file + " is a database of another program", null);
    }
    int version = version(connection);
    if (version > VERSION) {
      throw new DatabaseUnavailableException(Trouble.NEWER_VERSION, tooNew(file, version), null);
    }
  }

  /** Returns a table or view that the database must have, and has not. */
  static Optional<String> lacking(Connection connection) throws SQLException {
    Set<String> wanted =
        version(connection) < VERSION ? OF_EVERY_VERSION : Upgrade.wanted().keySet();
    Set<String> present = Upgrade.objects(connection).keySet();
    return wanted.stream()
        .filter(object -> !object.startsWith("index ") && !present.contains(object))
        .findFirst();
  }

  static String tooNew(Path file, int version) {
    return file
        + " has schema version "
        + version
        + ", this calendly-inbox knows versions up to "
        + VERSION
        + "; start the newer calendly-inbox that wrote it, or set DATA_DIR to another folder";
  }

  static boolean isEmpty(Connection connection) throws SQLException {
    return number(connection, "SELECT count(*) FROM sqlite_schema") == 0
        && number(connection, "PRAGMA application_id") == 0
        && number(connection, "PRAGMA user_version") == 0;
  }

  static int version(Connection connection) throws SQLException {
    return number(connection, "PRAGMA user_version");
  }

  /** One statement, or several. */
  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  private static int number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getInt(1);
    }
  }

  static String ddl() {
    return resource("/schema.sql");
  }

  static String resource(String name) {
    try (InputStream in = Schema.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not in the JAR");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
