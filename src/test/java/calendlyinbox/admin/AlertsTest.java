package calendlyinbox.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Eventually;
import calendlyinbox.SettableClock;
import calendlyinbox.delivery.PrivateFile;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertsTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final int HANGS = 0;
  private static final int ENDLESS = 1;
  private static final String PATH = "/secret-topic-93781";

  @TempDir Path folder;

  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-23T12:00:00Z"));
  private final MockWebServer server = new MockWebServer();
  private final MockWebServer second = new MockWebServer();
  private final List<Alerts> started = new ArrayList<>();
  private volatile Sight sight = well();
  private volatile int status = 200;
  private Alerts alerts;

  @BeforeEach
  void start() throws Exception {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            MockResponse.Builder answer = new MockResponse.Builder();
            return switch (status) {
              case HANGS -> answer.headersDelay(1, TimeUnit.HOURS).build();
              case ENDLESS ->
                  answer.body("more and more").throttleBody(1, 1, TimeUnit.HOURS).build();
              default -> answer.code(status).build();
            };
          }
        });
    second.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return new MockResponse.Builder().build();
          }
        });
    server.start();
    second.start();
    alerts = alerts(server);
  }

  @AfterEach
  void close() {
    started.forEach(Alerts::close);
    server.close();
    second.close();
  }

  @Test
  void a_trouble_is_one_message_and_its_end_another() throws Exception {
    look();
    sight = well().trouble(Concern.DATABASE, "locked").trouble(Concern.EVENTS, 3, "failed: 3");

    lookFor(5);

    RecordedRequest bad = server.takeRequest();
    assertEquals("POST " + PATH + " HTTP/1.1", bad.getRequestLine());
    assertEquals("application/json", bad.getHeaders().get("Content-Type"));
    assertEquals("yes", bad.getHeaders().get("X-Template"));
    assertEquals("{{.text}}", bad.getHeaders().get("X-Message"));
    assertEquals(
        "{\"text\":\"calendly-inbox at hooks.example.com: not well: database locked; events failed:"
            + " 3. Next: calendly-inbox doctor, or ./run.sh doctor.\"}",
        bad.getBody().utf8());

    sight = well();
    lookFor(5);

    assertEquals(
        "{\"text\":\"calendly-inbox at hooks.example.com: all is well again: database; events.\"}",
        server.takeRequest().getBody().utf8());
    lookFor(10);
    assertEquals(2, server.getRequestCount());
  }

  @Test
  void a_change_among_troubles_says_what_is_new_what_is_left_and_what_is_over() throws Exception {
    sight = well().trouble(Concern.DATABASE, "locked").trouble(Concern.QUEUE, "behind");
    lookFor(3);
    server.takeRequest();

    sight = well().trouble(Concern.QUEUE, "behind").trouble(Concern.DISK, "low");
    lookFor(3);

    assertEquals(
        "{\"text\":\"calendly-inbox at hooks.example.com: not well: disk low. Still: queue behind."
            + " Well again: database. Next: calendly-inbox doctor, or ./run.sh doctor.\"}",
        server.takeRequest().getBody().utf8());
  }

  @Test
  void what_is_not_taken_is_tried_again_with_growing_pauses_until_it_is() throws Exception {
    status = 503;
    sight = well().trouble(Concern.DISK, "low");
    List<Instant> tries = new ArrayList<>();

    for (int i = 0; i < 130; i++) {
      int before = server.getRequestCount();
      look();
      if (server.getRequestCount() > before) {
        tries.add(clock.instant());
        status = tries.size() < 5 ? 503 : 200;
      }
      clock.advance(Duration.ofSeconds(5));
    }

    List<Long> pauses = new ArrayList<>();
    for (int i = 1; i < tries.size(); i++) {
      pauses.add(Duration.between(tries.get(i - 1), tries.get(i)).toSeconds());
    }
    assertEquals(List.of(15L, 30L, 60L, 120L, 240L), pauses);
  }

  @Test
  void a_clock_that_is_set_back_does_not_silence_an_address() throws Exception {
    status = 503;
    sight = well().trouble(Concern.DISK, "low");
    lookFor(1);
    assertEquals(1, server.getRequestCount());

    clock.advance(Duration.ofDays(-365));
    look();
    assertEquals(2, server.getRequestCount());
    look();
    assertEquals(2, server.getRequestCount(), "it pauses by the clock as it is now");

    clock.advance(AlertTarget.FIRST_PAUSE.multipliedBy(2));
    look();
    assertEquals(3, server.getRequestCount());
  }

  @Test
  void an_address_that_was_away_is_told_what_holds_now_and_nothing_if_nothing_does()
      throws Exception {
    status = 500;
    sight = well().trouble(Concern.DATABASE, "locked");
    lookFor(3);
    sight = well().trouble(Concern.DISK, "low");
    lookFor(3);
    status = 200;
    clock.advance(AlertTarget.LONGEST_PAUSE);
    look();
    assertEquals(
        "{\"text\":\"calendly-inbox at hooks.example.com: not well: disk low."
            + " Next: calendly-inbox doctor, or ./run.sh doctor.\"}",
        lastBody());

    status = 500;
    sight = well().trouble(Concern.DISK, "low").trouble(Concern.QUEUE, "behind");
    lookFor(3);
    sight = well().trouble(Concern.DISK, "low");
    lookFor(3);
    int before = server.getRequestCount();
    status = 200;
    clock.advance(AlertTarget.LONGEST_PAUSE);
    lookFor(3);

    assertEquals(before, server.getRequestCount());
  }

  @Test
  void a_moment_without_threads_silences_no_address_for_longer() throws Exception {
    AtomicBoolean first = new AtomicBoolean(true);
    List<Runnable> begun = new ArrayList<>();
    Map<Concern, Alarm.Said> now = Map.of(Concern.DISK, new Alarm.Said(clock.instant(), 1, "low"));
    try (AlertMemory memory = memory(folder.resolve("alerts.json"))) {
      AlertTarget target =
          new AlertTarget(
              1,
              server.url(PATH).uri(),
              memory,
              new AlertText(() -> "hooks.example.com"),
              HttpClient::newHttpClient,
              task -> {
                if (first.getAndSet(false)) {
                  throw new OutOfMemoryError("unable to create native thread");
                }
                begun.add(task);
              },
              clock);

      assertThrows(OutOfMemoryError.class, () -> target.bring(now));
      target.bring(now);

      assertEquals(1, begun.size());
      begun.get(0).run();
      assertEquals(1, server.getRequestCount());
      assertFalse(target.isSending());
    }
  }

  @Test
  void an_address_that_takes_it_is_not_listened_to_any_further() throws Exception {
    status = ENDLESS;
    sight = well().trouble(Concern.DATABASE, "locked");

    lookFor(10);

    assertEquals(1, server.getRequestCount());
  }

  @Test
  void an_address_that_fails_does_not_keep_another_from_being_told() throws Exception {
    alerts = alerts(server, second);
    status = HANGS;
    sight = well().trouble(Concern.DISK, "low");

    passAMinute();
    Eventually.holds("the second is told", () -> second.getRequestCount() == 1);
    sight = well();

    Eventually.holds(
        "the second is told twice",
        () -> {
          passAMinute();
          return second.getRequestCount() == 2;
        });
    assertEquals(1, server.getRequestCount());
  }

  @Test
  void a_restart_in_the_middle_of_a_trouble_says_nothing_twice_and_its_end_once() throws Exception {
    sight = well().trouble(Concern.DATABASE, "locked");
    lookFor(3);
    server.takeRequest();

    for (int restart = 0; restart < 3; restart++) {
      alerts.close();
      alerts = alerts(server);
      lookFor(3);
    }
    assertEquals(1, server.getRequestCount());

    alerts.close();
    alerts = alerts(server);
    sight = well();
    lookFor(3);
    assertTrue(server.takeRequest().getBody().utf8().contains("all is well again: database"));
    lookFor(3);
    assertEquals(2, server.getRequestCount());
  }

  @Test
  void a_message_that_was_not_taken_before_a_restart_is_sent_after_it() throws Exception {
    status = 500;
    sight = well().trouble(Concern.DATABASE, "locked");
    lookFor(1);

    alerts.close();
    alerts = alerts(server);
    status = 200;
    look();

    assertEquals(2, server.getRequestCount());
    assertTrue(lastBody().contains("not well: database locked"));
  }

  @Test
  void an_address_that_is_new_is_told_of_a_trouble_that_others_know() throws Exception {
    sight = well().trouble(Concern.DATABASE, "locked");
    lookFor(3);

    alerts.close();
    alerts = alerts(server, second);
    lookFor(2);

    Eventually.holds("the new one is told", () -> second.getRequestCount() == 1);
    assertEquals(1, server.getRequestCount());
  }

  @Test
  void what_is_remembered_is_for_its_owner_only_and_names_no_address() throws Exception {
    sight = well().trouble(Concern.DATABASE, "locked");
    lookFor(3);
    Path file = folder.resolve("alerts.json");

    Eventually.holds(
        "it is written down",
        () -> Files.exists(file) && Files.readString(file).contains("\"told\" : {\n"));

    assertFalse(Files.readString(file).contains("topic"), Files.readString(file));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void a_memory_that_cannot_be_read_or_written_keeps_no_message_back() throws Exception {
    Path file = folder.resolve("alerts.json");
    for (String damage :
        List.of("", "{", "[]", "{\"said\":{\"nonsense\":{}}}", "{\"said\":{\"disk\":{}}}")) {
      Files.writeString(file, damage);
      assertEquals(Map.of(), remembered(file));
    }
    Files.delete(file);
    Files.createDirectories(file.resolve("in-the-way"));
    alerts = alerts(server);
    sight = well().trouble(Concern.DISK, "unreadable");

    lookFor(5);

    assertEquals(1, server.getRequestCount());
  }

  @Test
  void a_disk_that_hangs_keeps_no_message_back_and_has_the_newest_when_it_goes_on()
      throws Exception {
    CountDownLatch goesOn = new CountDownLatch(1);
    List<String> written = Collections.synchronizedList(new ArrayList<>());
    alerts =
        alerts(
            (file, content) -> {
              hang(goesOn);
              written.add(content);
            },
            server);
    try {
      sight = well().trouble(Concern.DISK, "does not answer");

      Thread look = new Thread(this::lookForTwoMinutes, "look");
      look.start();

      RecordedRequest bad = server.takeRequest(1, TimeUnit.MINUTES);
      assertNotNull(bad, "no message within a minute");
      assertTrue(bad.getBody().utf8().contains("not well: disk does not answer"));
      look.join(Duration.ofMinutes(1).toMillis());
      assertFalse(look.isAlive(), "the look waits for the disk");
      sight = well();
      lookFor(2);
      assertTrue(server.takeRequest().getBody().utf8().contains("all is well again: disk"));
      assertEquals(List.of(), written);
    } finally {
      goesOn.countDown();
    }
    Eventually.holds("the newest is written", () -> written.size() > 1);
    assertTrue(written.get(1).startsWith("{\n  \"said\" : { },"), written.get(1));
    assertEquals(2, written.size());
  }

  private Alerts alerts(MockWebServer... servers) {
    return alerts(PrivateFile::replace, servers);
  }

  private Alerts alerts(AlertMemory.Disk disk, MockWebServer... servers) {
    List<URI> addresses = new ArrayList<>();
    for (MockWebServer one : servers) {
      addresses.add(one.url(PATH).uri());
    }
    Alerts made =
        new Alerts(addresses, () -> "hooks.example.com", () -> sight, folder, disk, clock);
    started.add(made);
    return made;
  }

  /** Looks at once and then once a minute. */
  private void lookFor(int minutes) throws Exception {
    look();
    for (int i = 0; i < minutes; i++) {
      clock.advance(MINUTE);
      look();
    }
  }

  private void lookForTwoMinutes() {
    try {
      lookFor(2);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void hang(CountDownLatch goesOn) {
    try {
      goesOn.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody may interrupt a write", e);
    }
  }

  private static Map<Concern, Alarm.Said> remembered(Path file) {
    try (AlertMemory memory = memory(file)) {
      return memory.said();
    }
  }

  private static AlertMemory memory(Path file) {
    return new AlertMemory(file, PrivateFile::replace, Executors.newSingleThreadExecutor());
  }

  private void passAMinute() throws Exception {
    alerts.look();
    clock.advance(MINUTE);
    alerts.look();
  }

  /** Looks, and waits until what is to be sent was sent, or was refused. */
  private void look() throws Exception {
    alerts.look();
    Eventually.holds("nothing is under way", () -> !alerts.isSending());
  }

  private String lastBody() throws InterruptedException {
    RecordedRequest last = server.takeRequest(0, TimeUnit.SECONDS);
    for (RecordedRequest next = last;
        next != null;
        next = server.takeRequest(0, TimeUnit.SECONDS)) {
      last = next;
    }
    return last.getBody().utf8();
  }

  private static Sight well() {
    Sight well = new Sight();
    for (Concern concern : Concern.values()) {
      well.well(concern);
    }
    return well;
  }
}
