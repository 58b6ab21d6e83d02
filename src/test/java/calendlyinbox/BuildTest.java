package calendlyinbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code run.sh build} does to a JAR that a server runs from; for Maven stands a script. */
class BuildTest {
  /** Writes the JAR as Maven's plugins do: into the file that is there, first a part of it. */
  private static final String MAVEN =
      """
      #!/bin/sh
      name=calendly-inbox
      for word; do
        case $word in -Djar.name=*) name=${word#*=} ;; esac
      done
      printf 'a part' >"target/$name.jar"
      [ ! -e fails ] || exit 1
      printf 'the new JAR' >"target/$name.jar"
      """;

  private static final String JAVA_THAT_NEVER_ENDS =
      """
      #!/bin/sh
      echo $$ >"$0.new"
      mv "$0.new" "${0%/*}/pid"
      exec sleep 300
      """;

  @TempDir Path home;

  private Path jar;

  @BeforeEach
  void lay_out() throws Exception {
    Path service = Files.createDirectories(home.resolve("src/service"));
    Files.copy(Path.of("src/service/java.options"), service.resolve("java.options"));
    Files.copy(Path.of("run.sh"), home.resolve("run.sh"));
    Path maven = Files.createDirectories(home.resolve("bin")).resolve("mvn");
    Files.writeString(maven, MAVEN);
    maven.toFile().setExecutable(true);
    jar = Files.createDirectories(home.resolve("target")).resolve("calendly-inbox.jar");
    Files.writeString(jar, "the old JAR");
  }

  @Test
  void a_server_keeps_the_jar_that_it_runs_from() throws Exception {
    try (InputStream server = Files.newInputStream(jar)) {
      assertEquals(0, build());

      assertEquals("the old JAR", new String(server.readAllBytes(), StandardCharsets.UTF_8));
    }
    assertEquals("the new JAR", Files.readString(jar));
  }

  @Test
  void a_build_that_fails_leaves_the_old_jar() throws Exception {
    Files.createFile(home.resolve("fails"));

    assertNotEquals(0, build());

    assertEquals("the old JAR", Files.readString(jar));
  }

  @Test
  void a_link_to_the_script_is_as_good_as_the_script() throws Exception {
    Path link =
        Files.createSymbolicLink(
            Files.createDirectory(home.resolve("elsewhere")).resolve("x"), Path.of("../run.sh"));

    assertEquals(0, build(link));

    assertEquals("the new JAR", Files.readString(jar));
  }

  @Test
  void a_temporary_folder_that_cannot_be_written_costs_the_archive_alone() throws Exception {
    Path gone = home.resolve("not-there");

    assertEquals(0, build(home.resolve("run.sh"), Map.of("TMPDIR", gone.toString())));

    assertEquals("the new JAR", Files.readString(jar));
  }

  @Test
  void one_that_is_broken_off_leaves_no_server_behind_and_no_files() throws Exception {
    Path bin = Files.createDirectories(home.resolve("jdk/bin"));
    for (String program : List.of("java", "javac")) {
      Files.writeString(bin.resolve(program), JAVA_THAT_NEVER_ENDS);
      bin.resolve(program).toFile().setExecutable(true);
    }
    Files.writeString(home.resolve("jdk/release"), "JAVA_VERSION=\"17.0.2\"\n");
    Path temporary = Files.createDirectory(home.resolve("tmp"));
    Path pid = bin.resolve("pid");

    Process build =
        start(
            home.resolve("run.sh"),
            Map.of("JAVA_HOME", home.resolve("jdk").toString(), "TMPDIR", temporary.toString()));
    Eventually.holds("the server is started", () -> Files.exists(pid));
    ProcessHandle server =
        ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();
    try {
      build.destroy();

      assertEquals(130, build.waitFor());
      Eventually.holds("the server is gone", Duration.ofSeconds(20), () -> !server.isAlive());
    } finally {
      server.destroyForcibly();
    }
    assertEquals(0, temporary.toFile().list().length);
  }

  private int build() throws IOException, InterruptedException {
    return build(home.resolve("run.sh"));
  }

  private int build(Path script) throws IOException, InterruptedException {
    return build(script, Map.of());
  }

  private int build(Path script, Map<String, String> environment)
      throws IOException, InterruptedException {
    return start(script, environment).waitFor();
  }

  private Process start(Path script, Map<String, String> environment) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("bash", script.toString(), "build")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().merge("PATH", home.resolve("bin") + ":", (path, bin) -> bin + path);
    builder.environment().putAll(environment);
    return builder.start();
  }
}
