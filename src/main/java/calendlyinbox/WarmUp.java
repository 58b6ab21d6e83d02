package calendlyinbox;

import calendlyinbox.calendly.EventParser;
import calendlyinbox.delivery.HttpThreads;
import calendlyinbox.delivery.SigningKey;
import io.javalin.http.HandlerType;
import java.nio.charset.StandardCharsets;

/**
 * Has Java load and link on the second processor what the start and the first delivery need, while
 * the first one is busy with the start; in the order in which they are needed. JSON and signing
 * take a fifth of the whole start; what Java makes up at run time for the first text that Jetty
 * joins and the first record that Javalin hashes takes a tenth, and no class-data archive keeps it.
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
    new EventParser().parse(NOTHING);
    HttpThreads.of("warm-up", 1, 1);
    HandlerType.POST.hashCode();
    new SigningKey("warm-up").sign("0", NOTHING);
  }
}
