package calendlyinbox.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import calendlyinbox.DestroyedPage;
import calendlyinbox.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Pages of the database, with rows on them, are destroyed, and mended by the README's own words.
 */
final class RepairTrial implements Trial {
  private static final String SECTION = "### A damaged database";

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
        assertEquals("./run.sh rebuild", block(1).strip(), "what the README says next");
        rebuild(part);
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

  private static void rebuild(Ground part) throws Exception {
    try (ServerProcess rebuild = ServerProcess.launch(part.data(), Map.of(), "rebuild")) {
      assertEquals(0, rebuild.exitCode(), () -> "rebuild: " + rebuild.log());
    }
  }
}
