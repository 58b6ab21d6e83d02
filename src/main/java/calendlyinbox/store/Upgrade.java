package calendlyinbox.store;

import calendlyinbox.store.DatabaseUnavailableException.Trouble;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a database of an earlier release forward, in one transaction, with a copy of it beside
 * made under the same lock. What {@code schema.sql} has and the database lacks is made as it stands
 * there; what else a version needs is in {@code upgrade/VERSION.sql}. It counts only when the
 * result has everything in the form of a new database. Tables, indexes and views that somebody else
 * made in it (Litestream makes some) stay.
 */
final class Upgrade {
  private static final Logger log = LoggerFactory.getLogger(Upgrade.class);

  private final Connection connection;
  private final Another another;
  private final Path file;
  private final Clock clock;
  private final LongWork longWork;

  /** Opens a connection to the file that another one has open. */
  interface Another {
    Connection open() throws SQLException, DatabaseUnavailableException;
  }

  /**
   * @param another for the copy, which is of what is committed
   */
  Upgrade(Connection connection, Another another, Path file, Clock clock, LongWork longWork) {
    this.connection = connection;
    this.another = another;
    this.file = file;
    this.clock = clock;
    this.longWork = longWork;
  }

  /**
   * When it returns, the database is of this version and committed, and the copy on disk. When it
   * throws, nothing of it was changed.
   */
  void run() throws SQLException, DatabaseUnavailableException {
    Schema.execute(connection, "BEGIN IMMEDIATE");
    int from;
    Optional<Path> copy = Optional.empty();
    try {
      from = Schema.version(connection);
      // Another process may have done it while this one waited for the lock.
      if (from < Schema.VERSION) {
        // Nobody sees it before it is committed, the copying neither. What cannot be brought
        // forward is not copied, since it is tried again each second.
        bringForward(from);
        Path made = SetAside.beside(file, "v" + from, clock.instant());
        copy(from, made);
        copy = Optional.of(made);
      }
      Schema.execute(connection, "COMMIT");
    } catch (SQLException | DatabaseUnavailableException | RuntimeException e) {
      rollback(e);
      copy.ifPresent(Upgrade::delete);
      throw e;
    }
    copy.ifPresent(
        made -> {
          giveName(made);
          log.info(
              "Database brought forward: from_version={} to_version={} copy={}",
              from,
              Schema.VERSION,
              made);
        });
  }

  /** Returns the name that the copy has until the change is committed. */
  private static Path unfinished(Path copy) {
    return copy.resolveSibling(copy.getFileName() + DatabaseCopy.UNFINISHED);
  }

  /** What cannot be deleted now is at the next attempt, as all that is unfinished. */
  private static void delete(Path copy) {
    try {
      Files.delete(unfinished(copy));
    } catch (IOException e) {
      log.debug("The copy of a database that stayed as it was is still there", e);
    }
  }

  /** Where the process is killed just before, the copy stays under that name, and is whole. */
  private static void giveName(Path copy) {
    try {
      Files.move(unfinished(copy), copy, StandardCopyOption.ATOMIC_MOVE);
      DatabaseCopy.sync(copy.toAbsolutePath().getParent());
    } catch (IOException e) {
      log.warn("The copy of the former database is whole, and stays {}", unfinished(copy), e);
    }
  }

  /** On a full disk SQLite has done it already, and says that there is nothing to roll back. */
  private void rollback(Exception cause) {
    try {
      Schema.execute(connection, "ROLLBACK");
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  /**
   * Nobody can write: what is copied is what is changed then. Until that is committed it has the
   * name of an unfinished one, or each start that is killed before would leave a copy behind.
   */
  private void copy(int version, Path copy) throws SQLException, DatabaseUnavailableException {
    try (Connection committed = another.open()) {
      deleteUnfinished(file.toAbsolutePath().getParent());
      DatabaseCopy.make(committed, file, unfinished(copy), longWork);
      FolderOwner.give(unfinished(copy));
    } catch (IOException e) {
      throw new DatabaseUnavailableException(
          String.valueOf(e.getMessage()).contains(DiskTrouble.FULL)
              ? Trouble.FULL
              : Trouble.UNREADABLE,
          file
              + " is of schema version "
              + version
              + " and is not brought forward, since its copy "
              + copy
              + " cannot be written: "
              + e.getMessage(),
          e);
    }
  }

  /** Of attempts that ended with their process; each had another name. */
  private void deleteUnfinished(Path folder) throws IOException {
    String unfinished = file.getFileName() + ".v*" + DatabaseCopy.UNFINISHED + "*";
    try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, unfinished)) {
      for (Path one : left) {
        Files.delete(one);
      }
    }
  }

  private void bringForward(int from) throws SQLException, DatabaseUnavailableException {
    Map<String, String> wanted = wanted();
    Map<String, String> present = objects(connection);
    for (Map.Entry<String, String> object : wanted.entrySet()) {
      if (!present.containsKey(object.getKey())) {
        Schema.execute(connection, object.getValue());
      }
    }
    for (int version = from + 1; version <= Schema.VERSION; version++) {
      String step = "/upgrade/" + version + ".sql";
      if (Schema.class.getResource(step) != null) {
        Schema.execute(connection, Schema.resource(step));
      }
    }
    if (!normalised(objects(connection)).entrySet().containsAll(normalised(wanted).entrySet())) {
      throw new DatabaseUnavailableException(
          Trouble.CORRUPT,
          file
              + " is of schema version "
              + from
              + " and has not the tables of that version; it is left as it is",
          null);
    }
    Schema.execute(connection, "PRAGMA user_version = " + Schema.VERSION);
  }

  /** What a new database has. */
  static Map<String, String> wanted() throws SQLException {
    try (Connection fresh = NativeLibrary.connect("jdbc:sqlite::memory:", new Properties())) {
      Schema.execute(fresh, Schema.ddl());
      return objects(fresh);
    }
  }

  /** Tables, indexes and views with the statement that makes each, in the order they were made. */
  static Map<String, String> objects(Connection connection) throws SQLException {
    Map<String, String> objects = new LinkedHashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT type || ' ' || name, sql FROM sqlite_schema WHERE sql IS NOT NULL"
                    + " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid")) {
      while (rows.next()) {
        objects.put(rows.getString(1), rows.getString(2));
      }
    }
    return objects;
  }

  /** Without remarks, and however it is broken into lines. */
  private static Map<String, String> normalised(Map<String, String> objects) {
    Map<String, String> normalised = new LinkedHashMap<>();
    objects.forEach(
        (name, sql) ->
            normalised.put(name, sql.replaceAll("--[^\n]*", " ").replaceAll("\\s+", " ").strip()));
    return normalised;
  }
}
