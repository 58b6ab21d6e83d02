package calendlyinbox;

import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for a condition, never for a time. */
public final class Eventually {
  private static final Duration AT_MOST = Duration.ofMinutes(5);

  private Eventually() {}

  /**
   * Returns when the condition holds; fails when it does not within minutes, which a machine at its
   * slowest does not take.
   */
  public static void holds(String what, Callable<Boolean> condition) throws Exception {
    holds(what, AT_MOST, condition);
  }

  public static void holds(String what, Duration atMost, Callable<Boolean> condition)
      throws Exception {
    long begun = System.nanoTime();
    while (!condition.call()) {
      Duration waited = Duration.ofNanos(System.nanoTime() - begun);
      if (waited.compareTo(atMost) > 0) {
        fail("not within " + atMost + ": " + what);
      }
      // The longer it takes, the seldomer: to look costs the processors what is waited for.
      Thread.sleep(Math.min(5 + waited.toMillis() / 20, 50));
    }
  }
}
