package calendlyinbox.calendly;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OutgoingHttpTest {
  private static final int CALLS = 20;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final MockWebServer server = new MockWebServer();

  @BeforeEach
  void start() throws Exception {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return new MockResponse.Builder().body("x".repeat(100_000)).build();
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void calls_go_on_where_the_system_has_no_thread_to_give() throws Exception {
    AtomicBoolean noneLeft = new AtomicBoolean();
    ThreadFactory system =
        task -> {
          if (noneLeft.get()) {
            throw new Error("no thread, made up");
          }
          Thread thread = new Thread(task);
          thread.setDaemon(true);
          return thread;
        };
    ThreadPoolExecutor threads = OutgoingHttp.threads(system);
    try {
      HttpClient client = OutgoingHttp.client(PATIENCE, threads);
      noneLeft.set(true);

      assertEquals(200, call(client).get(PATIENCE.toSeconds(), TimeUnit.SECONDS).statusCode());
      List<CompletableFuture<HttpResponse<String>>> atOnce =
          Stream.generate(() -> call(client)).limit(CALLS).toList();
      for (CompletableFuture<HttpResponse<String>> one : atOnce) {
        assertEquals(100_000, one.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).body().length());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void its_threads_are_there_before_the_first_call_and_are_the_same_for_every_client() {
    OutgoingHttp.client(PATIENCE);
    long first = threads();
    OutgoingHttp.client(PATIENCE);

    assertEquals(4, first);
    assertEquals(4, threads());
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("outgoing-http") && thread.isDaemon())
        .count();
  }

  private CompletableFuture<HttpResponse<String>> call(HttpClient client) {
    URI address = server.url("/").uri();
    return client.sendAsync(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
  }
}
