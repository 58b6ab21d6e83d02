package calendlyinbox.delivery;

import java.util.concurrent.LinkedBlockingQueue;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Jetty's pool of threads, with a queue of the JDK: Jetty's own asks the JVM's management how long
 * a cache line is, at a tenth of the whole start.
 */
public final class HttpThreads {
  private static final int IDLE_MILLIS = 60_000;

  private HttpThreads() {}

  /**
   * Returns a pool that is not started.
   *
   * @param name of its threads
   */
  public static QueuedThreadPool of(String name, int min, int max) {
    QueuedThreadPool threads =
        new QueuedThreadPool(max, min, IDLE_MILLIS, new LinkedBlockingQueue<>());
    threads.setName(name);
    threads.setReservedThreads(0);
    return threads;
  }
}
