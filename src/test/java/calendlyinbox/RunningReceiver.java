package calendlyinbox;

import calendlyinbox.delivery.Door;
import calendlyinbox.delivery.SignatureHeader;
import calendlyinbox.delivery.SigningKey;
import calendlyinbox.store.Soundness;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * The real server in this process, on a free port and a folder of its own, with the real database
 * and real HTTP.
 */
public final class RunningReceiver implements AutoCloseable {
  /** Any number of tests may share it: it stands for nothing. */
  public static final SigningKey KEY = new SigningKey("a-key-for-tests-0123456789");

  /** Opens what stands behind the gate of any such server. */
  public static final String ADMIN_TOKEN = "an-admin-token-for-tests";

  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<String, String> environment;
  private final Clock clock;
  private final Path folder;
  private Receiver receiver;

  private RunningReceiver(Path folder, Map<String, String> environment, Clock clock) {
    this.folder = folder;
    this.environment = environment;
    this.clock = clock;
  }

  public static RunningReceiver start(Path folder) {
    return start(folder, Map.of());
  }

  public static RunningReceiver start(Path folder, Map<String, String> settings) {
    return start(folder, settings, Clock.systemUTC());
  }

  public static RunningReceiver start(Path folder, Map<String, String> settings, Clock clock) {
    Map<String, String> environment = new HashMap<>();
    environment.put("DATA_DIR", folder.toString());
    environment.put("HOST", "127.0.0.1");
    environment.put("PORT", "0");
    environment.put("CALENDLY_WEBHOOK_SIGNING_KEY", KEY.value());
    environment.put("ADMIN_TOKEN", ADMIN_TOKEN);
    environment.putAll(settings);
    RunningReceiver running = new RunningReceiver(folder, environment, clock);
    running.startAgain();
    return running;
  }

  public void startAgain() {
    try {
      receiver = Receiver.open(Config.of(environment), clock);
    } catch (Config.Faults | Receiver.CannotStart e) {
      throw new IllegalStateException(e);
    }
  }

  /** Stops in order, as SIGTERM does. */
  public void stop() {
    receiver.close();
  }

  @Override
  public void close() {
    stop();
    awaitReading();
  }

  /**
   * A stop does not wait for an inspection of the database that is under way, which makes files
   * beside it: the folder cannot be deleted as long as it goes on.
   */
  public static void awaitReading() {
    try {
      Eventually.holds(
          "no inspection is under way",
          () ->
              Thread.getAllStackTraces().values().stream()
                  .flatMap(Stream::of)
                  .noneMatch(frame -> frame.getClassName().equals(Soundness.class.getName())));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  public int port() {
    return receiver.port();
  }

  public Path database() {
    return folder.resolve("calendly.db");
  }

  public Path journal() {
    return folder.resolve("journal");
  }

  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port() + path);
  }

  /** Posts a delivery with a good signature, and returns the status of the answer. */
  public int post(byte[] body) throws IOException, InterruptedException {
    return post(body, Deliveries.signature(KEY, body, clock.instant())).statusCode();
  }

  public int post(Deliveries delivery) throws IOException, InterruptedException {
    return post(delivery.body());
  }

  public HttpResponse<String> post(byte[] body, String signature)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri(Door.WEBHOOK_PATH))
            .header(SignatureHeader.NAME, signature)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  public HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  /**
   * Asks for {@code /health} or {@code /ready} until all is well: a disk that takes seconds, as on
   * a machine with much to do, is told as trouble.
   */
  public HttpResponse<String> awaitWell(String path) throws Exception {
    AtomicReference<HttpResponse<String>> answer = new AtomicReference<>();
    Eventually.holds(
        path + " says that all is well",
        () -> {
          answer.set(get(path));
          return answer.get().statusCode() == 200;
        });
    return answer.get();
  }

  /** The same as {@link #get} with the admin token. */
  public HttpResponse<String> getAsAdmin(String path) throws IOException, InterruptedException {
    return client.send(
        asAdmin(HttpRequest.newBuilder(uri(path))), HttpResponse.BodyHandlers.ofString());
  }

  public HttpResponse<String> postAsAdmin(String path) throws IOException, InterruptedException {
    return postAsAdmin(path, "");
  }

  public HttpResponse<String> postAsAdmin(String path, String body)
      throws IOException, InterruptedException {
    return client.send(asAdminPosts(path, body), HttpResponse.BodyHandlers.ofString());
  }

  /** The same, and does not wait for the answer. */
  public CompletableFuture<HttpResponse<String>> beginToPostAsAdmin(String path, String body) {
    return client.sendAsync(asAdminPosts(path, body), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest asAdminPosts(String path, String body) {
    return asAdmin(
        HttpRequest.newBuilder(uri(path)).POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private static HttpRequest asAdmin(HttpRequest.Builder request) {
    return request.header("Authorization", "Bearer " + ADMIN_TOKEN).build();
  }

  /** Waits until the query gives the rows, each as its columns with a bar between two. */
  public void awaitRows(String sql, String... rows) throws Exception {
    Eventually.holds(
        sql + " gives " + List.of(rows) + ", at first " + quietly(sql),
        () -> quietly(sql).equals(List.of(rows)));
  }

  /** Waits until so many events are stored. */
  public void awaitEvents(int count) throws Exception {
    awaitRows("SELECT count(*) FROM calendly_webhook_events", Integer.toString(count));
  }

  public List<String> rows(String sql) throws SQLException {
    return rows(database(), sql);
  }

  public static List<String> rows(Path database, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        StringJoiner row = new StringJoiner("|");
        for (int i = 1; i <= columns; i++) {
          row.add(String.valueOf(result.getString(i)));
        }
        rows.add(row.toString());
      }
      return rows;
    }
  }

  private List<String> quietly(String sql) {
    try {
      return rows(sql);
    } catch (SQLException notYet) {
      return List.of(notYet.getClass().getSimpleName());
    }
  }
}
