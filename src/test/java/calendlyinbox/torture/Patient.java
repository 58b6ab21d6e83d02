package calendlyinbox.torture;

import calendlyinbox.OtherWriter;
import calendlyinbox.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A running server whose database is about to be damaged, and mended by a copy. */
final class Patient implements AutoCloseable {
  private static final int ACCOUNTS = 8;

  final Ground ground;
  final Story story;
  final Ledger ledger;
  private ServerProcess server;
  // Of the 200s since the last look.
  private final List<Long> nanos = new ArrayList<>();

  private Patient(Ground ground) throws IOException {
    this.ground = ground;
    this.story = new Story(ground.seed());
    this.ledger = ground.ledger();
  }

  /** Starts it, with a main file that holds more than empty tables. */
  static Patient start(Ground ground) throws Exception {
    Patient patient = new Patient(ground);
    patient.server = ground.start();
    patient.postAll200();
    ground.assertSettled(patient.story, patient.ledger);
    patient.restart();
    return patient;
  }

  ServerProcess server() {
    return server;
  }

  /** SIGTERM, and another one. */
  void restart() throws Exception {
    Ground.stop(server);
    server = ground.start();
  }

  /** The process is gone; another one is started. */
  void startAfterCrash() throws Exception {
    server.close();
    server = ground.start();
  }

  Clients post() throws Exception {
    Clients clients = Clients.all(server.port(), more(), ledger);
    nanos.addAll(clients.nanos());
    return clients;
  }

  /** Whatever state the database is in, every delivery gets its 200. */
  List<Delivery> postAll200() throws Exception {
    List<Delivery> more = more();
    Clients clients = Clients.all(server.port(), more, ledger).assertAll200();
    nanos.addAll(clients.nanos());
    return more;
  }

  private List<Delivery> more() {
    return Story.shuffled(story.next(ACCOUNTS), ground.random());
  }

  /** Returns within how many milliseconds 99 of 100 answers came since it was asked last. */
  double p99() {
    double p99 = Quantile.millis(nanos, 0.99);
    nanos.clear();
    return p99;
  }

  /**
   * Waits until the trouble is named in {@code /health}, or what was posted after it is applied,
   * and returns which of the two came first. SQLite has no checksum in its pages: damage to what
   * nobody reads is seen by nobody.
   */
  boolean isNamed(List<Delivery> after) throws Exception {
    boolean[] named = new boolean[1];
    ground.await(
        "the trouble is named in /health, or what came after it is applied",
        () -> {
          named[0] = isNamed();
          return named[0] || Model.missing(ground.database(), after) == 0;
        });
    return named[0];
  }

  /** Returns whether {@code /health} names a trouble of the database now. */
  boolean isNamed() throws IOException {
    return !Ground.health(server).body().contains("\"database\":\"ok\"");
  }

  /** Returns whether the tables, as another process than the server reads them, are the model's. */
  boolean isWhole() throws SQLException, IOException {
    return Model.fault(ground.database(), story, ledger.noted()).isEmpty();
  }

  /** A whole copy of what is there now. */
  Path copy() throws SQLException, IOException {
    Path copy = ground.folder().resolve("copy.db");
    Files.deleteIfExists(copy);
    try (Connection connection = OtherWriter.at(ground.database());
        Statement statement = connection.createStatement()) {
      statement.execute("VACUUM INTO '" + copy + "'");
    }
    return copy;
  }

  /**
   * Puts the copy in the place of what is there, as the README says; then all that was acknowledged
   * must be there, also what came after the copy was made.
   */
  void mendWith(Path copy) throws Exception {
    Path log = ground.data().resolve("calendly.db-wal");
    Path link = ground.folder().resolve("log of the damaged one");
    Object key = keyThroughLink(log, link);
    Files.move(copy, ground.database(), StandardCopyOption.ATOMIC_MOVE);
    postAll200();
    // Whoever opens the copy before the server took the other file's log away would mix the two.
    ground.await("the server sees the copy", () -> key == null || !key.equals(key(log)));
    Files.deleteIfExists(link);
    ground.awaitHealth(server, "database", "ok");
    ground.assertSettled(story, ledger);
  }

  /**
   * Returns null where there is no log, as between two tries of a server that cannot use the file.
   * While it has a second name, no other gets its number in the file system.
   */
  private static Object keyThroughLink(Path log, Path link) throws IOException {
    try {
      Files.createLink(link, log);
      return key(link);
    } catch (NoSuchFileException notThere) {
      return null;
    }
  }

  private static Object key(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException gone) {
      return null;
    }
  }

  void stop() throws Exception {
    Ground.stop(server);
    ground.assertHolds(story, ledger);
  }

  @Override
  public void close() throws Exception {
    server.close();
    ledger.close();
  }
}
