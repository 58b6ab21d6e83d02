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
    long until = System.nanoTime() + atMost.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() > until) {
        fail("not within " + atMost + ": " + what);
      }
      Thread.sleep(5);
    }
  }
}
