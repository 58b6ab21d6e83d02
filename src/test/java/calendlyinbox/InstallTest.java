package calendlyinbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code run.sh install} says before it changes anything: its functions, with others in the
 * place of those that need root, and of the first one that would make something. And how it and the
 * command that it installs read the configuration.
 */
class InstallTest {
  private static final String WHERE_THE_COMMANDS_BEGIN = "\ncase \"${1:-}\" in\n";
  private static final String STUBS =
      """
      need_root_and_systemd() { :; }
      is_stale() { return 1; }
      readlink() { printf '%s\\n' "${@: -1}"; }
      sed() { :; }
      head() { :; }
      id() { exit 99; }
      """;

  private static final int WENT_ON = 99;

  @TempDir Path home;

  private final String bash =
      Files.isExecutable(Path.of("/bin/bash")) ? "/bin/bash" : "/usr/bin/bash";

  @BeforeEach
  void lay_out() throws Exception {
    String script = Files.readString(Path.of("run.sh"));
    Files.writeString(
        home.resolve("functions.sh"),
        script.substring(0, script.indexOf(WHERE_THE_COMMANDS_BEGIN)));
  }

  @Test
  void where_root_has_no_java_it_says_so() throws Exception {
    Path empty = Files.createDirectory(home.resolve("bin"));

    Ended ended = run(STUBS + "install_service", Map.of("PATH", empty.toString()));

    assertEquals(
        "run.sh: the service needs Java 17 or newer, and there is none in root's PATH ("
            + empty
            + "); install one for the whole system"
            + " (apt-get install openjdk-17-jdk-headless), or say: sudo JAVA_HOME=FOLDER ./run.sh install\n",
        ended.output());
    assertEquals(2, ended.exitCode());
  }

