package calendlyinbox.subscriptions;

import calendlyinbox.delivery.PrivateFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * One at a time, server or command, looks at the subscription and changes it: {@code
 * data/subscription.lock} is locked by the operating system meanwhile, so that a crash leaves
 * nothing to clean up.
 */
final class SubscriptionLock implements Closeable {
  /** Locks of files are held by processes; this is for the threads of ours. */
  private static final Semaphore HERE = new Semaphore(1);

  private static final long TRY_AGAIN_MILLIS = 100;

  private final FileChannel channel;

  private SubscriptionLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Waits so long at most: whoever has it may take some minutes where Calendly is slow, and for
   * ever where it is suspended. Empty: it still has it.
   */
  static Optional<SubscriptionLock> take(Path dataFolder, Duration patience)
      throws IOException, InterruptedException {
    long until = System.nanoTime() + patience.toNanos();
    if (!HERE.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
      return Optional.empty();
    }
    Optional<SubscriptionLock> lock = Optional.empty();
    try {
      lock = open(file(dataFolder), until);
      return lock;
    } finally {
      if (lock.isEmpty()) {
        HERE.release();
      }
    }
  }

  static Path file(Path dataFolder) {
    return dataFolder.resolve("subscription.lock");
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      HERE.release();
    }
  }

  private static Optional<SubscriptionLock> open(Path file, long until)
      throws IOException, InterruptedException {
    Optional<SubscriptionLock> lock = tryOnce(file);
    while (lock.isEmpty() && System.nanoTime() < until) {
      Thread.sleep(TRY_AGAIN_MILLIS);
      lock = tryOnce(file);
    }
    return lock;
  }

  /**
   * Who waits has the file closed: whoever asks the system who has it open looks for the holder.
   */
  private static Optional<SubscriptionLock> tryOnce(Path file)
      throws IOException, InterruptedException {
    FileChannel channel = PrivateFile.openToLock(file);
    boolean taken = false;
    try {
      taken = channel.tryLock() != null;
      return taken ? Optional.of(new SubscriptionLock(channel)) : Optional.empty();
    } catch (FileLockInterruptionException | ClosedByInterruptException e) {
      Thread.interrupted();
      throw new InterruptedException("interrupted while waiting for " + file);
    } finally {
      if (!taken) {
        channel.close();
      }
    }
  }
}
