package calendlyinbox.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import calendlyinbox.RunningReceiver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.Arrays;

/** A page of the database is destroyed, and mended by the README's own words. */
final class RepairTrial implements Trial {
  private static final String SECTION = "### A damaged database";

  @Override
  public String name() {
    return "repair";
  }

  @Override
  public String what() {
    return "a page of the database destroyed, mended by the README's words";
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
        destroyIndex(part.database());
        patient.startAfterCrash();
        patient.postAll200();
        part.awaitHealth(patient.server(), "database", "corrupt");
        // While it is damaged a restart must not let go of what the journal holds.
        Ground.stop(patient.server());
        patient.startAfterCrash();
        patient.postAll200();
        part.awaitHealth(patient.server(), "database", "corrupt");

        String script = "set -e; cd '" + part.folder() + "'; " + repair();
        String said = Programs.run("bash", "-c", script);

        assertEquals("ok", said.strip(), "what the repair says of its result");
        part.awaitHealth(patient.server(), "database", "ok");
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
  private static String repair() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    int section = readme.indexOf(SECTION);
    assertTrue(section > 0, "README.md has a section: " + SECTION);
    int from = readme.indexOf("```sh\n", section) + "```sh\n".length();
    return readme.substring(from, readme.indexOf("```", from));
  }

  private static void destroyIndex(Path database) throws SQLException, IOException {
    String sql = "SELECT rootpage FROM sqlite_schema WHERE name = 'invitees_by_email'";
    long root = Long.parseLong(RunningReceiver.rows(database, sql).get(0));
    int size = Integer.parseInt(RunningReceiver.rows(database, "PRAGMA page_size").get(0));
    byte[] rubbish = new byte[size];
    Arrays.fill(rubbish, (byte) 0x55);
    try (FileChannel file = FileChannel.open(database, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(rubbish), (root - 1) * size);
    }
  }
}
