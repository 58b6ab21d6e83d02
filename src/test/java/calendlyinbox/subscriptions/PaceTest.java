package calendlyinbox.subscriptions;

import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.subscriptions.Finding.State;
import java.time.Duration;
import java.util.LongSummaryStatistics;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PaceTest {
  private final Pace pace = new Pace(Duration.ofMinutes(5), new Random(1));

  @Test
  void one_that_is_well_or_failing_is_looked_at_every_check_a_tenth_more_or_less() {
    assertAbout(Duration.ofMinutes(5), pace.after(found(State.OK)));
    assertAbout(Duration.ofMinutes(5), pace.after(found(State.FAILING)));
    assertAbout(Duration.ofMinutes(5), pace.after(found(State.TOKEN)));
  }

  @Test
  void many_servers_spread_over_the_whole_tenth_to_either_side() {
    LongSummaryStatistics millis =
        Stream.generate(() -> pace.after(found(State.OK)))
            .limit(1_000)
            .mapToLong(Duration::toMillis)
            .summaryStatistics();

    long check = Duration.ofMinutes(5).toMillis();
    assertTrue(millis.getMin() < check * 92 / 100, millis.toString());
    assertTrue(millis.getMax() > check * 108 / 100, millis.toString());
  }

  @Test
  void a_plan_or_a_permission_is_looked_at_every_hour() {
    assertAbout(Duration.ofHours(1), pace.after(found(State.PLAN)));
    assertAbout(Duration.ofHours(1), pace.after(found(State.PERMISSION)));
  }

  @Test
  void an_outage_is_looked_at_sooner_and_then_less_and_less_so() {
    assertAbout(Duration.ofSeconds(15), pace.after(found(State.UNREACHABLE)));
    assertAbout(Duration.ofSeconds(30), pace.after(found(State.UNREACHABLE)));
    assertAbout(Duration.ofSeconds(60), pace.after(found(State.UNREACHABLE)));
    for (int i = 0; i < 100; i++) {
      pace.after(found(State.UNREACHABLE));
    }
    assertAbout(Duration.ofMinutes(5), pace.after(found(State.UNREACHABLE)));
    pace.after(found(State.OK));
    assertAbout(Duration.ofSeconds(15), pace.after(found(State.UNREACHABLE)));
  }

  private static Finding found(State state) {
    return Finding.trouble(state, "");
  }

  private static void assertAbout(Duration wanted, Duration got) {
    long percent = got.toMillis() * 100 / wanted.toMillis();
    assertTrue(percent >= 90 && percent <= 110, got + " for " + wanted);
  }
}
