package calendlyinbox.cli;

import calendlyinbox.calendly.ApiToken;
import calendlyinbox.calendly.SubscriptionScope;
import calendlyinbox.delivery.SigningKey;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import calendlyinbox.sync.FetchDetails;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/** The command line as a test uses it: a data folder, a clock that stands, streams to look at. */
record Tool(
    Path folder, int port, List<SigningKey> environmentKeys, Clock clock, Site.Calendly calendly) {
  private static final Site.Calendly NO_CALENDLY =
      new Site.Calendly(
          Optional.empty(),
          URI.create("https://api.calendly.com"),
          Optional.empty(),
          SubscriptionScope.USER,
          FetchDetails.MISSING);

  static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
  static final int SERVED = 42;

  static Tool in(Path folder) {
    return new Tool(folder, 8080, List.of(), Clock.fixed(NOW, ZoneOffset.UTC), NO_CALENDLY);
  }

  Tool onPort(int other) {
    return new Tool(folder, other, environmentKeys, clock, calendly);
  }

  Tool withKeys(String... keys) {
    return new Tool(
        folder, port, List.of(keys).stream().map(SigningKey::new).toList(), clock, calendly);
  }

  Tool withClock(Clock other) {
    return new Tool(folder, port, environmentKeys, other, calendly);
  }

  Tool withCalendly(Site.Calendly other) {
    return new Tool(folder, port, environmentKeys, clock, other);
  }

  Tool withToken(URI api, String token) {
    return withCalendly(
        new Site.Calendly(
            Optional.of(new ApiToken(token)),
            api,
            calendly.publicUrl(),
            calendly.scope(),
            calendly.fetchEventDetails()));
  }

  Tool withPublicUrl(String url) {
    return withCalendly(
        new Site.Calendly(
            calendly.token(),
            calendly.apiUrl(),
            Optional.of(URI.create(url)),
            calendly.scope(),
            calendly.fetchEventDetails()));
  }

  Tool forOrganization() {
    return withCalendly(
        new Site.Calendly(
            calendly.token(),
            calendly.apiUrl(),
            calendly.publicUrl(),
            SubscriptionScope.ORGANIZATION,
            calendly.fetchEventDetails()));
  }

  /** What a command left on the screen. */
  record Ran(int exitCode, byte[] bytes, String err) {
    String out() {
      return new String(bytes, StandardCharsets.UTF_8);
    }

    List<String> lines() {
      return out().lines().toList();
    }
  }

  Ran run(String... args) {
    return runWith(new byte[0], args);
  }

  Ran runWith(byte[] input, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Ran ran = runInto(out, input, args);
    return new Ran(ran.exitCode(), out.toByteArray(), ran.err());
  }

  /** With a standard output of the test's own, of which nothing is told. */
  Ran runInto(OutputStream out, byte[] input, String... args) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Streams streams = new Streams(new ByteArrayInputStream(input), out, err);
    int exitCode = CommandLineTool.run(site(), clock, streams, args);
    return new Ran(exitCode, new byte[0], err.toString(StandardCharsets.UTF_8));
  }

  Site site() {
    return new Site(
        folder,
        databaseFile(),
        folder.resolve("signing.key"),
        environmentKeys,
        Duration.ofMinutes(3),
        "0.0.0.0",
        port,
        Optional.empty(),
        calendly,
        () -> SERVED);
  }

  Path databaseFile() {
    return folder.resolve("calendly.db");
  }

  Database database() {
    return new Database(databaseFile(), Duration.ofSeconds(5), clock);
  }

  /** Makes the tables. */
  Tool withDatabase() throws DatabaseUnavailableException {
    execute("SELECT 1");
    return this;
  }

  void execute(String sql) throws DatabaseUnavailableException {
    try (Database database = database()) {
      database.write(handle -> handle.execute(sql));
    }
  }

  /** Returns the texts of one column. */
  List<String> look(String sql) throws DatabaseUnavailableException {
    try (Database database = database()) {
      return database.look(handle -> handle.createQuery(sql).mapTo(String.class).list());
    }
  }

  /** Puts an event into the table, in a form that a test does not depend on. */
  void storeEvent(long id, String type, String status, byte[] payload)
      throws DatabaseUnavailableException {
    try (Database database = database()) {
      database.write(
          handle ->
              handle
                  .createUpdate(
                      """
                      INSERT INTO calendly_webhook_events
                        (id, event_id, event_type, status, payload, received_at, attempts, last_error)
                      VALUES (:id, 'uri:' || :id, :type, :status,
                        iif(:text, CAST(:payload AS TEXT), :payload),
                        '2026-11-23T09:00:0' || :id || '.000000Z', 1,
                        iif(:status = 'failed', 'it went wrong', NULL))
                      """)
                  .bind("id", id)
                  .bind("type", type)
                  .bind("status", status)
                  .bind("text", new calendlyinbox.journal.RawBody(payload).isUtf8())
                  .bind("payload", payload)
                  .execute());
    }
  }

  void storeBooking(String id, String name, String meeting, String start)
      throws DatabaseUnavailableException {
    try (Database database = database()) {
      database.write(
          handle -> {
            handle.execute(
                "INSERT INTO meetings (uri, name, start_time, location) VALUES (?, ?, ?, 'Room 1')",
                "m:" + id,
                meeting,
                start);
            return handle.execute(
                "INSERT INTO invitees (uri, meeting_uri, name, email) VALUES (?, ?, ?, ?)",
                "i:" + id,
                "m:" + id,
                name,
                id + "@example.com");
          });
    }
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
