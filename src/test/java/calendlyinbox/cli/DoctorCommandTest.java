package calendlyinbox.cli;

import static calendlyinbox.cli.Tool.utf8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.RunningReceiver;
import calendlyinbox.calendly.Fault;
import calendlyinbox.cli.Tool.Ran;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class DoctorCommandTest {
  @TempDir Path folder;

  private String steady(String told) {
    return told.replace(folder.toAbsolutePath().toString(), "DATA").replaceAll("\\d+ MB", "N MB");
  }

  @Test
  void a_healthy_installation_is_told_line_by_line() throws Exception {
    try (Connected connected = Connected.in(folder)) {
      Ran ran = connected.tool.run("doctor");

      assertEquals("", ran.err());
      assertEquals(
          """
          ✓ configuration      variables are in order; 1 signing key in CALENDLY_WEBHOOK_SIGNING_KEY
          ✓ data folder        DATA
          ✓ disk               N MB free
          ✓ journal            can be written, no damaged lines
          ✓ database           quick_check ok, version 3, writable
          ✓ events             none failed
          ✓ clock              as Calendly's
          ✓ token              taken by Calendly
          ✓ token scopes       users:read, webhooks:write, scheduled_events:read
          – organization role  not needed: WEBHOOK_SCOPE is user
          ✓ subscription       active, made with the newest signing key
          ✓ PUBLIC_URL         URL/api/calendly/webhook is reached, body unaltered, 200; by http, where Calendly may want https
          """,
          steady(ran.out()).replace(connected.publicUrl, "URL"));
      assertEquals(0, ran.exitCode());
    }
  }

  @Test
  void a_sick_installation_is_told_with_a_fix_for_each_fault_and_skips_what_hangs_on_them()
      throws Exception {
    try (Connected connected = Connected.in(folder)) {
      Path damaged = Files.createDirectories(folder.resolve("journal/damaged"));
      Files.writeString(damaged.resolve("20261123-at-0.txt"), "not a line");
      connected.calendly.clockIsAhead(Duration.ofSeconds(91));
      connected.calendly.account().tokenExpires();
      int port = CommandLineToolTest.unusedPort();

      Ran ran = connected.tool.withPublicUrl("http://127.0.0.1:" + port).run("doctor");

      assertEquals("", ran.err());
      assertEquals(
          """
          ✓ configuration      variables are in order; 1 signing key in CALENDLY_WEBHOOK_SIGNING_KEY
          ✓ data folder        DATA
          ✓ disk               N MB free
          ✗ journal            1 damaged stretch was set aside in DATA/journal/damaged; look at the files there, then move them away
          ✓ database           quick_check ok, version 3, writable
          ✓ events             none failed
          ✗ clock              91 s behind Calendly's, and SIGNATURE_TOLERANCE is 180 s; let the network set it: sudo timedatectl set-ntp true
          ✗ token              Calendly refuses the token (401): The access token expired; make a new personal access token \
          (Calendly, Integrations & apps, API and webhooks), set CALENDLY_API_TOKEN to it, and restart the server
          – token scopes       skipped: first mend token
          – organization role  skipped: first mend token
          – subscription       skipped: first mend token
          ✗ PUBLIC_URL         http://127.0.0.1:REFUSING refuses connections; start the proxy there and open its port, or set \
          PUBLIC_URL to where it listens; let the proxy pass to URL, where the server answers
          """,
          steady(ran.out())
              .replace(connected.publicUrl, "URL")
              .replace("127.0.0.1:" + port, "127.0.0.1:REFUSING"));
      assertEquals(1, ran.exitCode());
    }
  }

  @Test
  void what_is_not_configured_is_told_and_no_failure() throws Exception {
    Tool tool = Tool.in(folder).withKeys("a-key").withDatabase();
    Files.createDirectories(folder.resolve("journal"));

    Ran ran = tool.run("doctor");

    assertEquals(
        """
        ✓ configuration      variables are in order; 1 signing key in CALENDLY_WEBHOOK_SIGNING_KEY
        ✓ data folder        DATA
        ✓ disk               N MB free
        ✓ journal            can be written, no damaged lines
        ✓ database           quick_check ok, version 3, writable
        ✓ events             none failed
        – clock              CALENDLY_API_TOKEN is not set, so Calendly is not asked
        – token              CALENDLY_API_TOKEN is not set, so Calendly is not asked
        – token scopes       CALENDLY_API_TOKEN is not set, so Calendly is not asked
        – organization role  CALENDLY_API_TOKEN is not set, so Calendly is not asked
        – subscription       CALENDLY_API_TOKEN is not set, so Calendly is not asked
        – PUBLIC_URL         PUBLIC_URL is not set, so nothing is sent through it
        """,
        steady(ran.out()));
    assertEquals(0, ran.exitCode());
  }

  @Test
  void events_that_were_given_up_or_are_tried_in_vain_are_not_well() throws Exception {
    Tool tool = Tool.in(folder).withKeys("a-key").withDatabase();
    Files.createDirectories(folder.resolve("journal"));
    tool.storeEvent(1, "invitee.created", "pending", utf8("{}"));
    assertEquals("✓ events             none failed", tool.run("doctor").lines().get(5));

    tool.execute("UPDATE calendly_webhook_events SET attempts = 5");
    Ran retried = tool.run("doctor");
    assertEquals(
        "✗ events             1 could not be applied in several tries, and are tried for a day; ./run.sh events --status"
            + " pending, events show ID for the reason, then replay ID",
        retried.lines().get(5));
    assertEquals(1, retried.exitCode());

    tool.execute("UPDATE calendly_webhook_events SET status = 'failed'");
    Ran failed = tool.run("doctor");
    assertEquals(
        "✗ events             1 failed, and are not tried any more; ./run.sh events --status failed, events show ID for the"
            + " reason, then replay ID",
        failed.lines().get(5));
    assertEquals(1, failed.exitCode());
  }

  @Test
  void a_folder_in_which_no_server_was_ever_started_is_out_of_reach_and_nothing_is_made() {
    Path nowhere = folder.resolve("nowhere");

    Ran ran = Tool.in(nowhere).withPublicUrl("http://127.0.0.1:9").run("doctor");

    assertEquals(
        List.of(
            "✗ configuration      There is no signing key yet: CALENDLY_WEBHOOK_SIGNING_KEY is not set and "
                + nowhere
                + "/signing.key holds none; start the server once (./run.sh), which makes one",
            "✗ data folder        "
                + nowhere
                + " does not exist; start the server once (./run.sh), or set DATA_DIR to its data folder",
            "– disk               skipped: first mend data folder",
            "– journal            skipped: first mend data folder",
            "– database           skipped: first mend data folder",
            "– events             skipped: first mend data folder"),
        ran.lines().subList(0, 6));
    assertEquals("– PUBLIC_URL         skipped: first mend configuration", ran.lines().get(11));
    assertEquals(1, ran.exitCode());
    assertTrue(Files.notExists(nowhere));
  }

  @Test
  void a_calendly_out_of_reach_is_not_well() throws Exception {
    try (Connected connected = Connected.in(folder)) {
      connected.calendly.faults().always(Fault.HTML_PAGE);

      Ran away = connected.tool.run("doctor");

      assertEquals(1, away.exitCode());
      assertTrue(
          away.lines().get(6).startsWith("✗ clock              Calendly could not be reached: "),
          away.out());
      assertTrue(
          away.lines()
              .get(6)
              .endsWith(
                  "; see whether this machine reaches it: curl -sS " + connected.calendly.url()),
          away.out());
      assertEquals("– token              skipped: first mend clock", away.lines().get(7));
    }
  }

  @Test
  void json_has_a_row_a_check() throws Exception {
    try (Connected connected = Connected.in(folder)) {
      connected.calendly.subscriptions().vanishes(connected.subscription.uri());

      Ran ran = connected.tool.run("doctor", "--json");

      assertEquals(1, ran.exitCode());
      List<String> states = new ArrayList<>();
      JsonNode rows = Json.read(ran.bytes()).orElseThrow();
      rows.forEach(row -> states.add(row.get("check").asText() + " " + row.get("state").asText()));
      assertEquals(
          List.of(
              "configuration well",
              "data folder well",
              "disk well",
              "journal well",
              "database well",
              "events well",
              "clock well",
              "token well",
              "token scopes well",
              "organization role not_configured",
              "subscription not_well",
              "PUBLIC_URL well"),
          states);
      assertEquals(
          "{\"check\":\"subscription\",\"state\":\"not_well\",\"finding\":\"no subscription with scope user delivers to "
              + connected.publicUrl
              + "/api/calendly/webhook\",\"fix\":\"./run.sh connect makes one, and so does the running server\"}",
          rows.get(10).toString());
      assertTrue(rows.get(0).get("fix").isNull());
    }
  }

  @Test
  void neither_secrets_nor_personal_data_are_told() throws Exception {
    try (Connected connected = Connected.in(folder)) {
      String text = connected.tool.run("doctor").out();
      String json = connected.tool.run("doctor", "--json").out();
      connected.calendly.account().tokenIsRevoked();
      String refused = connected.tool.run("doctor").out();

      for (String told : List.of(text, json, refused)) {
        assertFalse(told.contains(Connected.KEY), told);
        assertFalse(told.contains(connected.calendly.account().token()), told);
        assertFalse(told.contains("Ada") || told.contains("ada@"), told);
      }
    }
  }

  @Test
  void it_works_beside_a_running_server_and_leaves_nothing_behind() throws Exception {
    Path data = Files.createDirectories(folder.resolve("data"));
    try (RunningReceiver receiver = RunningReceiver.start(data)) {
      Tool tool =
          Tool.in(data)
              .withKeys(RunningReceiver.KEY.value())
              .withClock(java.time.Clock.systemUTC())
              .onPort(receiver.port())
              .withPublicUrl("http://127.0.0.1:" + receiver.port());
      receiver.awaitEvents(0);

      Ran ran = tool.run("doctor");

      assertEquals(0, ran.exitCode(), ran.out());
      assertTrue(ran.lines().get(11).startsWith("✓ PUBLIC_URL "), ran.out());
      assertEquals(List.of("0"), receiver.rows("SELECT count(*) FROM calendly_webhook_events"));
      receiver.awaitWell("/health");
    }
  }

  @Test
  void wrong_use_is_exit_2() {
    Ran ran = Tool.in(folder).run("doctor", "now");

    assertEquals(2, ran.exitCode());
    assertEquals("", ran.out());
  }
}
