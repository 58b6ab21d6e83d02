package calendlyinbox.calendly;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The HTTP clients of a server that runs for years. Redirects are not followed.
 *
 * <p>The JDK's client has one thread that watches its connections, and it does not survive that its
 * executor throws there: each later call fails or hangs (JDK-8277969). An executor that starts
 * threads as it needs them throws whenever the system has none to give. So these are few, there
 * from the beginning, and never end; they wait for nobody but the resolver of names.
 */
public final class OutgoingHttp {
  private static final int THREADS = 4;

  private static final ThreadPoolExecutor SHARED =
      threads(
          task -> {
            Thread thread = new Thread(task, "outgoing-http");
            thread.setDaemon(true);
            return thread;
          });

  private OutgoingHttp() {}

  /** Returns a new client, which shares its threads with the others. */
  public static HttpClient client(Duration connectWithin) {
    return client(connectWithin, SHARED);
  }

  static HttpClient client(Duration connectWithin, ThreadPoolExecutor threads) {
    threads.prestartAllCoreThreads();
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(connectWithin)
        .executor(threads)
        .build();
  }

  static ThreadPoolExecutor threads(ThreadFactory factory) {
    return new ThreadPoolExecutor(
        THREADS, THREADS, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
  }
}
