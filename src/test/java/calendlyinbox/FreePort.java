package calendlyinbox;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** A port for a server whose address must be known before it starts, or be the same again. */
public final class FreePort {
  // Below those that the system gives to whoever asks for any, as the tests beside this one do: it
  // stays free until it is listened on.
  private static final int FIRST = 10_100;
  private static final int LAST = 32_000;

  private FreePort() {}

  public static int find() throws IOException {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
        return socket.getLocalPort();
      } catch (BindException taken) {
        // Another one then.
      }
    }
  }
}
