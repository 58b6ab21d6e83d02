package calendlyinbox;

import calendlyinbox.calendly.EventParser;
import calendlyinbox.delivery.HttpThreads;
import calendlyinbox.delivery.SigningKey;
import io.javalin.http.HandlerType;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Has Java load and link on the second processor what the start and the first delivery need, while
 * the first one is busy with the start; in the order in which they are needed. Where in the world
 * it is, its list of ciphers, the parts of Jetty and JSON take a third of the whole start; so does
 * what Java makes up at run time for the first record that Javalin hashes, and for the first text
 * that Jetty joins, which no class-data archive keeps.
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
    ZoneId.systemDefault();
    HandlerType.POST.equals(new HandlerType("", true));
    HandlerType.POST.hashCode();
    new SigningKey("warm-up").sign("0", NOTHING);
    Server server = new Server(HttpThreads.of("warm-up", 1, 1));
    new ServerConnector(server, 1, 1, new HttpConnectionFactory());
    new ServletContextHandler();
    new EventParser().parse(NOTHING);
  }
}
