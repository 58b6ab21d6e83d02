package calendlyinbox.admin;

import calendlyinbox.Deliveries;
import calendlyinbox.RunningReceiver;
import calendlyinbox.events.StatusCounts;
import calendlyinbox.store.Database;
import java.lang.management.ManagementFactory;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * Run by hand: fills a folder with a million events as a busy organization has them after some
 * years, and measures how long the real server takes to answer what the console asks.
 *
 * <pre>java … calendlyinbox.admin.MillionEvents FOLDER [EVENTS]</pre>
 */
final class MillionEvents {
  /** The whole process, client and all: what a machine that is busy otherwise does not blur. */
  private static final com.sun.management.OperatingSystemMXBean PROCESS =
      (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private static final int ROUNDS = 7;
  private static final int SEED = 5;
  private static final Instant FIRST = Instant.now().minus(Duration.ofDays(1400));
  private static final int AT_ONCE = 20_000;

  private final Random random = new Random(SEED);
  private final int events;

  private MillionEvents(int events) {
    this.events = events;
  }

  public static void main(String[] args) throws Exception {
    Path folder = Files.createDirectories(Path.of(args[0]));
    int events = args.length > 1 ? Integer.parseInt(args[1]) : 1_000_000;
    if (Files.notExists(folder.resolve("calendly.db"))) {
      new MillionEvents(events).fill(folder.resolve("calendly.db"));
    }
    measure(folder, events);
  }

  private void fill(Path file) throws Exception {
    try (Database database = new Database(file, Duration.ofSeconds(5), Clock.systemUTC())) {
      database.write(handle -> handle.execute("SELECT 1"));
    }
    String template =
        new String(Deliveries.booking("MEETING", "INVITEE").body(), StandardCharsets.UTF_8);
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      connection.createStatement().execute("PRAGMA synchronous = OFF");
      connection.setAutoCommit(false);
      try (PreparedStatement event =
              connection.prepareStatement(
                  "INSERT INTO calendly_webhook_events (event_id, event_type, status, payload, created_at,"
                      + " received_at, processed_at, attempts) VALUES (?, ?, ?, ?, ?, ?, ?, 1)");
          PreparedStatement meeting =
              connection.prepareStatement(
                  "INSERT INTO meetings (uri, name, start_time, end_time, status) VALUES (?, 'Intro', ?, ?, ?)");
          PreparedStatement invitee =
              connection.prepareStatement(
                  "INSERT INTO invitees (uri, meeting_uri, name, email, status) VALUES (?, ?, ?, ?, ?)");
          PreparedStatement submission =
              connection.prepareStatement(
                  "INSERT INTO routing_form_submissions (uri, submitter) VALUES (?, ?)")) {
        for (int i = 0; i < events; i++) {
          row(i, template, event, meeting, invitee, submission);
          if (i % AT_ONCE == AT_ONCE - 1) {
            for (PreparedStatement each :
                new PreparedStatement[] {event, meeting, invitee, submission}) {
              each.executeBatch();
            }
            connection.commit();
            System.err.println(i + 1 + " events");
          }
        }
        for (PreparedStatement each :
            new PreparedStatement[] {event, meeting, invitee, submission}) {
          each.executeBatch();
        }
        connection.commit();
      }
    }
  }

  private void row(
      int i,
      String template,
      PreparedStatement event,
      PreparedStatement meeting,
      PreparedStatement invitee,
      PreparedStatement submission)
      throws SQLException {
    String id = String.format("%08x-%04x", i, random.nextInt(1 << 16));
    String of = Deliveries.meetingUri("M" + id);
    String uri = Deliveries.inviteeUri("M" + id, "I" + id);
    String email = "person" + (i % (events / 4 + 1)) + "@example.com";
    Instant at = FIRST.plusSeconds((long) i * 120);
    String time = calendlyinbox.calendly.CalendlyTime.text(at);
    String body =
        template
            .replace("MEETING", "M" + id)
            .replace("INVITEE@example.com", email)
            .replace("INVITEE", "I" + id);
    int kind = random.nextInt(100);
    if (kind < 80) {
      boolean canceled = random.nextInt(20) == 0;
      String starts =
          calendlyinbox.calendly.CalendlyTime.text(at.plus(Duration.ofDays(random.nextInt(30))));
      add(meeting, of, starts, starts, canceled ? "canceled" : "active");
      add(invitee, uri, of, "Person " + i, email, canceled ? "canceled" : "active");
    }
    String type =
        kind < 80
            ? "invitee.created"
            : kind < 90
                ? "invitee.canceled"
                : kind < 93
                    ? "invitee_no_show.created"
                    : kind < 96 ? "routing_form_submission.created" : "contact.updated";
    String eventId =
        switch (type) {
          case "invitee_no_show.created" -> "https://api.calendly.com/invitee_no_shows/N" + id;
          case "routing_form_submission.created" ->
              "https://api.calendly.com/routing_form_submissions/S" + id;
          case "contact.updated" -> "https://api.calendly.com/contacts/C" + id + "@" + time;
          default -> uri;
        };
    if (type.equals("routing_form_submission.created")) {
      add(submission, eventId, uri);
    }
    String status = type.equals("contact.updated") ? "ignored" : "processed";
    // Rare ones, and most of them long ago: the newest are far away from the end.
    if (random.nextInt(10_000) == 0 || i > 1000 && i < 1200) {
      status = "failed";
    } else if (i % 50_000 == 7) {
      status = "pending";
    }
    add(event, eventId, type, status, body, time, time, time);
  }

