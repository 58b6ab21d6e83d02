package calendlyinbox;

import calendlyinbox.calendly.EventParser;
import calendlyinbox.delivery.SigningKey;
import java.nio.charset.StandardCharsets;

/**
 * Has Java load what the first delivery needs, on the second processor, while the door is being
 * opened on the first: signing and reading JSON take a fifth of the whole start.
 */
final class WarmUp implements Runnable {
  private static final byte[] NOTHING = "{}".getBytes(StandardCharsets.US_ASCII);

  private WarmUp() {}

  /** Returns at once. */
  static void begin() {
    Thread thread = new Thread(new WarmUp(), "warm-up");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void run() {
    new SigningKey("warm-up").sign("0", NOTHING);
    new EventParser().parse(NOTHING);
  }
}
