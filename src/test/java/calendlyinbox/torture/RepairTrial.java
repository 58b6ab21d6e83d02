package calendlyinbox.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import calendlyinbox.DestroyedPage;
import calendlyinbox.OtherWriter;
import calendlyinbox.RunningReceiver;
import calendlyinbox.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

/**
 * Pages of the database, with rows on them, are destroyed, and mended by the README's own words.
 */
final class RepairTrial implements Trial {
  private static final String SECTION = "### A damaged database";
  private static final String EVENTLESS = "https://api.calendly.com/scheduled_events/eventless";

  @Override
  public String name() {
    return "repair";
  }

  @Override
  public String what() {
    return "pages of the database destroyed, mended by the README's words";
  }

  @Override
  public String run(Ground ground) throws Exception {
    if (!Programs.isThere("sqlite3")) {
      abort("sqlite3 is not here (apt-get install sqlite3)");
    }
    int times = ground.size().times(1, 1, 20);
    int deliveries = 0;
    for (int i = 0; i < times; i++) {
      Ground part = ground.part("round-" + i);
      try (Patient patient = Patient.start(part)) {
        Ground.stop(patient.server());
        loseTheEventsOfOne(part);
        DestroyedPage.rootOf("invitees_by_email", part.database());
        DestroyedPage.rootOf("invitees", part.database());
        patient.startAfterCrash();
        patient.postAll200();
        part.awaitHealth(patient.server(), "database", "corrupt");
        // While it is damaged a restart must not let go of what the journal holds.
        Ground.stop(patient.server());
        patient.startAfterCrash();
        patient.postAll200();
        part.awaitHealth(patient.server(), "database", "corrupt");

        String script = "set -e; cd '" + part.folder() + "'; " + block(0);
        String said = Programs.run("bash", "-c", script);

        assertEquals("ok", said.strip(), "what the repair says of its result");
        part.awaitHealth(patient.server(), "database", "ok");
        String next = block(1).strip();
        assertTrue(next.startsWith("./run.sh "), next);
        run(part, next.substring("./run.sh ".length()).split(" "));
        assertKept(part);
        patient.postAll200();
        part.assertSettled(patient.story, patient.ledger);
        patient.stop();
        deliveries += patient.ledger.size();
      }
    }
    return String.format(
        "%d times, named corrupt in /health: %d deliveries, all 200, all there after the repair",
        times, deliveries);
  }

  /** From the README itself, so that what is tried is what it says. */
  private static String block(int number) throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    int at = readme.indexOf(SECTION);
    assertTrue(at > 0, "README.md has a section: " + SECTION);
    for (int i = 0; i <= number; i++) {
      at = readme.indexOf("```sh\n", at) + "```sh\n".length();
    }
    return readme.substring(at, readme.indexOf("```", at));
  }

  private static void run(Ground part, String... command) throws Exception {
    try (ServerProcess ran = ServerProcess.launch(part.data(), Map.of(), command)) {
      assertEquals(0, ran.exitCode(), () -> String.join(" ", command) + ": " + ran.log());
    }
  }

  /** As if they had stood on a destroyed page too: of the meeting nothing is left but its row. */
  private static void loseTheEventsOfOne(Ground part) throws SQLException {
    execute(part, "INSERT INTO meetings (uri, name) VALUES ('" + EVENTLESS + "', 'Kept')");
  }

  private static void assertKept(Ground part) throws SQLException {
    String one = " FROM meetings WHERE uri = '" + EVENTLESS + "'";
    assertEquals(
        List.of("Kept"),
        RunningReceiver.rows(part.database(), "SELECT name" + one),
        "a meeting of which the events are lost");
    // The model knows nothing of it.
    execute(part, "DELETE" + one);
  }

  private static void execute(Ground part, String sql) throws SQLException {
    try (Connection connection = OtherWriter.at(part.database());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
