package calendlyinbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.store.DatabaseCopy;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code forget} beside a server of its own process that takes and applies deliveries. */
@Timeout(3600)
class ForgetProcessTest {
  private static final String ADDRESS = "ada.lovelace@example.com";
  private static final String ADMIN_TOKEN = "an-admin-token-for-tests";

  /** As grep -E takes it, in any case. */
  private static final String TRACE = "ada\\.lovelace(@|%40|\\\\+u0040)example\\.com";

  @TempDir Path folder;
  private final ExecutorService clients = Executors.newFixedThreadPool(2);
  private final AtomicBoolean enough = new AtomicBoolean();
  private final AtomicInteger posted = new AtomicInteger();
  private Map<String, String> settings;
  private ServerProcess server;

  @BeforeEach
  void start() throws Exception {
    settings = new HashMap<>(Map.of("ADMIN_TOKEN", ADMIN_TOKEN));
    server = ServerProcess.start(folder, settings);
    settings.put("PORT", Integer.toString(server.port()));
  }

  @AfterEach
  void stop() throws Exception {
    enough.set(true);
    clients.shutdown();
    clients.awaitTermination(10, TimeUnit.SECONDS);
    server.close();
  }

  @Test
  void afterwards_the_address_is_in_no_file_and_the_person_does_not_come_back() throws Exception {
    List<byte[]> hers = hers();
    for (byte[] body : hers) {
      assertEquals(200, server.post(body));
    }
    assertEquals(200, server.post(ofBob()));
    awaitRows(hers.size() + 1);
    leaveCopies();
    assertTrue(grep().size() >= 4, "where it is before: " + grep());
    Future<?> load = clients.submit(this::deliver);
    Eventually.holds("deliveries come in", () -> posted.get() > 50);

    ServerProcess forget =
        ServerProcess.launch(folder, settings, "forget", "Ada.Lovelace@example.COM");

    assertEquals(
        0,
        forget.exitCode(),
        () ->
            forget.log()
                + " of "
                + server.log().stream()
                    .filter(l -> l.contains("ERROR") || l.contains("WARN"))
                    .toList());
    assertEquals(List.of(), grep());
    assertEquals(
        List.of(
            "Removed from calendly_webhook_events: " + hers.size(),
            "Removed from invitees: 2",
            "Removed from meetings: 1",
            "Removed from routing_form_submissions: 1",
            "Redacted in calendly_webhook_events: 1",
            "Redacted in invitees: 1",
            "Redacted in meetings: 1",
            "Redacted in sightings: 1"),
        forget.log().subList(0, 8));
    assertEquals(
        "The address is in no file of " + folder.toAbsolutePath() + " any more.",
        forget.log().get(forget.log().size() - 1));
    assertEquals(List.of("bob|team|[forgotten]"), rows(BOB));
    ServerProcess again = ServerProcess.launch(folder, settings, "forget", ADDRESS);
    assertEquals(1, again.exitCode());
    assertEquals(List.of("The address is nowhere in " + folder.toAbsolutePath()), again.log());

    for (byte[] body : hers) {
      assertEquals(200, server.post(body));
    }
    enough.set(true);
    load.get();
    assertEquals(200, server.post(Deliveries.booking("last", "last").body()));
    Eventually.holds(
        "all is applied",
        () -> rows("SELECT 1 FROM invitees WHERE email = 'last@example.com'").size() == 1);
    assertEquals(List.of(), rows("SELECT uri FROM invitees WHERE uri LIKE '%/ada%'"));
    assertEquals(List.of("bob|team|[forgotten]"), rows(BOB));
    ServerProcess rebuild = ServerProcess.launch(folder, settings, "rebuild", "--dry-run");
    assertEquals(0, rebuild.exitCode());
    assertEquals(List.of("The tables are as the stored events make them."), rebuild.log());
    assertEquals(0, server.terminate());
    if (!isJournalEmpty()) {
      // What it had no time for when it was told to stop goes after the next start.
      server = ServerProcess.start(folder, settings);
      Eventually.holds("the journal is empty", this::isJournalEmpty);
      assertEquals(0, server.terminate());
    }
    assertEquals(List.of(), grep());
  }

  @Test
  void events_that_do_not_fit_into_memory_do_not_end_the_server() throws Exception {
    assertEquals(200, server.post(her(Deliveries.booking("alone", "ada")).body()));
    awaitRows(1);
    insert(45_000);

    ServerProcess forget = ServerProcess.launch(folder, settings, "forget", ADDRESS);

    assertEquals(0, forget.exitCode(), () -> forget.log() + " of " + server.log());
    assertTrue(server.isAlive());
    assertEquals(List.of(), rows("SELECT 1 FROM invitees"));
    awaitRows(45_000);
  }

