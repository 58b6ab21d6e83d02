package calendlyinbox.sync;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/** Tells how a sync goes on, a line a minute. For one thread. */
public final class MinuteLines implements SyncWatcher {
  private static final Duration EVERY = Duration.ofMinutes(1);

  private final Clock clock;
  private final Consumer<String> lines;
  private final Pace pace;
  private Instant last;

  public MinuteLines(Clock clock, Consumer<String> lines) {
    this.clock = clock;
    this.lines = lines;
    this.pace = new Pace(clock);
    this.last = clock.instant();
  }

  @Override
  public void began(Tally already, Optional<Long> total) {
    pace.begin(already.looked(), total);
  }

  @Override
  public void at(Tally tally) {
    Instant now = clock.instant();
    if (Duration.between(last, now).compareTo(EVERY) >= 0) {
      last = now;
      lines.accept(pace.sentence(tally.looked()));
    }
  }
}
