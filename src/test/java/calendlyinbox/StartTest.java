package calendlyinbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.journal.Journal;
import calendlyinbox.journal.RawBody;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a real process starts, refuses to start, and stops. */
class StartTest {
  private static final String USER = System.getProperty("user.name");

  @TempDir Path folder;

  @Test
  void the_first_start_makes_folder_key_and_journal_for_the_owner_only() throws Exception {
    Path data = folder.resolve("data");
    try (ServerProcess server =
        ServerProcess.start(data, Map.of("CALENDLY_WEBHOOK_SIGNING_KEY", ""))) {
      assertEquals("rwx------", mode(data));
      assertEquals("rw-------", mode(data.resolve("signing.key")));
      assertEquals("rwx------", mode(data.resolve("journal")));
      Eventually.holds("the database is made", () -> Files.exists(data.resolve("calendly.db")));
      assertEquals("rw-------", mode(data.resolve("calendly.db")));
      String key = Files.readString(data.resolve("signing.key")).trim();
      assertEquals(43, key.length());
      assertFalse(String.join("\n", server.log()).contains(key), "the key is in the log");
    }
  }

  @Test
  void wrong_configuration_is_named_whole_and_ends_with_2() throws Exception {
    ServerProcess server = ServerProcess.launch(folder, Map.of("PORT", "70000", "WORKERS", "many"));

    assertEquals(2, server.exitCode());
    Eventually.holds("both are named", () -> server.log().size() == 2);
    assertEquals(
        List.of(
            "PORT is 70000; it must be a number from 0 to 65535",
            "WORKERS is many; it must be a number from 1 to 64"),
        server.log());
  }

  @Test
  void help_and_version_are_to_be_had_whatever_the_configuration() throws Exception {
    for (String[] asked :
        List.of(
            new String[] {"--help"},
            new String[] {"events", "show", "-h"},
            new String[] {"--version"})) {
      ServerProcess tool = ServerProcess.launch(folder, Map.of("PORT", "many"), asked);

      assertEquals(0, tool.exitCode());
      Eventually.holds("something is said", () -> !tool.log().isEmpty());
      assertFalse(tool.log().get(0).startsWith("PORT"), tool.log().get(0));
    }
    ServerProcess tool = ServerProcess.launch(folder, Map.of("PORT", "many"), "forget", "-x");

    assertEquals(2, tool.exitCode());
    assertLast(tool, "PORT is many; it must be a number from 0 to 65535");
  }

  /** As run by cron: the address of a person would be nowhere, as another one is. */
  @Test
  void what_the_locale_has_no_letters_for_is_refused_and_not_taken_for_something_else()
      throws Exception {
    ServerProcess forget =
        inLocaleC("exec \"$@\" \"$(printf 'j\\303\\274rgen@example.com')\"", "forget");

    assertEquals(2, forget.exitCode());
    assertEquals(
        List.of(
            "What was given has letters that this locale lacks, so Java cannot read it; next: the same with LC_ALL=C.UTF-8 before it"),
        Files.readAllLines(folder.resolve("log")));

    ServerProcess server =
        inLocaleC("export DATA_DIR=\"$(printf '%s/d\\303\\244ta' \"$DATA_DIR\")\"; exec \"$@\"");

    assertEquals(2, server.exitCode());
    String told = Files.readAllLines(folder.resolve("log")).get(1);
    assertTrue(
        told.endsWith(
            "; it must be a path, of letters that the locale has (with LC_ALL=C.UTF-8 all of them)"),
        told);
  }

  /** The shell says the letters, byte by byte: this process may itself lack them. */
  private ServerProcess inLocaleC(String script, String... args) throws IOException {
    return ServerProcess.launchUnder(
        List.of("sh", "-c", script, "sh"),
        folder.resolve("log"),
        folder,
        Map.of("LC_ALL", "C"),
        args);
  }

