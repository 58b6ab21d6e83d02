package calendlyinbox.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import calendlyinbox.Deliveries;
import calendlyinbox.DestroyedPage;
import calendlyinbox.RunningReceiver;
import calendlyinbox.ServerProcess;
import calendlyinbox.cli.Tool.Ran;
import calendlyinbox.journal.Journal;
import calendlyinbox.journal.RawBody;
import calendlyinbox.store.DatabaseCopy;
import calendlyinbox.store.FolderLock;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Without a server; with one see the test of processes. */
class ForgetCommandTest {
  @TempDir Path folder;

  private Tool withADeliveryInTheJournal() throws Exception {
    Tool tool = Tool.in(folder).withDatabase();
    Path files = Files.createDirectories(folder.resolve("journal"));
    try (Journal journal = Journal.open(files, tool.clock())) {
      for (String invitee : List.of("ada", "nada")) {
        byte[] body = Deliveries.booking(invitee, invitee).body();
        journal.append(Tool.NOW, new RawBody(body)).join();
      }
    }
    return tool;
  }

  @Test
  void a_delivery_that_only_the_journal_has_is_forgotten_and_that_of_another_is_applied()
      throws Exception {
    Tool tool = withADeliveryInTheJournal();

    Ran ran = tool.run("forget", "ADA@example.com");

    assertEquals("", ran.err());
    assertEquals(
        """
        Removed from calendly_webhook_events: 1
        Removed from invitees: 1
        Removed from meetings: 1
        The address is in no file of %s any more.
        """
            .formatted(folder.toAbsolutePath()),
        ran.out());
    assertEquals(0, ran.exitCode());
    assertEquals(
        List.of("nada@example.com"),
        RunningReceiver.rows(tool.databaseFile(), "SELECT email FROM invitees"));
    assertEquals("", filesWith("\"ada@example.com"));
  }

  @Test
  void an_address_with_other_letters_is_forgotten_like_any() throws Exception {
    Tool tool = withADeliveryInTheJournal();
    Deliveries booking = Deliveries.booking("ju", "ju");
    booking.payload().put("email", "jürgen@exämple.de");
    try (Journal journal = Journal.open(folder.resolve("journal"), tool.clock())) {
      journal.append(Tool.NOW, new RawBody(booking.body())).join();
    }

    Ran ran = tool.run("forget", "Jürgen@exämple.de");

    assertEquals("", ran.err());
    assertEquals(0, ran.exitCode());
    assertEquals(
        List.of("ada@example.com", "nada@example.com"),
        RunningReceiver.rows(tool.databaseFile(), "SELECT email FROM invitees ORDER BY email"));
    String stored =
        new String("jürgen@ex".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1)
            .toLowerCase(Locale.ROOT);
    assertEquals("", filesWith(stored));
  }

  @Test
  void an_address_with_a_plus_is_forgotten_also_where_it_is_encoded() throws Exception {
    Tool tool = withADeliveryInTheJournal();
    Deliveries booking = Deliveries.booking("bob", "bob");
    booking.payload().putObject("tracking").put("utm_content", "ada%2Bcal%40example.com");
    try (Journal journal = Journal.open(folder.resolve("journal"), tool.clock())) {
      journal.append(Tool.NOW, new RawBody(booking.body())).join();
    }
    Path notes = Files.writeString(folder.resolve("notes.txt"), "?to=Ada%2bcal@example.com&");

    Ran ran = tool.run("forget", "ada+cal@example.com");

    assertEquals(
        """
        Redacted in calendly_webhook_events: 1
        Redacted in invitees: 1
        Still in %s, which is yours: remove it, or move it away.
        """
            .formatted(notes),
        ran.out());
    assertEquals(
        List.of("{\"utm_content\":\"[forgotten]\"}"),
        RunningReceiver.rows(
            tool.databaseFile(), "SELECT tracking FROM invitees WHERE email = 'bob@example.com'"));
    assertEquals("", filesWith("ada%2bcal%40"));
  }

  @Test
  void an_address_in_quotes_or_with_a_dash_before_it_is_forgotten_like_any() throws Exception {
    Tool tool = withADeliveryInTheJournal();
    try (Journal journal = Journal.open(folder.resolve("journal"), tool.clock())) {
      for (String email : List.of("\"quoted\"@x.com", "-dash@x.com", "--two@x.com")) {
        Deliveries booking = Deliveries.booking("m", email.replaceAll("\\W", ""));
        booking.payload().put("email", email);
        journal.append(Tool.NOW, new RawBody(booking.body())).join();
      }
    }
    Path notes = Files.writeString(folder.resolve("n.json"), "{\"to\":\"\\\"quoted\\\"@x.com\"}");

    Ran quoted = tool.run("forget", "\"Quoted\"@x.com");
    Ran dash = tool.run("forget", "-dash@x.com");
    Ran two = tool.run("forget", "--", "--two@x.com");

    assertTrue(quoted.out().contains("Still in " + notes), quoted.out());
    assertEquals("", quoted.err() + dash.err() + two.err());
    assertEquals(
        List.of("ada@example.com", "nada@example.com"),
        RunningReceiver.rows(tool.databaseFile(), "SELECT email FROM invitees ORDER BY email"));
  }

