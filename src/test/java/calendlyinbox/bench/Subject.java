package calendlyinbox.bench;

import calendlyinbox.RunningReceiver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The receiver as users run it, by {@code run.sh}, on a folder of its own; and how many bookings it
 * has acknowledged, each of which must be in its tables in the end.
 */
final class Subject implements AutoCloseable {
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(3);
  private static final long LONG_PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(20);
  private static final long LOOK_EVERY_MILLIS = 5;

  /** The tables that a booking has a row in. */
  static final List<String> BOOKINGS = List.of("calendly_webhook_events", "meetings", "invitees");

  private final Path folder;
  private final Program program;
  private Tables tables;
  private long acknowledged;

  private Subject(Path folder, Program program, long stored) {
    this.folder = folder;
    this.program = program;
    this.acknowledged = stored;
  }

  /** A lock on the database, as another program's. */
  interface Lock extends AutoCloseable {
    @Override
    void close() throws SQLException;
  }

  /**
   * Launches it and does not wait.
   *
   * @param stored bookings that the folder holds already
   */
  static Subject launch(Path folder, long stored) throws IOException {
    return new Subject(
        folder,
        Program.launch(
            List.of(Path.of("run.sh").toAbsolutePath().toString()),
            Map.of(
                "DATA_DIR",
                folder.resolve("data").toString(),
                "CALENDLY_WEBHOOK_SIGNING_KEY",
                RunningReceiver.KEY.value(),
                "CALENDLY_API_TOKEN",
                ""),
            Files.createDirectories(folder).resolve("log")),
        stored);
  }

  /** Starts it; when this returns, deliveries are taken in and the tables are there. */
  static Subject start(Path folder, long stored) throws Exception {
    Subject subject = launch(folder, stored);
    subject.program.awaitOpen();
    subject.awaitApplied();
    return subject;
  }

  Program program() {
    return program;
  }

  int port() {
    return program.port();
  }

  static Path database(Path folder) {
    return folder.resolve("data/calendly.db");
  }

  /** Its database, as soon as there is one. */
  Tables tables() throws SQLException, InterruptedException {
    if (tables == null) {
      long until = System.nanoTime() + PATIENCE_NANOS;
      while (tables == null) {
        try {
          tables = new Tables(database(folder));
        } catch (SQLException notYet) {
          if (System.nanoTime() > until) {
            throw notYet;
          }
          Thread.sleep(LOOK_EVERY_MILLIS);
        }
      }
    }
    return tables;
  }

  /** Keeps the count of what it answered 200. */
  void acknowledged(int bookings) {
    acknowledged += bookings;
  }

  /** Returns how many bookings must be in its tables. */
  long acknowledged() {
    return acknowledged;
  }

  /** Waits until the tables have all that was acknowledged. */
  void awaitApplied() throws Exception {
    awaitEvent(acknowledged);
  }

  /** Waits for so many events, and returns how many there are then. */
  long awaitEvent(long number) throws Exception {
    long until = System.nanoTime() + PATIENCE_NANOS;
    long there = tables().lastEvent();
    while (there < number) {
      if (!program.isAlive() || System.nanoTime() > until) {
        throw new IllegalStateException(
            "the tables have " + there + " events, wanted " + number + "; the log is in " + folder);
      }
      Thread.sleep(LOOK_EVERY_MILLIS);
      there = tables.lastEvent();
    }
    return there;
  }

  /**
   * Waits until the journal has nothing left but the file that it writes to: what was in the others
   * is in the main file of the database, which was inspected.
   */
  void awaitSettled() throws Exception {
    long until = System.nanoTime() + LONG_PATIENCE_NANOS;
    while (journalFiles().size() > 1) {
      if (!program.isAlive() || System.nanoTime() > until) {
        throw new IllegalStateException(
            "the journal still has " + journalFiles() + "; the log is in " + folder);
      }
      Thread.sleep(LOOK_EVERY_MILLIS);
    }
  }

  private List<Path> journalFiles() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("data/journal"))) {
      return files.toList();
    }
  }

  /** Removes all bookings, behind the server's back. */
  void empty() throws Exception {
    awaitApplied();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database(folder));
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 10000");
      connection.setAutoCommit(false);
      for (String table : BOOKINGS) {
        statement.execute("DELETE FROM " + table);
      }
      connection.commit();
    }
    acknowledged = 0;
  }

  /** Returns what is missing in the tables, or an empty text. */
  String wrong() throws Exception {
    return tables().wrong(acknowledged);
  }

  Lock lockDatabase() throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database(folder));
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 10000");
      statement.execute("BEGIN IMMEDIATE");
    }
    return connection::close;
  }

  @Override
  public void close() throws Exception {
    if (tables != null) {
      tables.close();
      tables = null;
    }
    program.close();
  }
}