  @Test
  void a_data_folder_that_cannot_be_written_is_one_line_and_2() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "in the way");

    ServerProcess server = ServerProcess.launch(file.resolve("data"), Map.of());

    assertEquals(2, server.exitCode());
    assertLast(
        server,
        file.resolve("data")
            + " cannot be written by user "
            + USER
            + " (Not a directory); make it writable for that user, or set DATA_DIR to another folder");
  }

  @Test
  void a_port_in_use_is_one_line_and_2() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      ServerProcess server =
          ServerProcess.launch(folder, Map.of("PORT", Integer.toString(taken.getLocalPort())));

      assertEquals(2, server.exitCode());
      assertLast(
          server,
          "127.0.0.1:"
              + taken.getLocalPort()
              + " cannot be listened on: Address already in use; set HOST or PORT to a free one");
    }
  }

  @Test
  void a_port_in_use_is_told_at_once_also_where_the_journal_is_not_empty() throws Exception {
    try (Journal journal =
        Journal.open(Files.createDirectory(folder.resolve("journal")), Clock.systemUTC())) {
      byte[] body = Deliveries.booking("left", "ada").body();
      journal.append(Instant.now(), new RawBody(body)).get();
    }
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      ServerProcess server =
          ServerProcess.launch(folder, Map.of("PORT", "" + taken.getLocalPort()));

      assertEquals(2, server.exitCode());
      Eventually.holds(
          "the port is named", () -> server.log().toString().contains("Address already in use"));
      assertFalse(server.log().toString().contains("Stopped"), "it waited for " + server.log());
    }
  }

  @Test
  void a_host_that_is_none_is_one_line_and_2() throws Exception {
    ServerProcess server = ServerProcess.launch(folder, Map.of("HOST", "no host"));

    assertEquals(2, server.exitCode());
    assertLast(
        server,
        "no host:0 cannot be listened on: HOST is neither an address nor a name of this machine; set it to 0.0.0.0 or"
            + " 127.0.0.1");
  }

  @Test
  void a_second_server_on_the_folder_refuses_and_names_the_one_that_holds_it() throws Exception {
    try (ServerProcess first = ServerProcess.start(folder, Map.of())) {
      ServerProcess second = ServerProcess.launch(folder, Map.of());

      assertEquals(2, second.exitCode());
      assertLast(
          second,
          "DATA_DIR "
              + folder
              + " is in use by another calendly-inbox (pid="
              + first.pid()
              + " address=127.0.0.1:0); stop that one, or set DATA_DIR to another folder");
    }
  }

  @Test
  void a_database_from_a_newer_version_is_refused_and_left_alone() throws Exception {
    try (RunningReceiver receiver = RunningReceiver.start(folder)) {
      receiver.post(Deliveries.booking("m", "ada"));
      receiver.awaitEvents(1);
    }
    Path database = folder.resolve("calendly.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA user_version = 99");
    }
    byte[] before = Files.readAllBytes(database);

    ServerProcess server = ServerProcess.launch(folder, Map.of());

    assertEquals(2, server.exitCode());
    assertLast(
        server,
        database
            + " has schema version 99, this calendly-inbox knows versions up to 3; start the newer calendly-inbox that wrote"
            + " it, or set DATA_DIR to another folder");
    assertEquals(
        java.util.Arrays.hashCode(before), java.util.Arrays.hashCode(Files.readAllBytes(database)));
  }

  @Test
  void a_database_that_is_a_link_is_refused_and_left_alone() throws Exception {
    Path database = folder.resolve("data/calendly.db");
    Files.createDirectory(database.getParent());
    Files.createSymbolicLink(database, Path.of("../elsewhere.db"));
    Map<String, String> environment =
        Map.of(
            "DATA_DIR",
            database.getParent().toString(),
            "PORT",
            "0",
            "CALENDLY_WEBHOOK_SIGNING_KEY",
            RunningReceiver.KEY.value());

    Receiver.CannotStart refused =
        assertThrows(
            Receiver.CannotStart.class,
            () -> Receiver.open(Config.of(environment), Clock.systemUTC()).close());

    assertEquals(
        database
            + " is a link to "
            + folder.resolve("elsewhere.db")
            + ", and the database must not be one, since what SQLite keeps beside it would lie elsewhere; stop what uses it"
            + " and move that file here, with its -wal if it has one, or make the whole data folder a link",
        refused.getMessage());
    assertFalse(Files.exists(database));
  }

  @Test
  void a_key_file_without_a_key_is_refused() throws Exception {
    Files.writeString(folder.resolve("signing.key"), "\n");

    ServerProcess server = ServerProcess.launch(folder, Map.of("CALENDLY_WEBHOOK_SIGNING_KEY", ""));

    assertEquals(2, server.exitCode());
    assertLast(
        server,
        folder.resolve("signing.key")
            + " holds no key; put the key of the webhook subscription into it, or delete it to have a new one made");
  }

  /** One that lived on would serve nobody, and no service manager would start it again. */
  @Test
  void an_error_while_the_door_opens_ends_the_process() throws Exception {
    ServerProcess server =
        ServerProcess.launch(folder, Map.of("JAVA_TOOL_OPTIONS", WithoutSelectors.OPTIONS));
    try (server) {
      assertEquals(1, server.exitCode());
      assertTrue(
          server.log().stream().anyMatch(line -> line.contains("OutOfMemoryError: of a test")),
          "the log says why");
    }
  }

  @Test
  void sigterm_drains_and_ends_with_0_and_an_empty_journal() throws Exception {
    List<String> drained =
        List.of("bookings=[50]", "journal=[]", "Stopped: left_in_journal_bytes=0");

    List<String> stopped = stopAfterFifty(folder.resolve("1"));
    // A stop has some seconds for it: what a crowded machine has not done by then stays in the
    // journal.
    for (int time = 2; time <= 5 && !stopped.get(1).equals(drained.get(1)); time++) {
      stopped = stopAfterFifty(folder.resolve("" + time));
    }

    assertEquals(drained, stopped);
  }

  /** Returns what is in the database, in the journal, and at the end of the log. */
  private static List<String> stopAfterFifty(Path data) throws Exception {
    try (ServerProcess server = ServerProcess.start(data, Map.of())) {
      for (int i = 0; i < 50; i++) {
        assertEquals(200, server.post(Deliveries.booking("m" + i, "i" + i).body()));
      }
      assertEquals(0, server.terminate());

      String last = server.log().get(server.log().size() - 1);
      return List.of(
          "bookings=" + bookings(data),
          "journal=" + List.of(data.resolve("journal").toFile().list()),
          last.substring(Math.max(0, last.indexOf("Stopped: "))));
    }
  }

  private static String bookings(Path data) {
    try {
      return RunningReceiver.rows(data.resolve("calendly.db"), "SELECT count(*) FROM bookings")
          .toString();
    } catch (SQLException notMade) {
      return notMade.getMessage();
    }
  }

  @Test
  void nothing_secret_or_personal_is_in_the_log_at_its_most_detailed() throws Exception {
    Map<String, String> detailed =
        Map.of("JAVA_TOOL_OPTIONS", "-Dorg.slf4j.simpleLogger.defaultLogLevel=trace");
    ServerProcess server = ServerProcess.start(folder, detailed);
    server.post(Deliveries.booking("m", "ada").named("Ada Lovelace").body());
    server.post(Deliveries.booking("m", "ada").named("Ada Lovelace").body());
    server.post(Deliveries.cancellation("m", "ada").body());
    server.post(
        "Ada Lovelace, ada@example.com, not JSON"
            .getBytes(java.nio.charset.StandardCharsets.UTF_8));
    server.post(Deliveries.booking("m", "ada").event("Ada\nLovelace ada@example.com").body());
    for (String word :
        List.of(
            "Webhook received",
            "Signature verified",
            "Webhook event processed: invitee.created",
            "Meeting saved",
            "already processed, skipping")) {
      // Before the stop, which may leave something to the next start.
      Eventually.holds(
          word + " is in the log", () -> String.join("\n", server.log()).contains(word));
    }
    assertEquals(0, server.terminate());

    String log = String.join("\n", server.log());
    for (String secret :
        List.of("Lovelace", "ada@example.com", RunningReceiver.KEY.value(), "other plans")) {
      assertFalse(log.contains(secret), secret + " is in the log:\n" + log);
    }
  }

  private static void assertLast(ServerProcess server, String line) throws Exception {
    Eventually.holds(
        line + " is the last line, last " + server.log(),
        () -> !server.log().isEmpty() && server.log().get(server.log().size() - 1).equals(line));
  }

  private static String mode(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
