package calendlyinbox.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import calendlyinbox.Eventually;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.Test;

final class ListeningConnectorTest {
  private static final int STOPS = 200;
  private static final int AT_WORK = 8;

  @Test
  void who_comes_after_a_close_is_refused_however_busy_the_machine() throws Exception {
    AtomicBoolean work = new AtomicBoolean(true);
    ExecutorService others = Executors.newFixedThreadPool(AT_WORK);
    for (int i = 0; i < AT_WORK; i++) {
      others.execute(
          () -> {
            while (work.get()) {
              Thread.onSpinWait();
            }
          });
    }
    List<String> taken = new ArrayList<>();
    try {
      for (int stop = 0; stop < STOPS; stop++) {
        Server server = new Server(HttpThreads.of("listening", 3, 3));
        ListeningConnector connector = connector(server);
        server.start();
        int port = connector.getLocalPort();
        // Accepted: its thread is about to wait for the next one.
        new RawHttp(port).close();
        connector.close();
        try {
          new RawHttp(port).close();
          taken.add("after close " + stop);
        } catch (ConnectException refused) {
          // As it is to be.
        }
        server.stop();
      }
    } finally {
      work.set(false);
      others.shutdown();
    }
    assertEquals(true, others.awaitTermination(1, TimeUnit.MINUTES));
    assertEquals(List.of(), taken);
  }

  @Test
  void the_thread_that_accepted_ends_with_the_close() throws Exception {
    QueuedThreadPool threads = HttpThreads.of("listening", 3, 3);
    Server server = new Server(threads);
    ListeningConnector connector = connector(server);
    server.start();
    try {
      // Two that never end: one that accepts, and one that watches.
      Eventually.holds("all are started", () -> threads.getIdleThreads() == 1);
      connector.close();
      Eventually.holds("none accepts", () -> threads.getIdleThreads() == 2);
    } finally {
      server.stop();
    }
  }

  private static ListeningConnector connector(Server server) {
    ListeningConnector connector =
        new ListeningConnector(server, new HttpConnectionFactory(new HttpConfiguration()));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    return connector;
  }
}
