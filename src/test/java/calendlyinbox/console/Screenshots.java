package calendlyinbox.console;

import calendlyinbox.Deliveries;
import calendlyinbox.RunningReceiver;
import calendlyinbox.SettableClock;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.openqa.selenium.Keys;

/**
 * Takes the pictures of the console anew: {@code ./run.sh screenshots FOLDER}. A month goes by at a
 * real server, with hundreds of deliveries, some of them refused and a few that cannot be applied.
 */
public final class Screenshots {
  private static final List<String> NAMES =
      List.of(
          "Ada Lovelace",
          "Grace Hopper",
          "Katherine Johnson",
          "José Álvarez",
          "Zoë Österberg",
          "Annie Easley",
          "Alan Turing",
          "Émilie du Châtelet",
          "مريم ميرزاخاني",
          "Radia Perlman",
          "Mary Somerville",
          "Edsger Dijkstra",
          "Barbara Liskov",
          "<img src=x onerror=alert(1)>");

  private static final List<String> MEETINGS =
      List.of("30 Minute Meeting", "Intro call", "Product demo", "Design review");

  private static final int DAYS = 30;

  private final Random random = new Random(17);
  private final Instant end;
  private final SettableClock clock;
  private final RunningReceiver receiver;

  private Screenshots(Path data) {
    end = Instant.now();
    clock = new SettableClock(end.minus(DAYS, ChronoUnit.DAYS));
    receiver = RunningReceiver.start(data, Map.of(), clock);
  }

  public static void main(String[] arguments) throws Exception {
    Path into =
        Files.createDirectories(
            Path.of(arguments.length > 0 ? arguments[0] : "target/screenshots"));
    Screenshots screenshots = new Screenshots(Files.createTempDirectory("console"));
    try (RunningReceiver receiver = screenshots.receiver;
        Browser browser = Browser.open()) {
      browser.size(1280, 940);
      browser.logIn(receiver.uri("/admin"), RunningReceiver.ADMIN_TOKEN);
      browser.reads("#events-empty", "No deliveries yet.");
      browser.picture(into.resolve("fresh.png"), false);
      screenshots.letAMonthGoBy();
      for (String scheme : List.of("light", "dark")) {
        browser.scheme(scheme);
        for (int width : List.of(1280, 375)) {
          String name = scheme + "-" + width;
          browser.size(width, 940);
          browser.go(receiver.uri("/admin"));
          browser.reads("#meetings-list", "Today");
          browser.reads("#chart-30d .legend", "received");
          browser.reads("#event-rows", "invitee.created");
          browser.reads("#figure-failed .value", "1");
          browser.picture(into.resolve(name + ".png"), false);
          browser.script("document.getElementById('events').scrollIntoView()");
          browser.picture(into.resolve(name + "-events.png"), false);
          browser.click("#event-rows .badge.processed");
          browser.reads("#event", "Payload");
          browser.picture(into.resolve(name + "-event.png"), false);
          browser.press(Keys.ESCAPE);
        }
      }
    }
    System.out.println("Pictures are in " + into.toAbsolutePath());
  }

  private void letAMonthGoBy() throws Exception {
    int number = 0;
    while (clock.instant().isBefore(end.minusSeconds(200))) {
      boolean working = clock.instant().atZone(clock.getZone()).getDayOfWeek().getValue() < 6;
      clock.advance(Duration.ofMinutes(5 + random.nextInt(working ? 70 : 400)));
      if (clock.instant().isAfter(end)) {
        break;
      }
      number++;
      Deliveries booking = booking(number);
      receiver.post(booking);
      if (random.nextInt(6) == 0) {
        receiver.post(canceled(number));
      }
      if (random.nextInt(40) == 0) {
        refused();
      }
    }
    clock.advance(Duration.between(clock.instant(), end).minusSeconds(95));
    receiver.post("{\"event\":\"invitee.created\"}".getBytes(StandardCharsets.UTF_8));
    receiver.post(booking(++number));
    clock.advance(Duration.ofSeconds(31));
    receiver.post(booking(++number));
    receiver.awaitRows(
        "SELECT status FROM calendly_webhook_events WHERE event_id LIKE '%/guest-" + number + "'",
        "processed");
    clock.advance(Duration.ofSeconds(40));
  }

  private Deliveries booking(int number) {
    Deliveries delivery = Deliveries.booking("meeting-" + number, "guest-" + number);
    delivery.named(NAMES.get(number * 5 % NAMES.size()));
    delivery.createdAt(second(clock.instant()));
    Instant start =
        clock.instant().truncatedTo(ChronoUnit.HOURS).plus(2 + number % 40 * 5, ChronoUnit.HOURS);
    ((ObjectNode) delivery.payload().get("scheduled_event"))
        .put("name", MEETINGS.get(number % MEETINGS.size()))
        .put("start_time", second(start))
        .put("end_time", second(start.plus(30, ChronoUnit.MINUTES)));
    return delivery;
  }

  private Deliveries canceled(int number) {
    Deliveries delivery = Deliveries.cancellation("meeting-" + number, "guest-" + number);
    delivery.named(NAMES.get(number * 5 % NAMES.size()));
    return delivery.createdAt(second(clock.instant()));
  }

  private void refused() throws Exception {
    byte[] body = booking(0).body();
    Instant at = random.nextBoolean() ? clock.instant() : clock.instant().minusSeconds(999);
    String signature = Deliveries.signature(RunningReceiver.KEY, body, at);
    boolean altered = at.equals(clock.instant());
    receiver.post(altered ? "{}".getBytes(StandardCharsets.UTF_8) : body, signature);
  }

  private static String second(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString().replace("Z", ".000000Z");
  }
}
