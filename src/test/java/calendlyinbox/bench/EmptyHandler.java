package calendlyinbox.bench;

import calendlyinbox.delivery.Door;
import io.javalin.Javalin;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The yardstick: what this machine's Javalin can answer at most, with the receiver's options for
 * Java, one selector as the {@link Door} has it, and a handler that does nothing.
 */
final class EmptyHandler {
  // Handlers that may block need some: with these it answers most on two processors.
  private static final int MAX_THREADS = 8;
  private static final int MIN_THREADS = 4;

  private EmptyHandler() {}

  public static void main(String[] args) {
    Javalin.create(
            config -> {
              config.startup.showJavalinBanner = false;
              config.startup.showOldJavalinVersionWarning = false;
              config.jetty.threadPool = new QueuedThreadPool(MAX_THREADS, MIN_THREADS);
              config.jetty.addConnector(
                  (server, http) -> {
                    ServerConnector connector =
                        new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
                    connector.setHost(System.getenv("HOST"));
                    connector.setPort(Integer.parseInt(System.getenv("PORT")));
                    return connector;
                  });
              config.routes.post(Door.WEBHOOK_PATH, ctx -> {});
            })
        .start();
  }
}
