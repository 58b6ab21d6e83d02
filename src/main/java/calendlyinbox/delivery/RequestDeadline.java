package calendlyinbox.delivery;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts off a connection whose request is not answered within a total time, whatever it sends
 * meanwhile. An idle timeout alone is kept away for ever by a byte a second; this counts from a
 * request's first byte to the last byte of its answer. A connection between two requests is left to
 * the idle timeout.
 *
 * <p>Of more connections than it was told may be open at once, the one is cut off for which nothing
 * has changed for longest: no request begun, or the one that is under way not answered. Of an
 * honest one that is a few milliseconds, whether it is about to send its request or waits for the
 * answer. So the memory that half requests hold is bounded, and nobody has to wait for a crowd,
 * whether it sends halves of requests or nothing.
 */
final class RequestDeadline extends AbstractLifeCycle implements Connection.Listener {
  private static final Logger log = LoggerFactory.getLogger(RequestDeadline.class);
  private static final long LOOK_EVERY_MILLIS = 500;

  private final long deadlineNanos;
  private final int atOnce;
  private final Map<Connection, Progress> connections = new ConcurrentHashMap<>();
  private final AtomicInteger crowdedOut = new AtomicInteger();
  private ScheduledExecutorService timer;

  /**
   * @param atOnce how many connections may be open
   */
  RequestDeadline(Duration deadline, int atOnce) {
    this.deadlineNanos = deadline.toNanos();
    this.atOnce = atOnce;
  }

  @Override
  public void onOpened(Connection connection) {
    // In this order: several may be opened at the same time.
    connections.put(connection, new Progress());
    while (connections.size() > atOnce) {
      cutOffOldest();
    }
  }

  @Override
  public void onClosed(Connection connection) {
    connections.remove(connection);
  }

  @Override
  protected void doStart() {
    timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "request-deadline");
              thread.setDaemon(true);
              return thread;
            });
    timer.scheduleWithFixedDelay(
        this::look, LOOK_EVERY_MILLIS, LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  protected void doStop() {
    timer.shutdownNow();
  }

  /**
   * Returns how many connections have a request that is begun and not answered, or something to
   * read that no thread of the door got to yet.
   */
  int underWay() {
    int count = 0;
    for (Connection connection : connections.keySet()) {
      // In this order: what is read between the two is seen as a request.
      if (isToBeRead(connection) || connection.getMessagesIn() != connection.getMessagesOut()) {
        count++;
      }
    }
    return count;
  }

  private static boolean isToBeRead(Connection connection) {
    try {
      return connection.getEndPoint() instanceof SocketChannelEndPoint socket
          && socket.getChannel().socket().getInputStream().available() > 0;
    } catch (IOException closed) {
      log.debug("Nothing can be read from a connection any more", closed);
      return false;
    }
  }

  private void cutOffOldest() {
    long now = System.nanoTime();
    Connection oldest = null;
    long longest = Long.MIN_VALUE;
    for (Map.Entry<Connection, Progress> entry : connections.entrySet()) {
      long unchanged = entry.getValue().unchangedNanos(entry.getKey(), now);
      if (unchanged > longest) {
        oldest = entry.getKey();
        longest = unchanged;
      }
    }
    // Another thread may have been faster.
    if (oldest != null && connections.remove(oldest) != null) {
      oldest.getEndPoint().close();
      crowdedOut.incrementAndGet();
    }
  }

  private void look() {
    long now = System.nanoTime();
    int cutOff = 0;
    for (Map.Entry<Connection, Progress> entry : connections.entrySet()) {
      try {
        if (entry.getValue().unansweredNanos(entry.getKey(), now) > deadlineNanos) {
          entry.getKey().getEndPoint().close();
          cutOff++;
        }
      } catch (RuntimeException | Error e) {
        log.debug("Connection did not close", e);
      }
    }
    if (cutOff > 0) {
      log.info("Slow clients cut off: connections={}", cutOff);
    }
    int crowded = crowdedOut.getAndSet(0);
    if (crowded > 0) {
      log.warn(
          "Slowest clients cut off, since more came than may be connected: connections={} limit={}",
          crowded,
          atOnce);
    }
  }

  /** What was last seen of a connection. */
  private static final class Progress {
    private long restsSince = System.nanoTime();
    private long since = restsSince;
    private long answered;
    private long bytesAtRest;

    /** Returns for how long a request has been under way, or none. */
    synchronized long unchangedNanos(Connection connection, long now) {
      long unanswered = unansweredNanos(connection, now);
      return unanswered == 0 ? now - restsSince : unanswered;
    }

    /** Returns for how long a request has been under way, 0 between two requests. */
    synchronized long unansweredNanos(Connection connection, long now) {
      long answers = connection.getMessagesOut();
      long bytes = connection.getBytesIn();
      if (answers != answered) {
        answered = answers;
        bytesAtRest = bytes;
        restsSince = now;
        since = now;
      } else if (bytes == bytesAtRest && connection.getMessagesIn() == answers) {
        since = now;
      }
      return now - since;
    }
  }
}