  @Test
  void a_file_that_is_not_ours_is_named_and_left() throws Exception {
    Tool tool = withADeliveryInTheJournal();
    Path notes = Files.writeString(folder.resolve("notes.txt"), "call ada@example.com");

    Ran ran = tool.run("forget", "ada@example.com");

    assertEquals(1, ran.exitCode());
    assertTrue(
        ran.out().endsWith("Still in " + notes + ", which is yours: remove it, or move it away.\n"),
        ran.out());
    assertEquals("call ada@example.com", Files.readString(notes));
  }

  @Test
  void what_its_user_cannot_look_into_is_named_and_all_else_is_done(@TempDir Path elsewhere)
      throws Exception {
    Tool tool = withADeliveryInTheJournal();
    Path log = elsewhere.resolve("out.txt");
    Path closed = Files.createDirectory(folder.resolve("lost+found"));
    Path notes = Files.writeString(folder.resolve("notes.txt"), "call ada@example.com");
    for (Path one : List.of(closed, notes)) {
      Files.setPosixFilePermissions(one, Set.of());
    }

    int exitCode;
    try (ServerProcess forget =
        ServerProcess.launchUnder(
            likeAnybody(), log, folder, Map.of(), "forget", "ada@example.com")) {
      exitCode = forget.exitCode();
    }

    assertEquals(
        """
        Removed from calendly_webhook_events: 1
        Removed from invitees: 1
        Removed from meetings: 1
        Could not be looked into: %1$s/lost+found
        Could not be looked into: %1$s/notes.txt
        The address is in no other file of %1$s any more.
        """
            .formatted(folder.toAbsolutePath()),
        Files.readString(log));
    assertEquals(1, exitCode);
    assertEquals(
        List.of("nada@example.com"),
        RunningReceiver.rows(tool.databaseFile(), "SELECT email FROM invitees"));
  }

