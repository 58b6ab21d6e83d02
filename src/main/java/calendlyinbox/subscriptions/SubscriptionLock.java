package calendlyinbox.subscriptions;

import calendlyinbox.delivery.PrivateFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;

/**
 * One at a time, server or command, looks at the subscription and changes it: {@code
 * data/subscription.lock} is locked by the operating system meanwhile, so that a crash leaves
 * nothing to clean up.
 */
public final class SubscriptionLock implements Closeable {
  /** Locks of files are held by processes; this is for the threads of ours. */
  private static final Semaphore HERE = new Semaphore(1);

  private final FileChannel channel;

  private SubscriptionLock(FileChannel channel) {
    this.channel = channel;
  }

  /** Waits for whoever has it, which may take some minutes where Calendly is slow. */
  public static SubscriptionLock take(Path dataFolder) throws IOException, InterruptedException {
    HERE.acquire();
    boolean taken = false;
    try {
      SubscriptionLock lock = open(dataFolder.resolve("subscription.lock"));
      taken = true;
      return lock;
    } finally {
      if (!taken) {
        HERE.release();
      }
    }
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      HERE.release();
    }
  }

  private static SubscriptionLock open(Path file) throws IOException, InterruptedException {
    FileChannel channel = PrivateFile.openToLock(file);
    try {
      channel.lock();
      return new SubscriptionLock(channel);
    } catch (FileLockInterruptionException | ClosedByInterruptException e) {
      channel.close();
      Thread.interrupted();
      throw new InterruptedException("interrupted while waiting for " + file);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }
}
