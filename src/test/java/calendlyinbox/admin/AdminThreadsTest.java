package calendlyinbox.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Deliveries;
import calendlyinbox.Eventually;
import calendlyinbox.OtherWriter;
import calendlyinbox.RunningReceiver;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminThreadsTest {
  /** More than are worked on and wait in line. */
  private static final int MANY = 60;

  private static final String BUSY =
      "503 {\"error\":\"busy\",\"detail\":\"too much is asked at once; try again in a few seconds\"}";

  private static final String REPLAYED =
      "200{\"id\":1,\"status\":\"processed\",\"last_error\":null}";

  @TempDir Path folder;

  @Test
  void who_asks_when_the_line_is_full_is_told_so_at_once_and_deliveries_do_not_wait()
      throws Exception {
    try (RunningReceiver receiver = RunningReceiver.start(folder)) {
      receiver.post(Deliveries.booking("m", "ada"));
      receiver.awaitEvents(1);
      List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
      try (Connection other = OtherWriter.at(receiver.database())) {
        other.createStatement().execute("BEGIN IMMEDIATE");

        // Again where they came so slowly that the line was never full, or was short by then.
        Eventually.holds(
            "told so while others wait in line and a delivery is taken",
            () -> {
              List<CompletableFuture<HttpResponse<String>>> crowd =
                  Stream.generate(() -> receiver.beginToPostAsAdmin("/api/events/1/replay", ""))
                      .limit(MANY)
                      .toList();
              asked.addAll(crowd);
              Eventually.holds(
                  "told so, or all answered",
                  () -> anyBusy(crowd) || crowd.stream().allMatch(CompletableFuture::isDone));
              assertEquals(200, receiver.post(Deliveries.booking("m", "bob")));
              return anyBusy(crowd) && crowd.stream().anyMatch(one -> !one.isDone());
            });
        other.createStatement().execute("ROLLBACK");
      }
      Set<String> answers =
          asked.stream()
              .map(
                  one ->
                      one.join().statusCode()
                          + one.join().body().replaceAll("\\{\"error\":\"(\\w+)\".*", " $1"))
              .collect(Collectors.toSet());
      answers.removeAll(Set.of("503 busy", "503 database_unavailable", REPLAYED));
      assertEquals(Set.of(), answers);
      Eventually.holds(
          "the line is worked off",
          () -> {
            HttpResponse<String> after = receiver.postAsAdmin("/api/events/1/replay");
            return REPLAYED.equals(after.statusCode() + after.body());
          });
      assertEquals(200, receiver.getAsAdmin("/api/events/1").statusCode());
    }
  }

  @Test
  void what_was_answered_as_not_done_is_not_done_later_either() {
    AtomicBoolean done = new AtomicBoolean();
    AdminThreads.Work work =
        () -> {
          done.set(true);
          return Reply.notFound();
        };

    AdminThreads.run(work, CompletableFuture.completedFuture(Reply.error(503, "busy", "")));
    assertFalse(done.get());

    AdminThreads.run(work, new CompletableFuture<>());
    assertTrue(done.get());
  }

  private static boolean anyBusy(List<CompletableFuture<HttpResponse<String>>> asked) {
    return asked.stream()
        .filter(CompletableFuture::isDone)
        .map(CompletableFuture::join)
        .anyMatch(answer -> BUSY.equals(answer.statusCode() + " " + answer.body()));
  }
}
