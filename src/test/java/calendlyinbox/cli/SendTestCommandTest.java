package calendlyinbox.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.cli.Tool.Ran;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class SendTestCommandTest {
  @TempDir Path folder;

  private Tool withKey() throws Exception {
    return Tool.in(folder).withKeys("newest-key", "older-key");
  }

  @Test
  void the_sample_is_taken_in_and_its_row_is_shown() throws Exception {
    Tool tool = withKey();
    try (ServerFixture server = new ServerFixture(tool)) {
      Ran ran = tool.onPort(server.port()).run("send-test");

      assertEquals("", ran.err());
      assertEquals(0, ran.exitCode());
      String told = ran.out().replaceAll("\\d+ ms", "N ms").replace("" + server.port(), "PORT");
      assertEquals(
          """
          http://127.0.0.1:PORT answered 200 in N ms: {"received":true}
          Its row was in bookings N ms later:

          START (UTC)          MEETING         NAME                                       \
          E-MAIL                            STATUS  WHERE
          2026-11-24 10:00:00  Sample meeting  Sample Booking (calendly-inbox send-test)  \
          send-test@calendly-inbox.invalid  active  nowhere: this is a sample

          To take samples away again: ./run.sh send-test --clean
          """,
          told);
    }
  }

  @Test
  void the_sample_is_no_other_clock_that_agrees_with_the_servers() throws Exception {
    Tool tool = withKey();
    try (ServerFixture server = new ServerFixture(tool)) {
      assertEquals(0, tool.onPort(server.port()).run("send-test").exitCode());

      assertFalse(server.clockWatch().isOfToday());
    }
  }

  @Test
  void clean_removes_all_samples_and_nothing_else() throws Exception {
    Tool tool = withKey().withDatabase();
    tool.storeBooking("real", "Ada", "Intro", "2026-11-25T09:00:00.000000Z");
    tool.storeEvent(7, "invitee.created", "processed", Tool.utf8("{}"));
    String real = "'https://api.calendly.com/scheduled_events/calendly-inbox-samples'";
    tool.execute("UPDATE meetings SET uri = " + real);
    tool.execute("UPDATE invitees SET uri = " + real + ", meeting_uri = " + real);
    tool.execute("UPDATE calendly_webhook_events SET event_id = " + real);
    try (ServerFixture server = new ServerFixture(tool)) {
      assertEquals(0, tool.onPort(server.port()).run("send-test").exitCode());
      assertEquals(0, tool.onPort(server.port()).run("send-test").exitCode());

      tool.execute(
          "INSERT INTO detail_fetches (meeting_uri, wanted, since) SELECT uri, 'details', '' FROM meetings");
      tool.execute(
          "INSERT INTO sightings (resource, event_type, version, seen_at, body) SELECT uri, 'invitee.created', '', '', '{}' FROM invitees");

      Ran ran = tool.run("send-test", "--clean");

      assertEquals(
          List.of("https://api.calendly.com/scheduled_events/calendly-inbox-samples"),
          tool.look("SELECT meeting_uri FROM detail_fetches"));
      assertEquals(
          List.of("https://api.calendly.com/scheduled_events/calendly-inbox-samples"),
          tool.look("SELECT resource FROM sightings"));
      assertEquals("Removed the samples: 2 events, 2 invitees, 2 meetings.\n", ran.out());
      assertEquals(0, ran.exitCode());
    }
    assertEquals("There are no samples.\n", tool.run("send-test", "--clean").out());
    assertEquals(2, tool.run("meetings").lines().size());
    assertEquals(2, tool.run("events").lines().size());
  }

  @Test
  void a_server_with_another_key_is_told_apart() throws Exception {
    try (ServerFixture server = new ServerFixture(withKey())) {
      Ran ran = Tool.in(folder).withKeys("another").onPort(server.port()).run("send-test");

      assertEquals(
          "The server has another signing key than this command; set CALENDLY_WEBHOOK_SIGNING_KEY and DATA_DIR as"
              + " it has them, or restart the server if they were changed\n",
          ran.err());
      assertTrue(ran.out().endsWith(": {\"error\":\"signature_mismatch\"}\n"), ran.out());
      assertEquals(1, ran.exitCode());
    }
  }

  @Test
  void no_server_is_out_of_reach() throws Exception {
    int port = CommandLineToolTest.unusedPort();

    Ran ran = withKey().onPort(port).run("send-test");

    assertEquals(
        "http://127.0.0.1:"
            + port
            + " cannot be reached (nothing accepts connections there); start the server (./run.sh), or set HOST and"
            + " PORT as it has them\n",
        ran.err());
    assertEquals("", ran.out());
    assertEquals(3, ran.exitCode());
  }

  @Test
  void without_a_key_the_server_was_never_started() {
    Ran ran = Tool.in(folder).run("send-test");

    assertEquals(
        "There is no signing key yet: CALENDLY_WEBHOOK_SIGNING_KEY is not set and "
            + folder.resolve("signing.key")
            + " holds none; start the server once (./run.sh), which makes one\n",
        ran.err());
    assertEquals(3, ran.exitCode());
  }

  @Test
  void a_journal_that_cannot_be_written_is_told() throws Exception {
    Ran ran =
        answeredBy(
            new MockResponse.Builder().code(503).body("{\"error\":\"journal_unavailable\"}"));

    assertTrue(ran.out().contains(" answered 503 in "), ran.out());
    assertTrue(
        ran.err()
            .startsWith(
                "The server cannot write its journal; free or mend the disk under its DATA_DIR; curl http://127.0.0.1:"),
        ran.err());
    assertEquals(1, ran.exitCode());
  }

  @Test
  void a_page_of_a_proxy_is_not_our_server() throws Exception {
    Ran ran =
        answeredBy(
            new MockResponse.Builder()
                .code(200)
                .body("<html>\u001b[2J\n<h1>Welcome to nginx!</h1>" + "x".repeat(500)));

    assertEquals(
        "Wanted 200 {\"received\":true}, got an answer that is not ours; another program answers at this address: set"
            + " HOST and PORT to the server's own, not to a proxy's\n",
        ran.err());
    assertEquals(1, ran.lines().size());
    assertTrue(ran.out().contains(": <html>\ufffd[2J <h1>Welcome to nginx!</h1>"), ran.out());
    assertTrue(ran.out().length() < 300, ran.out());
    assertEquals(1, ran.exitCode());
  }

  @Test
  void a_redirect_is_not_followed() throws Exception {
    Ran ran =
        answeredBy(
            new MockResponse.Builder().code(301).addHeader("Location", "https://example.com/"));

    assertTrue(
        ran.err()
            .startsWith("Wanted 200 {\"received\":true}, got a redirect to https://example.com/;"),
        ran.err());
    assertEquals(1, ran.exitCode());
  }

  @Test
  void a_connection_that_ends_without_an_answer_is_out_of_reach() throws Exception {
    Ran ran =
        answeredBy(new MockResponse.Builder().onResponseStart(new SocketEffect.CloseSocket()));

    assertTrue(
        ran.err().contains(" cannot be reached (the connection ended without an answer); "),
        ran.err());
    assertEquals(3, ran.exitCode());
  }

  @Test
  void an_answer_without_a_row_is_not_enough() throws Exception {
    Ran ran = answeredBy(new MockResponse.Builder().code(200).body("{\"received\":true}"));

    assertTrue(
        ran.err()
            .startsWith(
                "The sample was taken in, but is not in bookings of "
                    + folder.resolve("calendly.db")
                    + " after 5 s ("),
        ran.err());
    assertEquals(1, ran.err().lines().count());
    assertEquals(1, ran.exitCode());
    assertFalse(ran.out().contains("START"));
  }

  /** The first request is only a knock. */
  private Ran answeredBy(MockResponse.Builder answer) throws Exception {
    try (MockWebServer server = new MockWebServer()) {
      server.enqueue(new MockResponse.Builder().code(404).build());
      server.enqueue(answer.build());
      start(server);
      return withKey().onPort(server.getPort()).run("send-test");
    }
  }

  private static void start(MockWebServer server) throws IOException {
    server.start(java.net.InetAddress.getByName("127.0.0.1"), 0);
  }
}
