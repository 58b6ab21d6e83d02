package calendlyinbox.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Whether a database with many events in it is slower than an empty one; measured in turn. */
final class FullStore {
  private static final double BAR = 0.8;
  private static final int PER_TRANSACTION = 20_000;

  private final Plan plan;
  private final Report report;
  private final Random random;

  FullStore(Plan plan, Report report, Random random) {
    this.plan = plan;
    this.report = report;
    this.random = random;
  }

  /**
   * Both have run for a while: what is compared is the store. The empty one is emptied before each
   * round, the full one has been inspected, which makes a server slower for a hundredth of its
   * time.
   */
  void measure(Path folder) throws Exception {
    Path full = folder.resolve("full-store");
    fill(full);
    AcceptRate accept = new AcceptRate(plan, plan.perStoreRound(), report, random);
    DrainRate drain = new DrainRate(plan, plan.perStoreRound(), report, random);
    List<Double> accepted = new ArrayList<>();
    List<Double> drained = new ArrayList<>();
    try (Subject many = Subject.start(full, plan.stored());
        Subject few = Subject.start(folder.resolve("empty-store"), 0)) {
      accept.round(many, "full store, before it was inspected");
      long begun = System.nanoTime();
      many.awaitSettled();
      report.raw("full store inspected %,d s later", (System.nanoTime() - begun) / 1_000_000_000);
      for (int round = 1; round <= Plan.WARM_UP; round++) {
        few.empty();
        accept.round(few, "empty store, warm-up " + round);
        accept.round(many, "full store, warm-up " + round);
      }
      for (int round = 1; round <= plan.rounds(); round++) {
        few.empty();
        double toFew = accept.round(few, "empty store, accept round " + round);
        double toMany = accept.round(many, "full store, accept round " + round);
        few.empty();
        double ofFew = drain.round(few, "empty store, drain round " + round);
        double ofMany = drain.round(many, "full store, drain round " + round);
        accepted.add(toMany / toFew);
        drained.add(ofMany / ofFew);
      }
      report.wrong(few.wrong());
      report.wrong(many.wrong());
    }
    String with =
        String.format(Locale.ROOT, "with %,d events stored, against empty", plan.stored());
    report.add(Row.ratio("Accept rate " + with, BAR, Numbers.median(accepted), rounds()));
    report.add(Row.ratio("Drain rate " + with, BAR, Numbers.median(drained), rounds()));
  }

  private String rounds() {
    return "median of " + plan.rounds() + " rounds in turn";
  }

  /** Has the server make one booking's rows, and repeats them with ids of their own. */
  private void fill(Path folder) throws Exception {
    String meeting = Signed.id(random);
    String invitee = Signed.id(random);
    long begun = System.nanoTime();
    try (Subject subject = Subject.start(folder, 0)) {
      report.refused(
          "sample", ClosedLoop.run(subject.port(), Signed.of(meeting, invitee)).refused());
      subject.acknowledged(1);
      subject.awaitApplied();
    }
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + Subject.database(folder));
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA synchronous = OFF");
      statement.execute("PRAGMA cache_size = -400000");
      connection.setAutoCommit(false);
      List<PreparedStatement> copies = new ArrayList<>();
      for (String table : Subject.BOOKINGS) {
        copies.add(connection.prepareStatement(copy(connection, table)));
      }
      for (int i = 1; i < plan.stored(); i++) {
        String[] values = {meeting, Signed.id(random), invitee, Signed.id(random)};
        for (PreparedStatement one : copies) {
          for (int at = 0; at < values.length; at++) {
            one.setString(at + 1, values[at]);
          }
          one.executeUpdate();
        }
        if (i % PER_TRANSACTION == 0) {
          connection.commit();
        }
      }
      connection.commit();
    }
    report.raw(
        "store filled with %,d events in %,d s",
        plan.stored(), (System.nanoTime() - begun) / 1_000_000_000);
  }

  /** All columns as they are in the first row, with the ids exchanged wherever they stand. */
  private static String copy(Connection connection, String table) throws SQLException {
    List<String> columns = new ArrayList<>();
    List<String> values = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet column = statement.executeQuery("PRAGMA table_info(" + table + ")")) {
      while (column.next()) {
        String name = column.getString("name");
        if (!name.equals("id")) {
          columns.add(name);
          values.add(
              "iif(instr(N, ?1) OR instr(N, ?3), replace(replace(N, ?1, ?2), ?3, ?4), N)"
                  .replace("N", name));
        }
      }
    }
    return "INSERT INTO "
        + table
        + " ("
        + String.join(", ", columns)
        + ") SELECT "
        + String.join(", ", values)
        + " FROM "
        + table
        + " WHERE rowid = (SELECT min(rowid) FROM "
        + table
        + ")";
  }
}
