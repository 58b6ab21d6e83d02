package calendlyinbox.torture;

import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.ServerProcess;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * The database locked, not to be written, deleted, cut, exchanged: always 200, the trouble named,
 * and everything there when it is back, without a restart.
 */
final class DatabaseTrial implements Trial {
  /** Named by no word: it is mended by itself, or named by one of several. */
  private static final String ANY = "";

  private static final double P99_MILLIS = 100;

  /** Of some 80 deliveries: as many as clients that sync each note can send without a queue. */
  private static final int BATCHES_A_SECOND = 2;

  /**
   * @param word that health must have for it
   */
  private record Damage(String name, String word, Strike strike) {}

  private interface Strike {
    void on(Path database) throws IOException, SQLException;
  }

  private static final List<Damage> DAMAGES =
      List.of(
          new Damage("deleted", ANY, Files::delete),
          new Damage("emptied", ANY, file -> cut(file, 0)),
          new Damage("cut", ANY, file -> cut(file, 5000)),
          new Damage("log emptied", ANY, file -> cut(beside(file, "-wal"), 0)),
          new Damage("log removed", ANY, DatabaseTrial::removeLog),
          new Damage("garbage moved in", "corrupt", file -> moveIn(file, DatabaseTrial::garbage)),
          new Damage("garbage written in", "corrupt", DatabaseTrial::garbage),
          new Damage("another's", "not_ours", file -> moveIn(file, DatabaseTrial::anothers)));

  @Override
  public String name() {
    return "database";
  }

  @Override
  public String what() {
    return "the database locked, read-only, deleted, cut, exchanged";
  }

  @Override
  public boolean isTimed() {
    return true;
  }

  @Override
  public String run(Ground ground) throws Exception {
    List<Integer> seconds = List.of(1, 5, 30).subList(0, ground.size().times(1, 2, 3));
    int rounds = ground.size().times(1, 1, 5);
    int deliveries = 0;
    double p99 = 0;
    TreeSet<String> tried = new TreeSet<>();
    String readOnly = "never read-only";
    for (int i = 0; i < rounds; i++) {
      Ground part = ground.part("round-" + i);
      try (Patient patient = Patient.start(part)) {
        // A process loads its classes for the first answers, which take long without a fault too.
        patient.postAll200();
        part.assertSettled(patient.story, patient.ledger);
        for (int length : seconds) {
          p99 = Math.max(p99, lock(patient, length));
        }
        List<Damage> damages = new ArrayList<>(DAMAGES);
        Collections.shuffle(damages, ground.random());
        for (Damage damage : damages.subList(0, ground.size().times(1, 8, 8))) {
          p99 = Math.max(p99, suffer(patient, damage));
          tried.add(damage.name());
        }
        readOnly = i == 0 && ground.size() != Size.SUITE ? readOnly(patient) : readOnly;
        patient.stop();
        deliveries += patient.ledger.size();
      }
    }
    return String.format(
        "%d rounds: locked %s s, %s, %s; %d deliveries, all 200 (p99 %.1f ms in the worst fault), all there",
        rounds, seconds, readOnly, String.join(", ", tried), deliveries, p99);
  }

  /** For so many seconds, and until health has said so. */
  private static double lock(Patient patient, int seconds) throws Exception {
    Ground ground = patient.ground;
    double p99;
    patient.p99();
    try (Ground.Lock lock = new Ground.Lock(ground.database())) {
      long began = System.nanoTime();
      for (int i = 0; i < seconds * BATCHES_A_SECOND; i++) {
        long early = began + i * 1_000_000_000L / BATCHES_A_SECOND - System.nanoTime();
        TimeUnit.NANOSECONDS.sleep(early);
        patient.postAll200();
      }
      ground.awaitHealth(patient.server(), "database", "locked");
      p99 = judged(patient, "locked");
      ground.figures(
          "locked %d s: %d with a 200 by then, p99 %.1f ms", seconds, patient.ledger.size(), p99);
    }
    ground.awaitHealth(patient.server(), "database", "ok");
    ground.assertSettled(patient.story, patient.ledger);
    return p99;
  }

  /** In the test suite, beside other work, it would measure that work. */
  private static double judged(Patient patient, String fault) {
    double p99 = patient.p99();
    if (patient.ground.size() != Size.SUITE) {
      assertTrue(p99 < P99_MILLIS, fault + ": answers at p99 took " + p99 + " ms");
    }
    return p99;
  }

  private static double suffer(Patient patient, Damage damage) throws Exception {
    Path copy = patient.copy();
    patient.p99();
    damage.strike().on(patient.ground.database());
    List<Delivery> after = patient.postAll200();
    double p99 = judged(patient, damage.name());
    if (damage.word().equals(ANY)) {
      boolean isNamed = patient.isNamed(after);
      patient.ground.figures(
          "%s: %s, p99 %.1f ms",
          damage.name(), isNamed ? "named in /health" : "goes on by itself", p99);
    } else {
      patient.ground.awaitHealth(patient.server(), "database", damage.word());
      patient.ground.figures(
          "%s: named %s in /health, p99 %.1f ms", damage.name(), damage.word(), p99);
    }
    patient.mendWith(copy);
    return p99;
  }

  /** As another user would have made it; and as the owner mends it, under the running server. */
  private static String readOnly(Patient patient) throws Exception {
    Ground ground = patient.ground;
    List<String> under = List.of();
    if (Programs.areRoots()) {
      if (!Programs.isThere("setpriv")) {
        return "read-only LEFT OUT (setpriv is not here)";
      }
      // Root may write what its mode forbids, as long as it has this capability.
      under = List.of("setpriv", "--bounding-set", "-dac_override", "--inh-caps", "-all");
    }
    patient.stop();
    Programs.run("chmod", "444", ground.database().toString());
    try (ServerProcess server = ground.startUnder(under, Map.of())) {
      Clients.all(server.port(), patient.story.next(10), patient.ledger).assertAll200();
      ground.awaitHealth(server, "database", "read_only");
      // All three: SQLite made what stands beside the file as the file was.
      Programs.run("bash", "-c", "chmod 600 '" + ground.database() + "'*");
      ground.awaitHealth(server, "database", "ok");
      ground.assertSettled(patient.story, patient.ledger);
      Ground.stop(server);
    }
    patient.startAfterCrash();
    return "read-only";
  }

  static Path beside(Path database, String suffix) {
    return database.resolveSibling(database.getFileName() + suffix);
  }

  static void cut(Path file, long length) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(length);
    }
  }

  private static void removeLog(Path database) throws IOException {
    Files.delete(beside(database, "-wal"));
    Files.delete(beside(database, "-shm"));
  }

  private static void moveIn(Path database, Strike maker) throws IOException, SQLException {
    Path other = database.resolveSibling("other.db");
    Files.deleteIfExists(other);
    maker.on(other);
    Files.move(other, database, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void garbage(Path file) throws IOException {
    Files.writeString(file, "this is no database, though it is as long as one. ".repeat(2000));
  }

  private static void anothers(Path file) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE theirs (a)");
    }
  }
}
