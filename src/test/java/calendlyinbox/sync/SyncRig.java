package calendlyinbox.sync;

import calendlyinbox.RunningReceiver;
import calendlyinbox.SettableClock;
import calendlyinbox.calendly.ApiSettings;
import calendlyinbox.calendly.ApiToken;
import calendlyinbox.calendly.CalendlyApi;
import calendlyinbox.calendly.FakeCalendly;
import calendlyinbox.calendly.SubscriptionScope;
import calendlyinbox.calendly.WebhookMessage;
import calendlyinbox.events.AfterApply;
import calendlyinbox.store.Database;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * A server without a token, to which a test delivers what it likes; Calendly's fake; and a sync
 * between the two that is run by hand. Nothing sleeps: a wait turns the clock.
 */
final class SyncRig implements AutoCloseable {
  static final String EVENTS =
      "SELECT event_type, event_id, status, source FROM calendly_webhook_events"
          + " WHERE event_type <> 'test.done' ORDER BY event_type, event_id";

  /** Everything a query sees, but not which description won; rows in the order of their uris. */
  static final List<String> TABLES =
      List.of(
          "SELECT uri, name, status, start_time, end_time, event_type, location_type, location, join_url,"
              + " location_status, location_json, hosts, guests, invitees_total, invitees_active,"
              + " invitees_limit, canceled_by, canceler_type, cancel_reason, canceled_at, created_at,"
              + " updated_at, said_status FROM meetings ORDER BY uri",
          "SELECT uri, meeting_uri, name, first_name, last_name, email, timezone, status, canceled_by,"
              + " canceler_type, cancel_reason, canceled_at, rescheduled, old_invitee, new_invitee,"
              + " no_show, no_show_at, answers, tracking, payment, reconfirmation,"
              + " text_reminder_number, scheduling_method, invitee_scheduled_by,"
              + " routing_form_submission, cancel_url, reschedule_url, created_at, updated_at"
              + " FROM invitees ORDER BY uri",
          "SELECT * FROM bookings ORDER BY invitee_uri");

  /** Nothing at all may differ: also what is no business of a query. */
  static final List<String> ALL_BYTES =
      List.of(
          "SELECT * FROM meetings ORDER BY uri",
          "SELECT * FROM invitees ORDER BY uri",
          "SELECT * FROM calendly_webhook_events ORDER BY id");

  final SettableClock clock = new SettableClock(Instant.parse("2026-11-23T10:00:00Z"));
  final FakeCalendly calendly = FakeCalendly.start(clock);
  final RunningReceiver receiver;

  /** At each wait between two tries of a call. */
  Runnable whileCalendlyIsAsked = () -> {};

  /** How far our clock is ahead of Calendly's. */
  Duration ahead = Duration.ZERO;

  final Clock ours =
      new Clock() {
        @Override
        public Instant instant() {
          return clock.instant().plus(ahead);
        }

        @Override
        public ZoneId getZone() {
          return clock.getZone();
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }
      };

  private final Path folder;
  private int batches;
  private final List<Database> databases = new ArrayList<>();

  SyncRig(Path folder) {
    this.folder = folder;
    this.receiver = RunningReceiver.start(folder, Map.of(), clock);
    try {
      // Its tables are made now, not at the same moment as by a sync.
      receiver.get("/health");
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  CalendlyApi api() {
    return api(ApiSettings.standard());
  }

  private CalendlyApi api(ApiSettings settings) {
    return new CalendlyApi(
        calendly.url(),
        new ApiToken(calendly.account().token()),
        ours,
        this::turn,
        new Random(1),
        settings);
  }

  private void turn(Duration wait) {
    clock.advance(wait);
    whileCalendlyIsAsked.run();
  }

  Sync sync() {
    return sync(SubscriptionScope.USER);
  }

  Sync sync(SubscriptionScope scope) {
    return new Sync(api(), scope, database(), folder, AfterApply.NOTHING, ours);
  }

  Sync sync(ApiSettings settings) {
    return new Sync(
        api(settings), SubscriptionScope.USER, database(), folder, AfterApply.NOTHING, ours);
  }

  Database database() {
    Database database = new Database(receiver.database(), Duration.ofSeconds(5), clock);
    databases.add(database);
    return database;
  }

  Path folder() {
    return folder;
  }

  Tally run() throws Exception {
    return run(sync());
  }

  static Tally run(Sync sync) throws Exception {
    SyncOutcome outcome = sync.run(SyncRequest.anew("test"), SyncWatcher.NOBODY);
    if (outcome instanceof SyncOutcome.Done done) {
      return done.tally();
    }
    throw new AssertionError("wanted a sync that is done, got " + outcome);
  }

  /** What a dry run would change. */
  List<Change> dryRun() throws Exception {
    List<Change> found = new ArrayList<>();
    SyncWatcher watcher =
        new SyncWatcher() {
          @Override
          public void found(List<Change> changes) {
            found.addAll(changes);
          }
        };
    sync().run(new SyncRequest("test", Optional.empty(), false, true), watcher);
    return found;
  }

  void deliver(WebhookMessage message) throws Exception {
    deliver(List.of(message));
  }

  /** Delivers, and waits until all of it is in the tables. */
  void deliver(Collection<WebhookMessage> messages) throws Exception {
    for (WebhookMessage message : messages) {
      post(message.body(calendly.account().user()));
    }
    // Deliveries are applied in the order they came, so when this one is there, all are.
    String last = "last-of-batch-" + ++batches;
    String body = "{\"event\":\"test.done\",\"payload\":{\"uri\":\"" + last + "\"}}";
    post(body.getBytes(StandardCharsets.UTF_8));
    String count = "SELECT count(*) FROM calendly_webhook_events WHERE event_type = 'test.done'";
    receiver.awaitRows(count, String.valueOf(batches));
  }

  /** The database has rows refused, as a defect or a trigger of its owner would. */
  void refuse(String when) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + receiver.database());
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TRIGGER refused "
              + when
              + " BEGIN SELECT RAISE(ABORT, 'refused by a test'); END");
    }
  }

  void forget(String invitee) {
    try {
      String email =
          receiver.rows("SELECT email FROM invitees WHERE uri = '" + invitee + "'").get(0);
      String body = "{\"email\":\"" + email + "\"}";
      int status = receiver.postAsAdmin("/api/forget", body).statusCode();
      long until = System.nanoTime() + Duration.ofMinutes(5).toNanos();
      while (status == 202 && System.nanoTime() < until) {
        // It goes on; the same request waits for the rest.
        status = receiver.postAsAdmin("/api/forget", body).statusCode();
      }
      if (status != 200) {
        throw new AssertionError("forgetting was answered " + status);
      }
    } catch (IOException | InterruptedException | SQLException e) {
      throw new AssertionError(e);
    }
  }

  private void post(byte[] body) throws Exception {
    int status = receiver.post(body);
    if (status != 200) {
      throw new AssertionError("a delivery was answered " + status);
    }
  }

  List<List<String>> tables(List<String> queries) throws Exception {
    List<List<String>> tables = new ArrayList<>();
    for (String query : queries) {
      tables.add(receiver.rows(query));
    }
    return tables;
  }

  @Override
  public void close() {
    databases.forEach(Database::close);
    receiver.close();
    calendly.close();
  }
}
