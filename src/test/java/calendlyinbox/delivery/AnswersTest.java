package calendlyinbox.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Deliveries;
import calendlyinbox.RunningReceiver;
import calendlyinbox.journal.Journal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who wants to know how deliveries are answered is told of each, once. */
final class AnswersTest {
  private static final int MAX_BODY_BYTES = 10_000;

  @TempDir Path folder;
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final List<String> clocks = new CopyOnWriteArrayList<>();
  private final List<Long> took = new CopyOnWriteArrayList<>();
  private final AtomicInteger syncs = new AtomicInteger();
  private Journal journal;
  private Door door;

  @BeforeEach
  void open() throws Exception {
    journal = Journal.open(folder, Clock.systemUTC());
    journal.onSync(nanos -> syncs.incrementAndGet());
    LiveKeys keys = new LiveKeys(List.of(RunningReceiver.KEY), Optional.empty(), folder);
    door =
        Door.open(
            new Door.Settings("127.0.0.1", 0, MAX_BODY_BYTES),
            new SignatureVerifier(keys, Duration.ofMinutes(3)),
            journal,
            Clock.systemUTC(),
            Answers.all(Answers.NOBODY, new Listener(), new ClockListener()),
            others -> {});
  }

  @AfterEach
  void close() {
    door.close();
    journal.close();
  }

  private final class Listener implements Answers {
    @Override
    public void received(long tookNanos) {
      told.add("received");
      took.add(tookNanos);
    }

    @Override
    public void refused(Refusal reason, String address) {
      told.add(reason.word() + " from " + address);
    }
  }

  private final class ClockListener implements Answers {
    @Override
    public void received(long tookNanos) {
      clocks.add("received");
    }

    @Override
    public void refused(Refusal reason, String address) {
      clocks.add(reason.word());
    }

    @Override
    public Answers ofOwnClock() {
      return NOBODY;
    }
  }

  @Test
  void each_answer_is_told_once_with_its_reason_and_whose_it_was() throws Exception {
    byte[] body = Deliveries.booking("told", "ada").body();
    String old =
        Deliveries.signature(RunningReceiver.KEY, body, Instant.now().minus(Duration.ofHours(1)));
    String forged = Deliveries.signature(new SigningKey("another"), body, Instant.now());

    try (RawHttp http = new RawHttp(door.port())) {
      long before = System.nanoTime();
      post(http, RawHttp.delivery(body), 200);
      long after = System.nanoTime();
      post(http, request("", body), 401);
      post(http, request(field("nonsense"), body), 401);
      post(http, request(field(old), body), 401);
      post(http, request(field(forged), body), 401);
      post(http, request("", new byte[MAX_BODY_BYTES + 1]), 413);

      assertTrue(took.get(0) > 0 && took.get(0) < after - before, "took " + took);
    }

    assertEquals(
        List.of(
            "received",
            "signature_missing from 127.0.0.1",
            "signature_malformed from 127.0.0.1",
            "signature_stale from 127.0.0.1",
            "signature_mismatch from 127.0.0.1",
            "body_too_large from 127.0.0.1"),
        told);
    assertEquals(1, syncs.get(), "only what was kept was synced");
  }

  @Test
  void what_this_machines_clock_signed_is_told_to_all_but_those_who_compare_clocks()
      throws Exception {
    byte[] body = Deliveries.booking("told", "ada").body();
    String now = Deliveries.signature(RunningReceiver.KEY, body, Instant.now());
    String old =
        Deliveries.signature(RunningReceiver.KEY, body, Instant.now().minus(Duration.ofHours(1)));
    String forged = Deliveries.signature(new SigningKey("another"), body, Instant.now());

    try (RawHttp http = new RawHttp(door.port())) {
      post(http, request(field(now + ",by=calendly-inbox"), body), 200);
      post(http, request(field(now) + field("by=calendly-inbox"), body), 200);
      post(http, request(field(old + ",by=calendly-inbox"), body), 401);
      post(http, request(field(forged + ",by=calendly-inbox"), body), 401);
      assertEquals(List.of(), clocks);

      post(http, request(field(now), body), 200);
    }

    assertEquals(List.of("received"), clocks);
    assertEquals(5, told.size(), "told " + told);
  }

  @Test
  void a_delivery_that_the_journal_did_not_keep_is_told_as_refused() throws Exception {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(AnswersTest::delete);
    }

    try (RawHttp http = new RawHttp(door.port())) {
      post(http, RawHttp.delivery(Deliveries.booking("told", "ada").body()), 503);
    }

    assertEquals(List.of("journal_unavailable from 127.0.0.1"), told);
  }

  @Test
  void a_large_body_elsewhere_is_nothing_about_deliveries() throws Exception {
    byte[] body = new byte[MAX_BODY_BYTES + 1];

    try (RawHttp http = new RawHttp(door.port())) {
      post(http, RawHttp.request("POST", "/elsewhere", RawHttp.length(body), body), 413);
    }

    assertEquals(List.of(), told);
  }

  private static void delete(Path path) {
    assertTrue(path.toFile().delete(), path.toString());
  }

  private static void post(RawHttp http, byte[] request, int status) throws Exception {
    http.send(request);
    assertEquals(status, http.answer().status());
  }

  private static String field(String signature) {
    return SignatureHeader.NAME + ": " + signature + "\r\n";
  }

  private static byte[] request(String fields, byte[] body) {
    return RawHttp.request("POST", Door.WEBHOOK_PATH, fields + RawHttp.length(body), body);
  }
}
