package calendlyinbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.calendly.FakeBookings.Booking;
import calendlyinbox.calendly.FakeCalendly;
import calendlyinbox.calendly.Fault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code sync} as a process of its own, killed while it writes, beside a running server. */
@Timeout(3600)
class SyncProcessTest {
  private static final int MEETINGS = 20;
  private static final int KILLS = 3;
  private static final long SEED = 7;

  /** Of one meeting. */
  private static final int INVITEES = 40;

  /** So many meetings it goes on to, at most, while the kill is on its way. */
  private static final int FURTHER = 3;

  /** Each sync is a JVM that starts beside others. */
  private static final Duration PATIENCE = Duration.ofMinutes(20);

  @TempDir private Path folder;
  private FakeCalendly calendly;
  private Map<String, String> settings;

  @BeforeEach
  void open() {
    calendly = FakeCalendly.start(Clock.systemUTC());
    settings =
        Map.of(
            "CALENDLY_API_TOKEN", calendly.account().token(),
            "CALENDLY_API_URL", calendly.url().toString(),
            "FETCH_EVENT_DETAILS", "never");
  }

  @AfterEach
  void close() {
    calendly.close();
  }

  @Test
  void a_sync_killed_three_times_brings_in_everything_once() throws Exception {
    Random random = new Random(SEED);
    try (ServerProcess server = ServerProcess.start(folder, settings)) {
      Eventually.holds(
          "the first sync is over",
          PATIENCE,
          () -> number("SELECT count(*) FROM sync_runs WHERE status = 'done'") == 1);
      Instant now = Instant.now();
      for (int i = 0; i < MEETINGS; i++) {
        calendly.bookings().book("P" + i, now.plus(Duration.ofDays(1 + i)));
      }
      calendly.answersAfter(Duration.ofMillis(15));
      for (int kill = 0; kill < KILLS; kill++) {
        long wanted = number("SELECT count(*) FROM invitees") + 1 + random.nextInt(3);
        // However late the kill comes, it is not done by then.
        calendly
            .faults()
            .next(
                Integer.MAX_VALUE,
                Fault.STUCK,
                call -> number("SELECT count(*) FROM invitees") >= wanted + FURTHER);
        ServerProcess sync = ServerProcess.launch(folder, settings, "sync");
        Eventually.holds(
            "it writes", PATIENCE, () -> number("SELECT count(*) FROM invitees") >= wanted);
        sync.kill();
        calendly.faults().over();
      }
      long before = number("SELECT count(*) FROM invitees");
      assertTrue(before < MEETINGS, "the kills came while it wrote: " + before);

      assertEquals(0, ServerProcess.launch(folder, settings, "sync").exitCode());

      assertEquals(MEETINGS, number("SELECT count(*) FROM bookings WHERE status = 'active'"));
      assertEquals(
          MEETINGS,
          number(
              "SELECT count(*) FROM calendly_webhook_events WHERE source = 'sync' AND status = 'processed'"));
      assertEquals(
          1,
          number("SELECT count(*) FROM sync_runs WHERE reason = 'command'"),
          "gone on with, not begun anew");
      assertEquals(0, server.terminate());
    }
  }

  @Test
  void a_dry_run_that_finds_more_than_fits_into_memory_comes_to_its_end() throws Exception {
    try (ServerProcess server = ServerProcess.start(folder, Map.of())) {
      assertEquals(0, server.terminate(), "it made the tables");
    }
    calendly.rateLimit().perMinute(100_000);
    Instant now = Instant.now();
    String name = "x".repeat(300_000);
    for (int i = 0; i < 150; i++) {
      calendly.bookings().book(name + i, now.plus(Duration.ofDays(1)).plusSeconds(60 * i));
    }

    Path errors = folder.resolve("errors.txt");
    List<String> command = new ArrayList<>(ServerProcess.javaCommand("calendlyinbox.Main"));
    command.addAll(List.of("sync", "--dry-run", "--json"));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(settings);
    builder.environment().put("DATA_DIR", folder.toString());
    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(errors.toFile());

    int exitCode = builder.start().waitFor();
    assertEquals(0, exitCode, Files.readString(errors));
  }

  @Test
  void a_meeting_whose_invitees_are_more_than_fits_into_memory_is_brought_in() throws Exception {
    calendly.rateLimit().perMinute(100_000);
    calendly.paging().pagesOfAtMost(2);
    String name = "x".repeat(200_000);
    Booking group =
        calendly
            .bookings()
            .book(
                name, Instant.now().plus(Duration.ofDays(1)), calendly.account().user(), INVITEES);
    for (int i = 1; i < INVITEES; i++) {
      calendly.bookings().join(group.event(), name + i);
    }

    try (ServerProcess server = ServerProcess.start(folder, settings)) {
      Eventually.holds(
          "the first sync is over",
          Duration.ofMinutes(3),
          () -> number("SELECT count(*) FROM sync_runs WHERE status = 'done'") == 1);

      assertEquals(INVITEES, number("SELECT count(*) FROM invitees"));
      assertEquals(0, server.terminate());
    }
  }

  private long number(String sql) {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("calendly.db"));
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      return result.next() ? result.getLong(1) : -1;
    } catch (SQLException notYet) {
      return -1;
    }
  }
}
