package calendlyinbox.delivery;

import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Jetty's connector with one acceptor, whose {@link #close} returns when nobody is taken in any
 * more. Jetty's returns when the JDK has marked the channel closed; but the kernel goes on
 * listening for as long as a thread is inside {@code accept}, and takes in clients that nobody will
 * answer.
 */
final class ListeningConnector extends ServerConnector {
  /** For a thread that was woken up to get to run: milliseconds, and more where all are at work. */
  private static final Duration WAKES_WITHIN = Duration.ofSeconds(5);

  /** Held by the acceptor for as long as the kernel listens for it. */
  private final ReentrantLock accepting = new ReentrantLock();

  ListeningConnector(Server server, HttpConnectionFactory connections) {
    super(server, 1, 1, connections);
  }

  /**
   * Stops listening. When it returns, new clients are refused, and who was accepted has been handed
   * on to be read. Connections that are open stay so.
   */
  @Override
  public void close() {
    super.close();
    try {
      if (accepting.tryLock(WAKES_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
        accepting.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void accept(int acceptor) throws IOException {
    accepting.lock();
    try {
      if (!isOpen()) {
        throw new AsynchronousCloseException();
      }
      super.accept(acceptor);
    } finally {
      accepting.unlock();
    }
  }

  /** Returns whether the acceptor goes on: Jetty's would ask a closed channel again and again. */
  @Override
  protected boolean handleAcceptFailure(Throwable failure) {
    return isOpen() && super.handleAcceptFailure(failure);
  }
}
