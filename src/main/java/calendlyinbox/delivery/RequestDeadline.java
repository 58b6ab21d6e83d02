package calendlyinbox.delivery;

import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
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
 * <p>Of more connections than it was told may be open at once, the one is cut off whose request has
 * been under way for longest: one that is honest takes milliseconds. So the memory that half
 * requests hold is bounded, and however many there are, nobody has to wait for them.
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
      cutOffSlowest();
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

  private void cutOffSlowest() {
    long now = System.nanoTime();
    Connection longest = null;
    Age longestAge = null;
    for (Map.Entry<Connection, Progress> entry : connections.entrySet()) {
      Age age = entry.getValue().age(entry.getKey(), now);
      if (longestAge == null || age.compareTo(longestAge) > 0) {
        longest = entry.getKey();
        longestAge = age;
      }
    }
    // Another thread may have been faster.
    if (longest != null && connections.remove(longest) != null) {
      longest.getEndPoint().close();
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

  /** Those that rest are younger than all whose request is under way. */
  private record Age(long unansweredNanos, long openNanos) implements Comparable<Age> {
    private static final Comparator<Age> ORDER =
        Comparator.comparingLong(Age::unansweredNanos).thenComparingLong(Age::openNanos);

    @Override
    public int compareTo(Age other) {
      return ORDER.compare(this, other);
    }
  }

  /** What was last seen of a connection. */
  private static final class Progress {
    private final long opened = System.nanoTime();
    private long since = opened;
    private long answered;
    private long bytesAtRest;

    Age age(Connection connection, long now) {
      return new Age(unansweredNanos(connection, now), now - opened);
    }

    /** Returns for how long a request has been under way, 0 between two requests. */
    synchronized long unansweredNanos(Connection connection, long now) {
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