  @Test
  void a_java_that_is_too_old_is_not_put_into_the_unit() throws Exception {
    Path java = Files.createDirectories(home.resolve("jdk/bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\n");
    java.toFile().setExecutable(true);
    Files.writeString(home.resolve("jdk/release"), "JAVA_VERSION=\"11.0.2\"\n");

    Ended ended = run(STUBS + "install_service", Map.of("PATH", java.getParent().toString()));

    assertEquals(
        "run.sh: the service needs Java 17 or newer, and "
            + java
            + " is Java 11.0.2; install one for the whole system"
            + " (apt-get install openjdk-17-jdk-headless), or say: sudo JAVA_HOME=FOLDER ./run.sh install\n",
        ended.output());
    assertEquals(2, ended.exitCode());
  }

  @Test
  void a_java_that_is_new_enough_is_taken() throws Exception {
    Ended ended =
        run(
            STUBS + "find_java() { java=/usr/bin/java version=17.0.1; }\ninstall_service",
            Map.of());

    assertEquals("", ended.output());
    assertEquals(WENT_ON, ended.exitCode());
  }

  /** Fedora's JDK lies in a folder that is named by its version and gone after an update. */
  @Test
  void a_java_is_named_by_the_link_that_outlives_its_update() throws Exception {
    Path found = Files.createDirectories(home.resolve("jdk-17.0.13/bin")).resolve("java");
    program(found, "echo 'openjdk 17.0.13'");
    Path bin = Files.createDirectory(home.resolve("bin"));
    Files.createSymbolicLink(home.resolve("alternative"), found);
    Files.createSymbolicLink(bin.resolve("java"), home.resolve("alternative"));

    assertEquals(
        bin + "/java\n",
        run("need_java && echo $java", Map.of("PATH", bin + ":/usr/bin:/bin")).output());
    assertEquals(
        bin.getParent() + "/./bin/java\n",
        run(
                "cd " + home + " && JAVA_HOME=. need_java && echo $java",
                Map.of("PATH", "/usr/bin:/bin"))
            .output());
  }

  @Test
  void a_java_that_a_link_leads_to_in_a_home_is_refused() throws Exception {
    Ended ended = taken("/usr/local/bin/java", "/root/.sdkman/candidates/java/17/bin/java");

    assertEquals(
        "run.sh: /root/.sdkman/candidates/java/17/bin/java is in a home, which the service may not look into;"
            + " install a JDK for the whole system (apt-get install openjdk-25-jdk-headless)\n",
        ended.output());
    assertEquals(2, ended.exitCode());
  }

  @Test
  void a_link_in_a_home_is_not_what_the_service_is_started_by() throws Exception {
    assertEquals(
        "/opt/jdk-17/bin/java\n", taken("/home/ada/jdk/bin/java", "/opt/jdk-17/bin/java").output());
  }

  /** As if a link were found that leads to another path. */
  private Ended taken(String found, String resolved) throws Exception {
    return run(
        STUBS
            + "apt-cache() { :; }\nfind_java() { java=%s version=17.0.1; }\nreadlink() { echo %s; }\n"
                .formatted(found, resolved)
            + "need_java && echo $java",
        Map.of());
  }

  @Test
  void what_was_given_beside_a_configuration_that_is_kept_is_named() throws Exception {
    Ended ended = run("say_kept", Map.of("PORT", "9000", "HOST", "::1", "WORKERS", "3"));

    assertEquals(
        """
        /etc/calendly-inbox.env was there and is kept as it is
          (so these, which were given now, are not taken: HOST PORT WORKERS; edit it and say:\
         systemctl restart calendly-inbox)
        """,
        ended.output());
  }

  @Test
  void a_server_that_holds_the_port_is_not_taken_for_the_service() throws Exception {
    Path data = Files.createDirectory(home.resolve("data"));
    Path settings = home.resolve("settings");
    try (RunningReceiver other = RunningReceiver.start(data)) {
      Files.writeString(settings, "HOST=127.0.0.1\nPORT=" + other.port() + "\n");

      Ended ended = run("settings=" + settings + "\nrefuse_another", Map.of());

      assertEquals(
          "run.sh: another calendly-inbox, such as a ./run.sh that still runs, answers on 127.0.0.1:"
              + other.port()
              + "; the service wants that port: end it, then say the same again\n",
          ended.output());
      assertEquals(1, ended.exitCode());
    }
    assertEquals(0, run("settings=" + settings + "\nrefuse_another", Map.of()).exitCode());
  }

  /** As systemd takes them. */
  private static final String SETTINGS =
      """
      # PORT=1
      HOST='127.0.0.1'\r
        PORT = "9000"\s
      CALENDLY_API_TOKEN=a token = "with" quotes\t
      PUBLIC_URL=" https://example.com "
      NO NAME=1
      WORKERS=
      RETENTION_DAYS=30""";

  @Test
  void quotes_and_blanks_in_the_configuration_are_taken_as_systemd_takes_them() throws Exception {
    Path settings = Files.writeString(home.resolve("settings"), SETTINGS);

    Ended ended =
        run(
            "settings="
                + settings
                + "\nfor name in HOST PORT CALENDLY_API_TOKEN PUBLIC_URL WORKERS RETENTION_DAYS DATA_DIR;"
                + " do echo \"$name=$(setting $name)\"; done",
            Map.of());

    assertEquals(
        """
        HOST=127.0.0.1
        PORT=9000
        CALENDLY_API_TOKEN=a token = "with" quotes
        PUBLIC_URL= https://example.com\s
        WORKERS=
        RETENTION_DAYS=30
        DATA_DIR=
        """,
        ended.output());
  }

  @Test
  void the_command_has_the_configuration_that_the_service_has() throws Exception {
    Path settings = Files.writeString(home.resolve("settings"), SETTINGS);
    Path bin = Files.createDirectory(home.resolve("bin"));
    program(bin.resolve("id"), "echo 0");
    program(bin.resolve("runuser"), "env | grep -E '^(HOST|PORT|CAL|PUB|NO|WOR|RET)' | sort");
    Path command =
        Files.writeString(
            home.resolve("command"),
            Files.readString(Path.of("src/service/calendly-inbox"))
                .replace("/etc/calendly-inbox.env", settings.toString()));

    Ended ended = run("PATH=" + bin + ":$PATH sh " + command + " meetings", Map.of());

    assertEquals(
        """
        CALENDLY_API_TOKEN=a token = "with" quotes
        HOST=127.0.0.1
        PORT=9000
        PUBLIC_URL= https://example.com\s
        RETENTION_DAYS=30
        WORKERS=
        """,
        ended.output());
    assertEquals(0, ended.exitCode());
  }

  /** README has a line for root's crontab, and that of Debian looks in /usr/bin and /bin alone. */
  @Test
  void cron_finds_what_the_command_is_made_of() throws Exception {
    assumeTrue(
        Files.exists(Path.of("/usr/sbin/runuser")) && !Files.exists(Path.of("/bin/runuser")),
        "runuser is not where Debian has it");
    Path settings = Files.writeString(home.resolve("settings"), SETTINGS);
    Path bin = Files.createDirectory(home.resolve("bin"));
    program(bin.resolve("id"), "echo 0");
    Path command =
        Files.writeString(
            home.resolve("command"),
            Files.readString(Path.of("src/service/calendly-inbox"))
                .replace("/etc/calendly-inbox.env", settings.toString())
                .replace("-u calendly-inbox", "-u nobody-of-this-name"));

    Ended ended = run("PATH=" + bin + ":/usr/bin:/bin sh " + command + " meetings", Map.of());

    assertTrue(ended.output().startsWith("runuser: "), ended.output());
  }

  /** Of the server whose library is kept, and of what has it load it: here one that notes where. */
  @Test
  void the_library_is_unpacked_beside_the_program_since_the_temporary_folder_may_be_noexec()
      throws Exception {
    Path program = Files.createDirectory(home.resolve("program"));
    Path java = home.resolve("java");
    program(
        java,
        """
        folder=/tmp
        for option; do
          case $option in -Djava.io.tmpdir=*) folder=${option#*=} ;; esac
          case $option in -Dorg.sqlite.tmpdir=*) : >"${option#*=}/sqlite-1-2-libsqlitejdbc.so" ;; esac
        done
        case $folder in %s/*) ;; *) exit 1 ;; esac
        echo 'INFO Ready: address=127.0.0.1:1 ' >&2
        [ "${PORT:-}" != 0 ] || exec sleep 60
        """
            .formatted(program));

    Ended ended =
        run(
            "java=%s; make_archive %2$s/a.jar %2$s/a-java-installed.jsa %2$s/lib"
                .formatted(java, program),
            Map.of());

    assertEquals("", ended.output());
    assertEquals(
        List.of("a-java-installed.jsa", "lib"),
        Stream.of(program.toFile().list()).sorted().toList());
    assertTrue(Files.exists(program.resolve("lib/libsqlitejdbc.so")));
  }

  private static void program(Path file, String code) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + code + "\n");
    file.toFile().setExecutable(true);
  }

  private record Ended(int exitCode, String output) {}

  /** Runs shell code behind the functions of both scripts, with this environment only. */
  private Ended run(String code, Map<String, String> environment)
      throws IOException, InterruptedException {
    String install = Path.of("src/service/install.sh").toAbsolutePath().toString();
    ProcessBuilder builder =
        new ProcessBuilder(
                bash,
                "-c",
                ". \"$1\"; . \"$2\"\n" + code,
                "bash",
                home.resolve("functions.sh").toString(),
                install)
            .redirectErrorStream(true);
    String path = System.getenv("PATH");
    builder.environment().clear();
    builder.environment().put("PATH", path);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), output);
  }
}
