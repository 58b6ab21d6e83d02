package calendlyinbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import calendlyinbox.calendly.FakeCalendly;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code GET /metrics} of the whole server. */
class MetricsTest {
  private static final String TOKEN = "an-admin-token-for-tests";
  private static final Pattern SAMPLE =
      Pattern.compile("([a-z_]+(?:\\{[^}]*})?) (-?[0-9.E+-]+|NaN|\\+Inf)");
  private static final List<String> WAITING =
      List.of(
          "calendly_inbox_oldest_waiting_seconds",
          "calendly_inbox_backlog_bytes",
          "calendly_inbox_queue_deliveries");

  @TempDir Path folder;

  private final FakeCalendly calendly = FakeCalendly.start(Clock.systemUTC());
  private RunningReceiver receiver;

  @BeforeEach
  void start() {
    receiver =
        RunningReceiver.start(
            folder,
            Map.of(
                "ADMIN_TOKEN",
                TOKEN,
                "CALENDLY_API_TOKEN",
                calendly.account().token(),
                "CALENDLY_API_URL",
                calendly.url().toString(),
                "PUBLIC_URL",
                "https://hooks.example.com"));
  }

  @AfterEach
  void stop() {
    receiver.close();
    calendly.close();
  }

  @Test
  void what_happened_is_counted_and_what_is_can_be_read() throws Exception {
    byte[] forged = "{}".getBytes(StandardCharsets.UTF_8);

    receiver.post(Deliveries.booking("M1", "A"));
    receiver.post("not JSON".getBytes(StandardCharsets.UTF_8));
    receiver.post(forged, "t=1,v1=" + "0".repeat(64));
    receiver.post(forged, "t=1");
    receiver.awaitEvents(2);
    Eventually.holds(
        "the subscription is well",
        () -> samples().get("calendly_inbox_subscription_state{state=\"ok\"}").equals("1.0"));

    Eventually.holds(
        "the first start's sync is done",
        () -> samples().containsKey("calendly_inbox_sync_done_timestamp_seconds"));

    // The rows are there a moment before it is noted that their lines wait no more.
    Eventually.holds("nothing waits", () -> WAITING.stream().allMatch(isNothing(samples())));

    Map<String, String> samples = samples();
    assertSample(samples, "calendly_inbox_deliveries_total{outcome=\"received\"}", "2.0");
    assertSample(samples, "calendly_inbox_deliveries_total{outcome=\"signature_mismatch\"}", "1.0");
    assertSample(
        samples, "calendly_inbox_deliveries_total{outcome=\"signature_malformed\"}", "1.0");
    assertSample(samples, "calendly_inbox_deliveries_total{outcome=\"signature_missing\"}", "0.0");
    assertSample(samples, "calendly_inbox_answer_duration_seconds_count", "2");
    assertSample(samples, "calendly_inbox_answer_duration_seconds_bucket{le=\"+Inf\"}", "2");
    assertSample(samples, "calendly_inbox_events{status=\"processed\"}", "1.0");
    assertSample(samples, "calendly_inbox_events{status=\"failed\"}", "1.0");
    assertSample(samples, "calendly_inbox_events{status=\"pending\"}", "0.0");
    assertSample(samples, "calendly_inbox_retries_total", "0.0");
    assertSample(samples, "calendly_inbox_subscription_state{state=\"failing\"}", "0.0");
    assertSample(samples, "calendly_inbox_part_well{part=\"database\"}", "1.0");
    assertTrue(number(samples, "calendly_inbox_answer_duration_seconds_sum") > 0);
    assertTrue(number(samples, "calendly_inbox_journal_sync_duration_seconds_count") >= 1);
    assertTrue(number(samples, "calendly_inbox_journal_bytes") > 0);
    double sync = number(samples, "calendly_inbox_sync_done_timestamp_seconds");
    assertEquals(Instant.now().getEpochSecond(), sync, 60);
    assertTrue(number(samples, "calendly_inbox_api_requests_total{status=\"201\"}") >= 1);
    assertTrue(number(samples, "calendly_inbox_disk_free_bytes") > 0);
    assertTrue(number(samples, "process_resident_memory_bytes") > 0);
    assertTrue(number(samples, "jvm_memory_used_bytes{area=\"heap\"}") > 0);
  }

  @Test
  void events_are_left_out_while_the_database_is_away_and_the_rest_is_there() throws Exception {
    receiver.post(Deliveries.booking("M1", "A"));
    receiver.awaitEvents(1);
    Files.writeString(folder.resolve("garbage"), "this is no database".repeat(1000));
    Files.move(
        folder.resolve("garbage"),
        receiver.database(),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);

    Eventually.holds(
        "the database is away",
        () -> "0.0".equals(samples().get("calendly_inbox_part_well{part=\"database\"}")));

    Map<String, String> samples = samples();
    assertFalse(samples.containsKey("calendly_inbox_events{status=\"processed\"}"));
    assertSample(samples, "calendly_inbox_deliveries_total{outcome=\"received\"}", "1.0");
  }

  @Test
  void the_token_is_needed() throws Exception {
    assertEquals(401, receiver.get("/metrics").statusCode());
    assertEquals(401, metrics("another-token-of-nobody").statusCode());
  }

  /** With promtool of Debian's package prometheus, where it is there. */
  @Test
  void prometheus_finds_nothing_to_say_against_names_and_units() throws Exception {
    assumeTrue(
        Stream.of("/usr/bin", "/usr/local/bin")
            .anyMatch(bin -> Files.isExecutable(Path.of(bin, "promtool"))),
        "promtool is not here: the names of the metrics are not looked at");
    receiver.post(Deliveries.booking("M1", "A"));
    Path text = Files.writeString(folder.resolve("metrics.txt"), metrics(TOKEN).body());

    Process promtool =
        new ProcessBuilder("promtool", "check", "metrics")
            .redirectInput(text.toFile())
            .redirectErrorStream(true)
            .start();

    assertEquals("", new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    assertEquals(0, promtool.waitFor());
  }

  private Map<String, String> samples() throws IOException, InterruptedException {
    HttpResponse<String> metrics = metrics(TOKEN);
    assertEquals(200, metrics.statusCode());
    assertEquals(
        "text/plain; version=0.0.4; charset=utf-8",
        metrics.headers().firstValue("Content-Type").orElse("(none)"));
    Map<String, String> samples = new TreeMap<>();
    for (String line : metrics.body().split("\n")) {
      if (!line.startsWith("#")) {
        Matcher sample = SAMPLE.matcher(line);
        assertTrue(sample.matches(), line);
        samples.put(sample.group(1), sample.group(2));
      }
    }
    return samples;
  }

  private HttpResponse<String> metrics(String token) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(receiver.uri("/metrics"))
                .header("Authorization", "Bearer " + token)
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private static void assertSample(Map<String, String> samples, String name, String value) {
    assertEquals(value, samples.get(name), name);
  }

  private static Predicate<String> isNothing(Map<String, String> samples) {
    return name -> "0.0".equals(samples.get(name));
  }

  private static double number(Map<String, String> samples, String name) {
    return Double.parseDouble(samples.get(name));
  }
}
