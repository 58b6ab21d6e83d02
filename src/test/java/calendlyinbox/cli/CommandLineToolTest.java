package calendlyinbox.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.calendly.ApiToken;
import calendlyinbox.calendly.SubscriptionScope;
import calendlyinbox.cli.Tool.Ran;
import calendlyinbox.delivery.SigningKeyFile;
import calendlyinbox.sync.FetchDetails;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineToolTest {
  @TempDir Path folder;

  @Test
  void help_lists_the_commands_in_their_order() {
    Ran ran = Tool.in(folder).run("--help");

    List<String> commands =
        ran.lines().stream()
            .dropWhile(line -> !line.equals("Commands:"))
            .skip(1)
            .takeWhile(line -> !line.isEmpty())
            .map(line -> line.strip().split(" ")[0])
            .toList();
    assertEquals(
        List.of(
            "serve",
            "send-test",
            "explain",
            "events",
            "meetings",
            "replay",
            "connect",
            "disconnect",
            "subscriptions",
            "doctor",
            "sync",
            "rotate-key",
            "backup",
            "restore",
            "forget",
            "rebuild"),
        commands);
    assertEquals(0, ran.exitCode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "serve",
        "send-test",
        "explain",
        "events",
        "events show",
        "meetings",
        "replay",
        "connect",
        "disconnect",
        "subscriptions",
        "doctor",
        "sync",
        "rotate-key",
        "backup",
        "restore",
        "forget",
        "rebuild"
      })
  void each_command_has_help_with_an_example_that_runs_as_written(String command) throws Exception {
    SigningKeyFile.create(folder.resolve("signing.key"));
    Tool tool =
        Tool.in(folder)
            .withDatabase()
            .onPort(unusedPort())
            .withClock(Clock.systemUTC())
            .withCalendly(calendlyOutOfReach());
    String[] name = command.isEmpty() ? new String[0] : command.split(" ");

    Ran help = tool.run(append(name, "--help"));

    assertEquals(0, help.exitCode());
    assertEquals("", help.err());
    assertTrue(help.out().contains("Usage: " + ("./run.sh " + command).strip() + " ["), help.out());
    List<String> examples = examples(help);
    assertFalse(examples.isEmpty(), help.out());
    for (String example : examples) {
      Ran ran = run(tool, example);
      assertNotEquals(2, ran.exitCode(), example + " " + ran.err());
      assertFalse(ran.err().contains("--help"), example + " " + ran.err());
    }
  }

  /** What follows ./run.sh on the example's lines, which end in a backslash where one goes on. */
  private static List<String> examples(Ran help) {
    List<String> examples = new ArrayList<>();
    String text = help.out().replace("\\\n", "");
    for (String line : text.lines().dropWhile(line -> !line.startsWith("Example")).toList()) {
      if (line.contains("./run.sh")) {
        examples.add(line.strip());
      }
    }
    return examples;
  }

  private static Ran run(Tool tool, String example) {
    int at = example.indexOf("./run.sh");
    byte[] input =
        (example.startsWith("printf '{}' | ") ? "{}" : "").getBytes(StandardCharsets.UTF_8);
    String args = example.substring(at + "./run.sh".length()).replaceFirst(" > .*", "").strip();
    return tool.runWith(input, args.split(" +"));
  }

  private static String[] append(String[] args, String last) {
    String[] longer = Arrays.copyOf(args, args.length + 1);
    longer[args.length] = last;
    return longer;
  }

  private static Site.Calendly calendlyOutOfReach() throws java.io.IOException {
    return new Site.Calendly(
        Optional.of(new ApiToken("a-token")),
        URI.create("http://127.0.0.1:" + unusedPort()),
        Optional.of(URI.create("https://hooks.example.com")),
        SubscriptionScope.USER,
        FetchDetails.MISSING);
  }

  static int unusedPort() throws java.io.IOException {
    try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Test
  void the_example_of_explain_is_genuine() throws Exception {
    Tool tool = Tool.in(folder);
    String example = examples(tool.run("explain", "--help")).get(0);

    Ran ran = run(tool, example);

    assertEquals("genuine\n", ran.out());
    assertEquals(0, ran.exitCode());
  }

  @Test
  void serve_runs_the_server_and_so_does_no_command() {
    assertEquals(Tool.SERVED, Tool.in(folder).run("serve").exitCode());
    assertEquals(Tool.SERVED, Tool.in(folder).run("--verbose").exitCode());
  }

  @Test
  void wrong_use_is_one_line_that_names_the_help() {
    Ran command = Tool.in(folder).run("evnts");
    Ran option = Tool.in(folder).run("events", "--stauts", "failed");
    Ran forgotten = Tool.in(folder).run("explain", "--header", "--body", "-");

    assertEquals(
        "Unmatched argument at index 0: 'evnts'; did you mean events; see ./run.sh --help\n",
        command.err());
    assertEquals(2, command.exitCode());
    assertEquals(
        "Unknown options: '--stauts', 'failed'; did you mean --status; see ./run.sh events --help\n",
        option.err());
    assertEquals(2, option.exitCode());
    assertEquals(
        "Expected parameter for option '--header' but found '--body'; see ./run.sh explain --help\n",
        forgotten.err());
    assertEquals("", forgotten.out());
  }

  @Test
  void a_stack_trace_is_shown_only_when_asked_for() {
    Ran quiet = Tool.in(folder).run("events");
    Ran before = Tool.in(folder).run("--verbose", "events");
    Ran after = Tool.in(folder).run("events", "--verbose");

    assertEquals(1, quiet.err().lines().count());
    assertTrue(before.err().contains("\n\tat calendlyinbox.cli."), before.err());
    assertTrue(after.err().contains("\n\tat calendlyinbox.cli."), after.err());
    assertEquals(3, after.exitCode());
  }

  @Test
  void the_version_is_told() {
    assertTrue(Tool.in(folder).run("--version").out().startsWith("calendly-inbox "));
  }
}