  private static void add(PreparedStatement statement, String... values) throws SQLException {
    for (int i = 0; i < values.length; i++) {
      statement.setString(i + 1, values[i]);
    }
    statement.addBatch();
  }

  private static void measure(Path folder, int events) throws Exception {
    String email = "person" + events / 8 + "@example.com";
    String uri =
        RunningReceiver.rows(
                folder.resolve("calendly.db"),
                "SELECT uri FROM invitees WHERE email = '" + email + "'")
            .get(0);
    String meeting = uri.substring(0, uri.indexOf("/invitees/"));
    String submission =
        RunningReceiver.rows(
                folder.resolve("calendly.db"), "SELECT min(uri) FROM routing_form_submissions")
            .get(0);
    Map<String, String> asked = new LinkedHashMap<>();
    asked.put("nothing: the door alone", "/ready");
    asked.put("first view", "/api/events");
    asked.put("status", "/api/status");
    asked.put("event types", "/api/event-types");
    asked.put("deliveries 24h", "/api/deliveries?range=24h");
    asked.put("deliveries 30d", "/api/deliveries?range=30d");
    for (String status : StatusCounts.STATUSES) {
      asked.put(status, "/api/events?status=" + status);
    }
    for (String type :
        new String[] {"invitee.created", "invitee.canceled", "contact.updated", "no.such"}) {
      asked.put(type, "/api/events?type=" + type);
      asked.put(type + " failed", "/api/events?status=failed&type=" + type);
      asked.put(type + " processed", "/api/events?status=processed&type=" + type);
      asked.put(type + " ignored", "/api/events?status=ignored&type=" + type);
    }
    asked.put("q e-mail", "/api/events?q=" + email);
    asked.put("q e-mail, unknown", "/api/events?q=nobody@example.com");
    asked.put(
        "q e-mail, status, type", "/api/events?status=processed&type=invitee.created&q=" + email);
    asked.put("q invitee", "/api/events?q=" + encoded(uri));
    asked.put("q meeting", "/api/events?q=" + encoded(meeting));
    asked.put("q submission", "/api/events?q=" + encoded(submission));
    asked.put("q unknown uri", "/api/events?q=" + encoded("https://api.calendly.com/x"));
    for (String before : new String[] {Integer.toString(events / 2), "1000", "51"}) {
      asked.put("before " + before, "/api/events?limit=200&before=" + before);
      asked.put("failed before " + before, "/api/events?status=failed&limit=200&before=" + before);
      asked.put(
          "type before " + before, "/api/events?type=invitee.canceled&limit=200&before=" + before);
    }
    asked.put("one event", "/api/events/" + events / 2);
    asked.put("meetings", "/api/meetings");
    asked.put("meetings from 2000", "/api/meetings?from=2000-01-01&limit=1000");
    asked.put("meetings canceled from 2000", "/api/meetings?from=2000-01-01&status=canceled");
    asked.put("meetings e-mail from 2000", "/api/meetings?from=2000-01-01&email=" + email);
    asked.put("calendar feed", "/api/meetings.ics");
    try (RunningReceiver receiver = RunningReceiver.start(folder)) {
      System.out.printf(
          "%-34s %8s %8s %8s %8s %9s%n", "ms", "first", "median", "max", "cpu", "bytes");
      for (Map.Entry<String, String> one : asked.entrySet()) {
        measure(receiver, one.getKey(), one.getValue());
      }
    }
  }

  private static void measure(RunningReceiver receiver, String name, String path) throws Exception {
    double[] millis = new double[ROUNDS];
    double[] cpu = new double[ROUNDS];
    int bytes = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long begun = System.nanoTime();
      long cpuBefore = PROCESS.getProcessCpuTime();
      HttpResponse<String> answer = receiver.getAsAdmin(path);
      millis[round] = (System.nanoTime() - begun) / 1e6;
      cpu[round] = (PROCESS.getProcessCpuTime() - cpuBefore) / 1e6;
      bytes = answer.body().length();
      if (answer.statusCode() != 200) {
        throw new IllegalStateException(path + ": " + answer.statusCode() + " " + answer.body());
      }
    }
    double first = millis[0];
    Arrays.sort(millis);
    Arrays.sort(cpu);
    System.out.printf(
        "%-34s %8.1f %8.1f %8.1f %8.1f %9d%n",
        name, first, millis[ROUNDS / 2], millis[ROUNDS - 1], cpu[ROUNDS / 2], bytes);
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