  /** Events with an answer of two lines: what is escaped in it could be an address. */
  private void insert(int events) throws Exception {
    try (Connection connection = OtherWriter.at(folder.resolve("calendly.db"));
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
          INSERT INTO calendly_webhook_events (event_id, event_type, status, payload, received_at)
          SELECT 'e' || i, 'contact.created', 'ignored',
            '{"event":"contact.created","payload":{"uri":"e' || i || '","answer":"one\\n' || hex(zeroblob(900)) || '"}}',
            '2026-11-23T10:00:00.000000Z'
          FROM n
          """
              .formatted(events));
    }
  }

  private static final String BOB =
      """
      SELECT 'bob', 'team', json_extract(m.guests, '$[0].email') FROM invitees i JOIN meetings m ON m.uri = i.meeting_uri
      WHERE i.email = 'bob@example.com' AND instr(i.answers, '[forgotten]')
      """;

  /** A meeting of her own, canceled, with a no-show; one of a group; and what else names her. */
  private static List<byte[]> hers() {
    List<byte[]> hers = new ArrayList<>();
    hers.add(her(Deliveries.booking("alone", "ada")).body());
    hers.add(her(Deliveries.cancellation("alone", "ada")).body());
    Deliveries noShow = her(Deliveries.booking("alone", "ada").event("invitee_no_show.created"));
    noShow.payload().putObject("no_show").put("uri", "https://api.calendly.com/invitee_no_shows/1");
    hers.add(noShow.body());
    Deliveries group =
        her(Deliveries.booking("team", "ada2")).updatedAt("2026-11-23T12:00:00.000000Z");
    ((ObjectNode) group.payload().get("scheduled_event"))
        .put("updated_at", "2026-11-23T12:00:00.000000Z");
    guest(group, ADDRESS.toUpperCase(java.util.Locale.ROOT));
    hers.add(group.body());
    hers.add(
        bytes(
            "{\"event\":\"routing_form_submission.created\",\"created_at\":\"2026-11-23T10:00:00.000000Z\",\"payload\":"
                + "{\"uri\":\"https://api.calendly.com/routing_form_submissions/1\",\"questions_and_answers\":"
                + "[{\"answer\":\"ada.lovelace\\u0040example.com\"}]}}"));
    hers.add(
        bytes(
            "{\"event\":\"contact.created\",\"payload\":{\"contact\":{\"uri\":\"c1\",\"email\":\""
                + ADDRESS
                + "\"}}}"));
    hers.add(bytes("not JSON, of " + ADDRESS));
    return hers;
  }

  private static Deliveries her(Deliveries delivery) {
    delivery.payload().put("email", "Ada.Lovelace@example.com");
    return delivery;
  }

  /** Of the same group; he brings her as a guest, and says how he knows her. */
  private static byte[] ofBob() {
    Deliveries bob = Deliveries.booking("team", "bob");
    guest(bob, ADDRESS);
    bob.payload()
        .putArray("questions_and_answers")
        .addObject()
        .put("answer", "see https://example.com/?who=ada.lovelace%40example.com");
    return bob.body();
  }

  private static void guest(Deliveries delivery, String email) {
    ((ObjectNode) delivery.payload().get("scheduled_event"))
        .putArray("event_guests")
        .addObject()
        .put("email", email);
  }

  private void leaveCopies() throws Exception {
    DatabaseCopy.make(
        folder.resolve("calendly.db"), folder.resolve("calendly.db.v2-20261101T000000Z"));
    Path damaged = Files.createDirectories(folder.resolve("journal/damaged"));
    Files.writeString(
        damaged.resolve("a.txt"), "{\\\"email\\\":\\\"ada.lovelace\\\\u0040example.com");
  }

  private Void deliver() throws Exception {
    while (!enough.get()) {
      String name = "n" + posted.incrementAndGet();
      assertEquals(200, server.post(Deliveries.booking(name, name).body()));
    }
    return null;
  }

  /** In which files it is, says grep. */
  private List<String> grep() throws Exception {
    Process grep =
        new ProcessBuilder("grep", "-rliaE", TRACE, folder.toString())
            .redirectErrorStream(true)
            .start();
    List<String> found =
        new String(grep.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    assertTrue(grep.waitFor() <= 1 || found.stream().allMatch(line -> line.startsWith("grep:")));
    return found.stream().filter(line -> !line.startsWith("grep:")).toList();
  }

  private boolean isJournalEmpty() throws Exception {
    try (Stream<Path> files = Files.list(folder.resolve("journal"))) {
      return files.noneMatch(one -> one.toString().endsWith(".ndjson"));
    }
  }

  private void awaitRows(int events) throws Exception {
    Eventually.holds(
        "all is applied",
        () ->
            rows("SELECT count(*) FROM calendly_webhook_events")
                .equals(List.of(Integer.toString(events))));
  }

  private List<String> rows(String sql) {
    try {
      return RunningReceiver.rows(folder.resolve("calendly.db"), sql);
    } catch (java.sql.SQLException notNow) {
      return List.of(notNow.toString());
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
