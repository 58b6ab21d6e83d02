package calendlyinbox.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.RunningReceiver;
import calendlyinbox.ServerProcess;
import calendlyinbox.cli.Tool.Ran;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RebuildCommandTest {
  @TempDir Path folder;

  /** One booking has its event and lost its row, the other the other way about. */
  private Tool oneOfEach() throws Exception {
    Tool tool = Tool.in(folder).withDatabase();
    tool.storeEvent(1, "invitee.created", "processed", Sample.starting(Tool.NOW).bytes());
    tool.storeBooking("ada", "Ada", "Intro", "2026-12-01T10:00:00.000000Z");
    return tool;
  }

  private List<String> names(Tool tool) throws Exception {
    return RunningReceiver.rows(tool.databaseFile(), "SELECT name FROM invitees ORDER BY name");
  }

  @Test
  void rows_of_which_no_event_is_stored_are_removed_only_when_that_is_said() throws Exception {
    Tool tool = oneOfEach();

    Ran refused = tool.run("rebuild");

    assertEquals(
        "No stored event tells of 2 rows that are there, so that they would be removed; nothing was changed. To keep"
            + " them and add what is missing: ./run.sh rebuild --missing; to remove them: ./run.sh rebuild --remove\n",
        refused.err());
    assertTrue(
        refused
            .out()
            .endsWith(
                "4 rows differ: 0 changed, 2 added, 2 removed. Nothing was changed; ./run.sh rebuild --remove does it,"
                    + " ./run.sh rebuild --missing only adds.\n"),
        refused.out());
    assertEquals(1, refused.exitCode());
    assertEquals(List.of("Ada"), names(tool));
    assertEquals(refused.out(), tool.run("rebuild", "--dry-run").out());
    assertEquals(0, tool.run("rebuild", "--dry-run").exitCode());

    Ran done = tool.run("rebuild", "--remove");

    assertTrue(
        done.out().endsWith("0 changed, 2 added, 2 removed. They are put right.\n"), done.out());
    assertEquals(0, done.exitCode());
    assertEquals(List.of("Sample Booking (calendly-inbox send-test)"), names(tool));
  }

  @Test
  void what_is_missing_is_added_and_nothing_else_happens() throws Exception {
    Tool tool = oneOfEach();

    Ran dry = tool.run("rebuild", "--missing", "--dry-run");
    assertTrue(
        dry.out()
            .endsWith(
                "2 rows differ: 0 changed, 2 added, 0 removed. Nothing was changed; ./run.sh rebuild --missing does"
                    + " it.\n"),
        dry.out());
    assertEquals(List.of("Ada"), names(tool));

    Ran ran = tool.run("rebuild", "--missing");

    assertEquals("", ran.err());
    assertTrue(ran.out().endsWith("2 added, 0 removed. They are put right.\n"), ran.out());
    assertEquals(0, ran.exitCode());
    assertEquals(List.of("Ada", "Sample Booking (calendly-inbox send-test)"), names(tool));
    assertEquals(
        "The tables lack nothing that the stored events tell.\n",
        tool.run("rebuild", "--missing").out());
  }

  @Test
  void as_json_there_is_every_difference_also_where_it_is_refused() throws Exception {
    Tool tool = oneOfEach();

    Ran refused = tool.run("rebuild", "--json");
    JsonNode rows = new ObjectMapper().readTree(refused.out());

    assertEquals(List.of("added", "removed", "added", "removed"), rows.findValuesAsText("kind"));
    assertEquals(4, rows.size());
    assertTrue(
        refused.out().contains("\n{\"table\":\"meetings\",\"uri\":\"m:ada\",\"name\":\"Intro\","),
        refused.out());
    assertEquals(1, refused.exitCode());
    assertEquals(0, tool.run("rebuild", "--remove").exitCode());
    assertEquals("[]\n", tool.run("rebuild", "--json").out());
  }

  @Test
  void more_differences_than_fit_into_memory_are_printed_all_the_same() throws Exception {
    Tool tool = Tool.in(folder).withDatabase();
    tool.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 80)"
            + " INSERT INTO meetings (uri, name) SELECT 'm' || i, hex(zeroblob(500000)) FROM n");
    Path errors = folder.resolve("errors.txt");
    List<String> command = new ArrayList<>(ServerProcess.javaCommand("calendlyinbox.Main"));
    command.addAll(List.of("rebuild", "--dry-run", "--json"));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("DATA_DIR", folder.toString());
    builder.redirectError(errors.toFile());

    Process rebuild = builder.start();
    long printed = rebuild.getInputStream().transferTo(OutputStream.nullOutputStream());

    assertEquals(0, rebuild.waitFor(), Files.readString(errors));
    assertTrue(printed > 80 * 1_000_000, printed + " bytes");
  }

  @Test
  void to_add_only_and_to_remove_is_a_contradiction() throws Exception {
    Ran ran = oneOfEach().run("rebuild", "--missing", "--remove");

    assertEquals(
        "--missing removes nothing; wanted that or --remove, one of the two; see ./run.sh rebuild --help\n",
        ran.err());
    assertEquals(2, ran.exitCode());
  }
}
