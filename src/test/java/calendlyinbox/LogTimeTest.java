package calendlyinbox;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How a line of the log begins. */
class LogTimeTest {
  private static final DateTimeFormatter WANTED =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX");

  @Test
  void it_is_iso_8601_with_milliseconds_and_the_offset_of_the_place() {
    assertEquals("2026-11-23T10:00:07.042Z", at("2026-11-23T10:00:07.042Z", "UTC"));
    assertEquals("2026-11-23T11:00:59.999+01:00", at("2026-11-23T10:00:59.999Z", "Europe/Berlin"));
    assertEquals("2026-11-23T15:30:00.000+05:30", at("2026-11-23T10:00:00Z", "Asia/Kolkata"));
  }

  @Test
  void it_follows_the_clock_forward_and_back_and_over_a_change_of_the_offset() {
    ZoneId zone = ZoneId.of("Europe/Berlin");
    Instant change = Instant.parse("2026-10-25T01:00:00Z");
    SettableClock clock = new SettableClock(change);
    LogTime time = new LogTime(clock, zone);
    Random random = new Random(7);

    for (int i = 0; i < 10_000; i++) {
      Instant now = change.plusMillis(random.nextInt(200_000) - 100_000);
      clock.advance(Duration.between(clock.instant(), now));

      assertEquals(WANTED.format(now.atZone(zone)), time.now());
    }
  }

  private static String at(String instant, String zone) {
    return new LogTime(new SettableClock(Instant.parse(instant)), ZoneId.of(zone)).now();
  }
}