  /** Root looks into everything, but for these two capabilities. */
  private List<String> likeAnybody() throws Exception {
    if (!Files.getOwner(folder).getName().equals("root")) {
      return List.of();
    }
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "setpriv is not here");
    return List.of(
        "setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-all");
  }

  @Test
  void what_a_server_could_not_look_into_is_named_too() throws Exception {
    Tool tool = Tool.in(folder).withDatabase();
    try (FolderLock server = FolderLock.take(folder, "pid=4711").lock().orElseThrow();
        MockWebServer answers = new MockWebServer()) {
      String done = "{\"removed\":{\"invitees\":1},\"unread\":[\"/data/lost+found\"]}";
      Files.writeString(folder.resolve("admin.token"), "t".repeat(43));
      answers.enqueue(new MockResponse.Builder().code(200).body(done).build());
      answers.start(InetAddress.getByName("127.0.0.1"), 0);

      Ran ran = tool.onPort(answers.getPort()).run("forget", "ada@example.com");

      assertEquals(
          """
          Removed from invitees: 1
          Could not be looked into: /data/lost+found
          The address is in no other file of %s any more.
          """
              .formatted(folder),
          ran.out());
      assertEquals(1, ran.exitCode());
    }
  }

  @Test
  void who_comes_in_again_meanwhile_is_to_be_forgotten_once_more() throws Exception {
    Tool tool = withADeliveryInTheJournal();
    apply(tool);
    tool.execute(
        """
        CREATE TRIGGER books_again AFTER DELETE ON invitees BEGIN
          INSERT INTO calendly_webhook_events (event_id, event_type, status, payload, received_at)
          VALUES (OLD.uri || '2', 'invitee.created', 'ignored', OLD.email, '2026-11-23T10:00:00.000000Z');
        END
        """);

    Ran ran = tool.run("forget", "ada@example.com");

    assertEquals(1, ran.exitCode());
    assertTrue(
        ran.out().endsWith("\nIt came in again meanwhile: ./run.sh forget once more.\n"),
        ran.out());
    assertFalse(ran.out().contains("Still in"), ran.out());
  }

  @Test
  void backups_in_the_data_folder_are_named_and_left_whatever_their_names_begin_with()
      throws Exception {
    Tool tool = withADeliveryInTheJournal();
    apply(tool);
    Files.createDirectories(folder.resolve("backups"));
    List<String> given =
        List.of(
            "backups/calendly.db", "backups/calendly.db.v2-20261101T000000Z", "calendly.db.bak");
    for (String name : given) {
      assertEquals(0, tool.run("backup", folder.resolve(name).toString()).exitCode());
    }
    Path made = folder.resolve("calendly.db.v2-20261101T000000Z");
    Files.copy(folder.resolve(given.get(0)), made);

    Ran ran = tool.run("forget", "ada@example.com");

    assertEquals("", ran.err());
    assertEquals(
        """
        Removed from calendly_webhook_events: 1
        Removed from invitees: 1
        Removed from meetings: 1
        Deleted, since it was in it: %1$s/calendly.db.v2-20261101T000000Z
        Still in %1$s/backups/calendly.db, which is yours: remove it, or move it away.
        Still in %1$s/backups/calendly.db.v2-20261101T000000Z, which is yours: remove it, or move it away.
        Still in %1$s/calendly.db.bak, which is yours: remove it, or move it away.
        """
            .formatted(folder),
        ran.out());
    assertEquals(1, ran.exitCode());
    for (String name : given) {
      DatabaseCopy.check(folder.resolve(name));
    }
  }

  /** A backup wants all that was taken in to be in the database. */
  private static void apply(Tool tool) throws Exception {
    assertEquals(1, tool.run("forget", "nobody@example.com").exitCode());
  }

  @Test
  void an_address_that_is_nowhere_and_what_is_none_are_one_line_each() throws Exception {
    Tool tool = withADeliveryInTheJournal();

    Ran nowhere = tool.run("forget", "da@example.com");
    Ran none = tool.run("forget", "ada");

    assertEquals("The address is nowhere in " + folder.toAbsolutePath() + "\n", nowhere.err());
    assertEquals(1, nowhere.exitCode());
    assertEquals(
        "That is no e-mail address; wanted one as ada@example.com; see ./run.sh forget --help\n",
        none.err());
    assertEquals(2, none.exitCode());
    assertEquals(
        List.of("2"), RunningReceiver.rows(tool.databaseFile(), "SELECT count(*) FROM invitees"));
    assertEquals(3, Tool.in(folder.resolve("elsewhere")).run("forget", "a@b.c").exitCode());
  }

  @Test
  void where_the_server_has_no_time_to_answer_nobody_is_told_that_nothing_was_done()
      throws Exception {
    Tool tool = Tool.in(folder).withDatabase();
    Files.writeString(folder.resolve("admin.token"), "t".repeat(43));
    String busy = "{\"error\":\"busy\",\"detail\":\"not done within 10 s\"}";
    try (FolderLock server = FolderLock.take(folder, "pid=4711").lock().orElseThrow();
        MockWebServer answers = new MockWebServer()) {
      answers.enqueue(new MockResponse.Builder().code(202).body("{}").build());
      answers.enqueue(new MockResponse.Builder().code(503).body(busy).build());
      answers.start(InetAddress.getByName("127.0.0.1"), 0);

      Ran ran = tool.onPort(answers.getPort()).run("forget", "ada@example.com");

      assertEquals(
          "The server answered 503 busy: not done within 10 s; run the command again: what was begun goes on, or is"
              + " begun anew\n",
          ran.err());
      assertEquals(3, ran.exitCode());
    }
  }

  @Test
  void into_a_damaged_database_no_journal_is_emptied() throws Exception {
    Tool tool = withADeliveryInTheJournal();
    Map<Path, String> journal = journalFiles();
    DestroyedPage.rootOf("routing_form_submissions", tool.databaseFile());

    Ran ran = tool.run("forget", "ada@example.com");

    assertEquals(journal, journalFiles());
    assertTrue(ran.err().startsWith(tool.databaseFile() + ": "), ran.err());
    assertTrue(
        ran.err().endsWith(" (corrupt); mend it first: README, A damaged database\n"), ran.err());
    assertEquals(3, ran.exitCode());
    assertEquals("", ran.out());
  }

  private Map<Path, String> journalFiles() throws Exception {
    Map<Path, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(folder.resolve("journal"))) {
      for (Path file : all.toList()) {
        files.put(file, Files.readString(file));
      }
    }
    return files;
  }

  private String filesWith(String text) throws Exception {
    StringBuilder found = new StringBuilder();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        if (bytes.toLowerCase(Locale.ROOT).contains(text)) {
          found.append(file);
        }
      }
    }
    return found.toString();
  }
}
