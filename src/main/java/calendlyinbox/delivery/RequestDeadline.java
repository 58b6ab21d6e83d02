package calendlyinbox.delivery;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
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
 */
final class RequestDeadline extends AbstractLifeCycle implements Connection.Listener {
  private static final Logger log = LoggerFactory.getLogger(RequestDeadline.class);
  private static final long LOOK_EVERY_MILLIS = 500;

  private final long deadlineNanos;
  private final Map<Connection, Progress> connections = new ConcurrentHashMap<>();
  private ScheduledExecutorService timer;

  RequestDeadline(Duration deadline) {
    this.deadlineNanos = deadline.toNanos();
  }

  @Override
  public void onOpened(Connection connection) {
    connections.put(connection, new Progress());
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
  }

  /** What was last seen of a connection; of the timer's thread alone, but for its beginning. */
  private static final class Progress {
    private long since = System.nanoTime();
    private long answered;
    private long bytesAtRest;

    /** Returns for how long a request has been under way, 0 between two requests. */
    long unansweredNanos(Connection connection, long now) {
      long answers = connection.getMessagesOut();
      long bytes = connection.getBytesIn();
      if (answers != answered) {
        answered = answers;
        bytesAtRest = bytes;
        since = now;
      } else if (bytes == bytesAtRest && connection.getMessagesIn() == answers) {
        since = now;
      }
      return now - since;
    }
  }
}
