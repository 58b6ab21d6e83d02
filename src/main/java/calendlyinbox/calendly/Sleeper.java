package calendlyinbox.calendly;

import java.time.Duration;

/** How a call waits. Tests hand in one that turns their clock instead. */
@FunctionalInterface
public interface Sleeper {
  void sleep(Duration duration) throws InterruptedException;

  /** Waits in real time. */
  static Sleeper real() {
    return duration -> Thread.sleep(duration.toMillis() + 1);
  }
}
