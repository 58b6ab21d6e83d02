package calendlyinbox.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Deliveries;
import calendlyinbox.OtherWriter;
import calendlyinbox.RunningReceiver;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminThreadsTest {
  /** More than are worked on and wait in line. */
  private static final int MANY = 60;

  private static final String BUSY =
      "503 {\"error\":\"busy\",\"detail\":\"too much is asked at once; try again in a few seconds\"}";

  @TempDir Path folder;

  @Test
  void who_asks_when_the_line_is_full_is_told_so_at_once_and_deliveries_do_not_wait()
      throws Exception {
    try (RunningReceiver receiver = RunningReceiver.start(folder)) {
      receiver.post(Deliveries.booking("m", "ada"));
      receiver.awaitEvents(1);
      Set<String> answers;
      try (Connection other = OtherWriter.at(receiver.database())) {
        other.createStatement().execute("BEGIN IMMEDIATE");

        List<CompletableFuture<HttpResponse<String>>> asked =
            Stream.generate(() -> receiver.beginToPostAsAdmin("/api/events/1/replay", ""))
                .limit(MANY)
                .toList();

        HttpResponse<?> first =
            (HttpResponse<?>)
                CompletableFuture.anyOf(asked.toArray(CompletableFuture[]::new)).join();
        assertEquals(BUSY, first.statusCode() + " " + first.body());
        assertEquals(200, receiver.post(Deliveries.booking("m", "bob")));
        assertTrue(asked.stream().anyMatch(one -> !one.isDone()), "the line is still full");
        other.createStatement().execute("ROLLBACK");
        answers =
            asked.stream()
                .map(
                    one ->
                        one.join().statusCode()
                            + one.join().body().replaceAll("\\{\"error\":\"(\\w+)\".*", " $1"))
                .collect(Collectors.toSet());
      }
      answers.removeAll(Set.of("503 busy", "503 database_unavailable"));
      assertEquals(Set.of("200{\"id\":1,\"status\":\"processed\",\"last_error\":null}"), answers);
      assertEquals(200, receiver.getAsAdmin("/api/events/1").statusCode());
    }
  }
}
