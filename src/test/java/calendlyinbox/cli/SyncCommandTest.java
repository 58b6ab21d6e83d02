package calendlyinbox.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.calendly.ApiToken;
import calendlyinbox.calendly.FakeBookings.Booking;
import calendlyinbox.calendly.FakeCalendly;
import calendlyinbox.calendly.Fault;
import calendlyinbox.calendly.SubscriptionScope;
import calendlyinbox.cli.Tool.Ran;
import calendlyinbox.store.Database;
import calendlyinbox.store.FolderLock;
import calendlyinbox.sync.Change;
import calendlyinbox.sync.FetchDetails;
import calendlyinbox.sync.Tally;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyncCommandTest {
  @TempDir Path folder;
  private final FakeCalendly calendly = FakeCalendly.start(Clock.fixed(Tool.NOW, ZoneOffset.UTC));
  private Tool tool;

  @BeforeEach
  void open() throws Exception {
    tool = Tool.in(folder).withDatabase().withClock(Clock.systemUTC()).withCalendly(side());
  }

  @AfterEach
  void close() {
    calendly.close();
  }

  private Site.Calendly side() {
    return new Site.Calendly(
        Optional.of(new ApiToken(calendly.account().token())),
        calendly.url(),
        Optional.empty(),
        SubscriptionScope.USER,
        FetchDetails.MISSING);
  }

  private Booking book(String name) {
    return calendly.bookings().book(name, Clock.systemUTC().instant().plus(Duration.ofDays(3)));
  }

  @Test
  void it_brings_in_what_is_missing_and_a_second_one_finds_nothing() {
    book("Ada");

    Ran first = tool.run("sync");
    Ran second = tool.run("sync");

    assertEquals(
        "Looked at 1 meetings: 2 rows brought up to date, 1 missed events found.\n", first.out());
    assertEquals("", first.err());
    assertEquals(0, first.exitCode());
    assertEquals(
        "Looked at 1 meetings: 0 rows brought up to date, 0 missed events found.\n", second.out());
    assertEquals(2, tool.run("meetings").lines().size());
  }

  @Test
  void a_dry_run_prints_a_table_and_changes_nothing() throws Exception {
    Booking ada = book("Ada");
    tool.run("sync");
    calendly.bookings().cancel(ada.invitee(), "ill");
    byte[] before = Files.readAllBytes(tool.databaseFile());

    Ran ran = tool.run("sync", "--dry-run");

    String table = ran.out().replaceAll("  +", "  ");
    assertTrue(table.startsWith("WHAT  NAME  COLUMN  NOW  WOULD BE\n"), table);
    assertTrue(table.contains("\ninvitee  Ada  status  active  canceled\n"), table);
    assertTrue(table.contains("\ninvitee  Ada  cancel_reason  ill\n"), table);
    assertTrue(table.contains("\nevent  invitee.canceled  (new)\n"), table);
    assertTrue(
        table.endsWith(
            "Looked at 1 meetings: 2 rows to be brought up to date, 1 missed events."
                + " Nothing was changed; ./run.sh sync does it.\n"),
        table);
    assertEquals(0, ran.exitCode());
    assertEquals(List.of(before.length), List.of(Files.readAllBytes(tool.databaseFile()).length));
    assertTrue(!tool.run("meetings").out().contains("canceled"));
    assertTrue(
        tool.run("sync", "--dry-run", "--json")
            .out()
            .contains("\"status\":[\"active\",\"canceled\"]"));
  }

  @Test
  void nothing_to_change_is_a_sentence_and_an_empty_array() {
    assertEquals(
        "Looked at 0 meetings: 0 rows to be brought up to date, 0 missed events.\n",
        tool.run("sync", "--dry-run").out());
    assertEquals("[]\n", tool.run("sync", "--dry-run", "--json").out());
  }

  @Test
  void a_long_table_ends_after_200_rows_and_says_how_many_more_there_are() throws Exception {
    calendly.rateLimit().perMinute(100_000);
    for (int i = 0; i < 70; i++) {
      book("Ada");
    }

    Ran ran = tool.run("sync", "--dry-run");

    assertEquals(1 + 200 + 2, ran.lines().size());
    assertEquals("… and 10 rows more; --json shows all.", ran.lines().get(201));
    assertTrue(
        ran.lines().get(202).startsWith("Looked at 70 meetings: 140 rows to be brought up to date"),
        ran.lines().get(202));
    assertEquals(
        210, new ObjectMapper().readTree(tool.run("sync", "--dry-run", "--json").out()).size());
  }

  @Test
  void json_is_printed_as_it_comes_and_no_whole_array_where_the_dry_run_is_stopped() {
    book("Ada");
    book("Ada");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    List<String> atCall = new CopyOnWriteArrayList<>();
    calendly
        .faults()
        .next(
            Integer.MAX_VALUE,
            Fault.DENIED,
            call -> {
              if (call.line().contains("/invitees")) {
                atCall.add(out.toString(StandardCharsets.UTF_8));
              }
              if (atCall.size() == 2) {
                calendly.account().tokenIsRevoked();
              }
              return false;
            });

    Ran ran = tool.runInto(out, new byte[0], "sync", "--dry-run", "--json");

    assertEquals("", atCall.get(0));
    String first = atCall.get(1);
    assertTrue(first.startsWith("[\n{\"what\":\"meeting\","), first);
    assertTrue(first.contains("\n{\"what\":\"invitee\","), first);
    assertTrue(first.endsWith("},\n"), first);
    assertEquals(first, out.toString(StandardCharsets.UTF_8));
    assertEquals(
        "Calendly refuses the token (401): The access token was revoked;"
            + " mend that and run it again: a dry run keeps nothing and begins anew\n",
        ran.err());
    assertEquals(1, ran.exitCode());
  }

  @Test
  void days_bound_the_meetings_that_are_looked_at() {
    book("Ada");
    String today = Clock.systemUTC().instant().toString().substring(0, 10);

    assertTrue(tool.run("sync", "--to", today).out().startsWith("Looked at 0 meetings"));
    assertTrue(tool.run("sync", "--from", today).out().startsWith("Looked at 1 meetings"));
  }

  @Test
  void from_a_day_on_and_broken_off_it_goes_on_where_it_stood() throws Exception {
    book("Ada");
    String today = Clock.systemUTC().instant().toString().substring(0, 10);
    calendly.account().tokenExpires();
    assertEquals(1, tool.run("sync", "--from", today).exitCode());
    calendly.account().tokenIsGoodAgain();

    assertEquals(0, tool.run("sync", "--from", today).exitCode());

    try (Database database = tool.database()) {
      assertEquals(
          List.of("1|done"),
          database.look(
              handle ->
                  handle
                      .createQuery("SELECT id || '|' || status FROM sync_runs")
                      .mapTo(String.class)
                      .list()));
    }
  }

  @Test
  void wrong_use_is_told_in_a_line() {
    assertEquals(
        "--from is soon; it must be a day such as 2026-11-23; see ./run.sh sync --help\n",
        tool.run("sync", "--from", "soon").err());
    assertEquals(2, tool.run("sync", "--from", "soon").exitCode());
    assertEquals(
        "--from 2026-11-23 is after --to 2026-11-21; see ./run.sh sync --help\n",
        tool.run("sync", "--from", "2026-11-23", "--to", "2026-11-21").err());
    Ran farAhead = tool.run("sync", "--to=+999999999-12-31");
    assertEquals(2, farAhead.exitCode());
    assertEquals(
        "--to is +999999999-12-31; it must be from 2000-01-01 to 9998-12-31; see ./run.sh sync --help\n",
        farAhead.err());
    assertEquals(2, tool.run("sync", "--from=-0001-01-01").exitCode());
    assertEquals(
        "--json goes with --dry-run only; see ./run.sh sync --help\n",
        tool.run("sync", "--json").err());
  }

  @Test
  void without_a_token_it_says_which_variable_is_missing() {
    Ran ran = tool.withCalendly(Tool.in(folder).calendly()).run("sync");

    assertEquals(
        "CALENDLY_API_TOKEN is not set; it must be a personal access token of Calendly"
            + " (Integrations & apps, API and webhooks)\n",
        ran.err());
    assertEquals(2, ran.exitCode());
  }

  @Test
  void a_refused_token_is_one_line_and_exit_1() {
    calendly.account().tokenIsRevoked();

    Ran ran = tool.run("sync");

    assertEquals(
        "Calendly refuses the token (401): The access token was revoked;"
            + " mend that and run it again: it goes on after 0 meetings\n",
        ran.err());
    assertEquals(1, ran.exitCode());
  }

  @Test
  void beside_another_sync_it_names_that_one_and_ends() throws Exception {
    FolderLock other = FolderLock.take(folder, "sync.lock", "pid=4711").lock().orElseThrow();

    Ran ran = tool.run("sync");

    assertEquals(
        "Another sync is under way on this data folder (pid=4711); wait until it is done, then run"
            + " this one if it is still wanted\n",
        ran.err());
    assertEquals(1, ran.exitCode());
    other.close();
  }

  @Test
  void on_a_terminal_one_line_tells_how_far_it_is_and_goes_when_it_is_done() {
    StringWriter screen = new StringWriter();
    SyncScreen terminal =
        new SyncScreen(
            SyncScreen.Kind.TERMINAL,
            Clock.fixed(Tool.NOW, ZoneOffset.UTC),
            new PrintWriter(screen),
            Optional.empty());

    terminal.began(new Tally(0, 0, 0, 0), Optional.of(12L));
    terminal.at(new Tally(3, 0, 0, 0));
    terminal.end();

    assertEquals(
        "\r0 of 12 meetings\r3 of 12 meetings\r" + " ".repeat(16) + "\r", screen.toString());
  }

  @Test
  void on_a_terminal_rows_of_json_are_lines_of_their_own() {
    StringWriter screen = new StringWriter();
    PrintWriter both = new PrintWriter(screen);
    SyncScreen terminal =
        new SyncScreen(
            SyncScreen.Kind.TERMINAL,
            Clock.fixed(Tool.NOW, ZoneOffset.UTC),
            both,
            Optional.of(new DryRun(true, both)));
    Change change = new Change("event", "an-id", "invitee.created", true, Map.of());

    terminal.began(new Tally(0, 0, 0, 0), Optional.of(12L));
    terminal.found(List.of(change, change));
    terminal.at(new Tally(3, 0, 0, 0));

    assertEquals(
        "\r0 of 12 meetings\r"
            + " ".repeat(16)
            + "\r[\n"
            + "{\"what\":\"event\",\"id\":\"an-id\",\"name\":\"invitee.created\",\"new\":true,\"columns\":{}},\n"
            + "\r3 of 12 meetings",
        screen.toString());
  }
}
