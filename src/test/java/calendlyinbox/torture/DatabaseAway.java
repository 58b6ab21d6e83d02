package calendlyinbox.torture;

import calendlyinbox.LockHolder;
import calendlyinbox.ServerProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The database locked, deleted, emptied, cut, exchanged for another program's, not to be written:
 * always 200, the trouble named in health, and all there when it is back, without a restart.
 */
final class DatabaseAway implements Scenario {
  private static final int CLIENTS = 4;

  @Override
  public String name() {
    return "database away";
  }

  @Override
  public String run(Trial trial) throws Exception {
    Story story = new Story(trial.seed());
    List<Integer> seconds =
        trial.scale() == 1 ? List.of(1) : trial.scale() == 2 ? List.of(1, 5) : List.of(1, 5, 30);
    Duration slowest = Duration.ZERO;
    try (Ledger ledger = new Ledger(trial.ledger())) {
      try (ServerProcess server = trial.start()) {
        post(server, story, ledger);
        trial.settle(story, ledger);
        for (int length : seconds) {
          Duration answer = locked(trial, server, story, ledger, Duration.ofSeconds(length));
          slowest = answer.compareTo(slowest) > 0 ? answer : slowest;
        }
        // A copy to put back: what was settled before it is in the database alone.
        for (int i = 0; i < trial.times(1, 5); i++) {
          deleted(trial, server, story, ledger);
          cut(trial, server, story, ledger, 0);
          cut(trial, server, story, ledger, 5000);
          replaced(trial, server, story, ledger, DatabaseAway::garbage, "corrupt");
          replaced(trial, server, story, ledger, DatabaseAway::anothers, "not_ours");
        }
        Trial.check(server.terminate() == 0, "the exit code is not 0");
      }
      String readOnly = readOnly(trial, story, ledger);
      return "locked "
          + seconds
          + " s (p99 of the answers "
          + slowest.toMillis()
          + " ms), deleted, emptied, cut, garbage, another program's, "
          + readOnly
          + ": "
          + ledger.noted().size()
          + " deliveries, all 200, all there";
    }
  }

  private static double post(ServerProcess server, Story story, Ledger ledger) throws Exception {
    Clients clients = Clients.all(server.port(), story.next(30), CLIENTS, ledger);
    Trial.check(clients.otherThan200().isEmpty(), clients.otherThan200());
    return clients.millis(0.99);
  }

  private static Duration locked(
      Trial trial, ServerProcess server, Story story, Ledger ledger, Duration length)
      throws Exception {
    List<String> command = new ArrayList<>(ServerProcess.javaCommand(LockHolder.class.getName()));
    command.add(trial.database().toString());
    Process holder = new ProcessBuilder(command).start();
    double p99 = 0;
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8))) {
      Trial.check("locked".equals(out.readLine()), "the lock was not to be had");
      long until = System.nanoTime() + length.toNanos();
      do {
        p99 = Math.max(p99, post(server, story, ledger));
      } while (System.nanoTime() < until);
      if (length.toSeconds() > 3) {
        trial.awaitHealth(server, "database", "locked");
      }
    } finally {
      holder.getOutputStream().close();
      holder.waitFor();
    }
    trial.settle(story, ledger);
    return Duration.ofNanos((long) (p99 * 1e6));
  }

  /** A file that is gone: what its journal no longer holds is in the copy that is put back. */
  private static void deleted(Trial trial, ServerProcess server, Story story, Ledger ledger)
      throws Exception {
    Path aside = trial.folder().resolve("aside.db");
    Files.move(trial.database(), aside, StandardCopyOption.REPLACE_EXISTING);
    post(server, story, ledger);
    trial.awaitHealth(server, "database", "ok");
    Files.move(aside, trial.database(), StandardCopyOption.ATOMIC_MOVE);
    post(server, story, ledger);
    trial.settle(story, ledger);
    trial.awaitHealth(server, "database", "ok");
  }

  private static void cut(
      Trial trial, ServerProcess server, Story story, Ledger ledger, long length) throws Exception {
    Path copy = copy(trial);
    try (FileChannel file = FileChannel.open(trial.database(), StandardOpenOption.WRITE)) {
      file.truncate(length);
    }
    post(server, story, ledger);
    trial.await(
        () -> Trial.health(server).status() == 503 || length == 0,
        () -> "a database cut to " + length + " bytes, and /health says " + Trial.health(server));
    Files.move(copy, trial.database(), StandardCopyOption.ATOMIC_MOVE);
    post(server, story, ledger);
    trial.settle(story, ledger);
    trial.awaitHealth(server, "database", "ok");
  }

  private interface Maker {
    void make(Path file) throws IOException, SQLException;
  }

  private static void replaced(
      Trial trial, ServerProcess server, Story story, Ledger ledger, Maker maker, String word)
      throws Exception {
    Path copy = copy(trial);
    Path other = trial.folder().resolve("other.db");
    Files.deleteIfExists(other);
    maker.make(other);
    Files.move(other, trial.database(), StandardCopyOption.ATOMIC_MOVE);
    post(server, story, ledger);
    trial.awaitHealth(server, "database", word);
    Files.move(copy, trial.database(), StandardCopyOption.ATOMIC_MOVE);
    post(server, story, ledger);
    trial.settle(story, ledger);
    trial.awaitHealth(server, "database", "ok");
  }

  private static void garbage(Path file) throws IOException {
    Files.write(
        file, "this is no database, though it is long enough for one. ".repeat(200).getBytes());
  }

  private static void anothers(Path file) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE theirs (a)");
      }
    }
  }

  /** A whole copy of what is there now, as VACUUM INTO makes it. */
  static Path copy(Trial trial) throws SQLException, IOException {
    Path copy = trial.folder().resolve("copy.db");
    Files.deleteIfExists(copy);
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + trial.database() + "?busy_timeout=10000");
        Statement statement = connection.createStatement()) {
      statement.execute("VACUUM INTO '" + copy + "'");
    }
    return copy;
  }

  private static String readOnly(Trial trial, Story story, Ledger ledger) throws Exception {
    if (!Trial.isRoot() || !Trial.isThere("setpriv")) {
      return "(read-only left out: root and setpriv are needed)";
    }
    Trial.run("chmod", "444", trial.database().toString());
    // Root may write what its mode forbids, as long as it has this capability.
    List<String> bound =
        List.of(
            "setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-all");
    try (ServerProcess server = trial.startUnder(bound)) {
      post(server, story, ledger);
      trial.awaitHealth(server, "database", "read_only");
      Trial.run("chmod", "600", trial.database().toString());
      trial.awaitHealth(server, "database", "ok");
      trial.settle(story, ledger);
    }
    return "read-only";
  }
}
