package calendlyinbox.subscriptions;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Another program that looks at the subscription of a folder until its standard input ends. */
public final class LockHolder {
  private LockHolder() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    try (SubscriptionLock lock =
        SubscriptionLock.take(Path.of(args[0]), Duration.ofMinutes(5)).orElseThrow()) {
      System.out.println("locked");
      while (System.in.read() >= 0) {
        // Holds on.
      }
    }
  }
}
