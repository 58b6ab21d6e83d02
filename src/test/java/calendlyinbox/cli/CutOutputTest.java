package calendlyinbox.cli;

import static calendlyinbox.cli.Tool.utf8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import calendlyinbox.ServerProcess;
import calendlyinbox.cli.Tool.Ran;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Standard output that cannot be written, or that nobody reads any more. */
class CutOutputTest {
  private static final String FULL =
      "Standard output cannot be written (No space left on device) and is cut short; mend that, and"
          + " run the command again if its output is wanted\n";

  /** More than one page of bookings, and more than a pipe holds. */
  private static final int BOOKINGS = 1_200;

  @TempDir Path folder;
  private Tool tool;

  @BeforeEach
  void open() throws Exception {
    tool = Tool.in(folder).withKeys("a-key").withDatabase();
    tool.storeEvent(1, "invitee.created", "processed", utf8("{\"event\":\"one\"}"));
    tool.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
            + BOOKINGS
            + ") INSERT INTO invitees (uri, meeting_uri, name, email)"
            + " SELECT 'i:' || i, 'm:' || i, 'Ada', i || '@example.com' FROM n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"meetings --all --csv", "events show 1 --raw", "--help"})
  void on_a_full_disk_the_process_says_so_and_ends_with_3(String command) throws Exception {
    File full = new File("/dev/full");
    assumeTrue(full.exists(), "no /dev/full here");

    Process process = command(command.split(" ")).redirectOutput(full).start();

    assertEquals(FULL, errorsOf(process));
    assertEquals(3, process.waitFor());
  }

  @Test
  void where_the_reader_of_a_pipe_is_gone_the_process_ends_quietly() throws Exception {
    Process process = command("meetings", "--all", "--csv").start();
    process.getInputStream().read();
    process.getInputStream().close();

    assertEquals("", errorsOf(process));
    assertEquals(0, process.waitFor());
  }

  private ProcessBuilder command(String... args) {
    List<String> words = new ArrayList<>(ServerProcess.javaCommand("calendlyinbox.Main"));
    words.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().put("DATA_DIR", folder.toString());
    return builder;
  }

  private static String errorsOf(Process process) throws IOException {
    return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--version",
        "meetings --all",
        "meetings --all --json",
        "events",
        "events --json",
        "events show 1",
        "events show 1 --json",
        "events show --help",
        "explain --body -",
        "replay --all",
        "doctor",
        "doctor --json",
        "forget 1@example.com",
        "rebuild --missing",
        "rebuild --dry-run --json"
      })
  void it_is_told_whatever_the_command_prints(String command) {
    Ran ran = tool.runInto(new Broken("No space left on device"), new byte[0], command.split(" "));

    assertTrue(ran.err().endsWith(FULL), ran.err());
    assertEquals(3, ran.exitCode());
  }

  @Test
  void what_was_to_be_done_is_done_all_the_same() throws Exception {
    Path copy = folder.resolve("copy.db");

    Ran ran =
        tool.runInto(new Broken("No space left on device"), new byte[0], "backup", copy.toString());

    assertEquals(3, ran.exitCode());
    assertTrue(Files.size(copy) > 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--csv", "--json"})
  void a_list_whose_reader_is_gone_is_not_read_to_its_end(String form) {
    AtomicInteger writes = new AtomicInteger();
    OutputStream pipe =
        new Broken("Broken pipe") {
          @Override
          public void write(byte[] bytes, int from, int length) throws IOException {
            if (writes.incrementAndGet() == 1) {
              noMoreBookings();
            }
            super.write(bytes, from, length);
          }
        };

    Ran ran = tool.runInto(pipe, new byte[0], "meetings", "--all", form);

    assertEquals("", ran.err());
    assertEquals(0, ran.exitCode());
    assertEquals(1, writes.get(), "and nothing is written after what was lost");
  }

  /** Whoever asks for a page from now on fails. */
  private void noMoreBookings() {
    try {
      tool.execute("DROP VIEW bookings");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static class Broken extends OutputStream {
    private final String reason;

    Broken(String reason) {
      this.reason = reason;
    }

    @Override
    public void write(int b) throws IOException {
      throw new IOException(reason);
    }
  }
}
