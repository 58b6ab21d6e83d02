package calendlyinbox.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Deliveries;
import calendlyinbox.Eventually;
import calendlyinbox.OtherWriter;
import calendlyinbox.RunningReceiver;
import calendlyinbox.ServerProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How much others wrote never ends the process, whose heap is small and which ends when it is full.
 */
final class LargeAnswersTest {
  private static final String MANY =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) ";

  private static final String MEETINGS =
      MANY
          + "INSERT INTO meetings (uri, name, location, start_time) SELECT 'm:%s:' || i,"
          + " replace(hex(zeroblob(50)), '0', 'Ж'), replace(hex(zeroblob(250)), '0', 'Ж'), '%s' FROM n";

  private static final String INVITEES =
      MANY
          + "INSERT INTO invitees (uri, meeting_uri, name, answers) SELECT 'i:%2$s:' || i, 'm:%2$s:' || i,"
          + " replace(hex(zeroblob(100)), '0', 'Ж'), %3$s FROM n";

  private static final String LONG_ANSWERS = "'[{\"answer\":\"' || hex(zeroblob(50000)) || '\"}]'";

  private static final String EVENT =
      "INSERT INTO calendly_webhook_events (id, event_id, event_type, status, payload, received_at)"
          + " VALUES (%1$d, '%1$d', 'invitee.created', 'processed',"
          + " '\"' || replace(hex(zeroblob(1048576)), '0', '\\\"') || '\"', '2026-11-23T09:00:00.000000Z')";

  /** A machine with much to do may take longer than the server waits. */
  private static final Set<Integer> IN_TIME_OR_NOT = Set.of(200, 503);

  @TempDir Path folder;

  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void whatever_is_asked_for_the_process_goes_on() throws Exception {
    try (ServerProcess server =
        ServerProcess.start(folder, Map.of("ADMIN_TOKEN", RunningReceiver.ADMIN_TOKEN))) {
      assertEquals(200, server.post(Deliveries.booking("m", "ada").body()));
      Eventually.holds(
          "the booking is in the tables",
          () -> asked(server, "/api/meetings?from=2000-01-01").join().body().contains("ada"));
      fill();

      HttpResponse<String> all = asked(server, "/api/meetings?limit=201").join();
      HttpResponse<String> some = asked(server, "/api/meetings?limit=20").join();
      HttpResponse<String> feed = asked(server, "/api/meetings.ics").join();
      List<HttpResponse<String>> events =
          Stream.of(101, 102, 103, 104)
              .map(id -> asked(server, "/api/events/" + id))
              .toList()
              .stream()
              .map(CompletableFuture::join)
              .toList();

      assertEquals(400, all.statusCode());
      assertTrue(all.body().contains("\"bad_parameter\""), all.body());
      Stream.concat(Stream.of(some, feed), events.stream())
          .forEach(answer -> assertTrue(IN_TIME_OR_NOT.contains(answer.statusCode())));
      assertEquals(200, asked(server, "/ready").join().statusCode());
      assertEquals(200, server.post(Deliveries.booking("m", "bob").body()));
      assertTrue(server.isAlive());
    }
  }

  private void fill() throws Exception {
    try (Connection connection = OtherWriter.at(folder.resolve("calendly.db"));
        Statement statement = connection.createStatement()) {
      for (String sql :
          List.of(
              MEETINGS.formatted(201, "long", "2998-01-01T10:00:00.000000Z"),
              INVITEES.formatted(201, "long", LONG_ANSWERS),
              MEETINGS.formatted(5000, "many", "2999-01-01T10:00:00.000000Z"),
              INVITEES.formatted(5000, "many", "NULL"),
              EVENT.formatted(101),
              EVENT.formatted(102),
              EVENT.formatted(103),
              EVENT.formatted(104))) {
        statement.execute(sql);
      }
    }
  }

  private CompletableFuture<HttpResponse<String>> asked(ServerProcess server, String path) {
    return client.sendAsync(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .header("Authorization", "Bearer " + RunningReceiver.ADMIN_TOKEN)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
