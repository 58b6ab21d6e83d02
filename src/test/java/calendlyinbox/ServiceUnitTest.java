package calendlyinbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The unit that {@code run.sh install} puts in place, as systemd judges it. */
class ServiceUnitTest {
  private static final Path SERVICE = Path.of("src/service");

  /** systemd calls 0.0 to 2.0 "OK"; 10 is no protection at all. In tenths. */
  private static final int MOST_EXPOSED_TENTHS = 20;

  @TempDir Path folder;

  @Test
  void systemd_finds_no_fault_in_the_unit() throws Exception {
    Path unit = unit();

    Ended verified = run("systemd-analyze", "verify", unit.toString());

    assertEquals("", verified.output());
    assertEquals(0, verified.exitCode());
  }

  @Test
  void the_service_is_little_exposed() throws Exception {
    Path unit = unit();

    Ended judged =
        run(
            "systemd-analyze",
            "security",
            "--offline=true",
            "--no-pager",
            "--threshold=" + MOST_EXPOSED_TENTHS,
            unit.toString());

    assertEquals(0, judged.exitCode(), judged.output());
  }

  @Test
  void the_options_for_java_are_ones_that_java_takes() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();

    // A Java that lacks one passes over it in service; here each must be known.
    Ended ended =
        run(
            java,
            "@" + SERVICE.resolve("java.options"),
            "-XX:-IgnoreUnrecognizedVMOptions",
            "-version");

    assertEquals(0, ended.exitCode(), ended.output());
    assertTrue(ended.output().contains("Runtime Environment"), ended.output());
  }

  /** As it is installed, with the java of these tests in the place of the system's. */
  private Path unit() throws IOException {
    assumeTrue(
        Stream.of("/usr/bin", "/bin")
            .anyMatch(bin -> Files.isExecutable(Path.of(bin, "systemd-analyze"))),
        "systemd-analyze is not here: the service's unit is not looked at");
    String template = Files.readString(SERVICE.resolve("calendly-inbox.service"));
    Path unit = folder.resolve("calendly-inbox.service");
    return Files.writeString(
        unit,
        template
            .replace("@java@", Path.of(System.getProperty("java.home"), "bin", "java").toString())
            .replaceFirst("(?m)^Documentation=.*\n", ""));
  }

  private record Ended(int exitCode, String output) {}

  private static Ended run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), output);
  }
}
