package calendlyinbox.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One server a data folder, and one sync: a file is locked by the operating system while it runs,
 * so that a crash leaves nothing to clean up, and holds a line that says who it is.
 */
public final class FolderLock implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(FolderLock.class);
  private static final String SERVER = "server.lock";

  /** Of one that has not written its line yet, or could not. */
  private static final String UNKNOWN = "pid unknown";

  /** Somebody who asks {@link #isHeld} has it for an instant. */
  private static final int TRIES = 5;

  private static final long TRY_AGAIN_MILLIS = 20;

  /**
   * Files that this process has locked, and who it said it is: they must not even be opened again,
   * since closing any channel of a file drops all locks that the process has on it (POSIX).
   */
  private static final Map<Path, String> OURS = new ConcurrentHashMap<>();

  private final Path file;
  private final FileChannel channel;

  private FolderLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** Either the lock, or the line of whoever holds it. */
  public record Attempt(Optional<FolderLock> lock, String holder) {}

  /**
   * Takes the folder for the server of this process.
   *
   * @throws IOException if the file cannot be made or locked
   */
  public static Attempt take(Path folder, String who) throws IOException {
    return take(folder, SERVER, who);
  }

  /**
   * Takes one right on the folder for this process.
   *
   * @param name of the file in the folder
   * @param who what another one that wants it will be told, as {@code pid=4711
   *     address=0.0.0.0:8080}
   * @throws IOException if the file cannot be made or locked
   */
  public static Attempt take(Path folder, String name, String who) throws IOException {
    Path file = file(folder, name);
    String ours = OURS.putIfAbsent(file, who);
    if (ours != null) {
      return new Attempt(Optional.empty(), ours);
    }
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FolderOwner.give(file);
      if (tryLock(channel) == null) {
        channel.close();
        OURS.remove(file);
        return new Attempt(Optional.empty(), line(file));
      }
      setLine(channel, who + "\n");
      return new Attempt(Optional.of(new FolderLock(file, channel)), who);
    } catch (IOException e) {
      if (channel != null) {
        channel.close();
      }
      OURS.remove(file);
      throw e;
    }
  }

  /**
   * Returns whether a server holds the folder now.
   *
   * @throws IOException if its file is there and cannot be read
   */
  public static boolean isHeld(Path folder) throws IOException {
    Path file = file(folder, SERVER);
    if (OURS.containsKey(file)) {
      return true;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.tryLock(0, Long.MAX_VALUE, true) == null;
    } catch (NoSuchFileException neverServed) {
      return false;
    }
  }

  private static String line(Path file) throws IOException {
    String line = Files.readString(file).trim();
    return line.isEmpty() ? UNKNOWN : line;
  }

  /** The lock is the system's, and holds whether or not a full disk takes the line. */
  private static void setLine(FileChannel channel, String line) {
    try {
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      log.debug("Who holds a lock could not be written into its file", e);
    }
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    FileLock lock = channel.tryLock();
    for (int tries = 1; lock == null && tries < TRIES; tries++) {
      try {
        Thread.sleep(TRY_AGAIN_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      }
      lock = channel.tryLock();
    }
    return lock;
  }

  private static Path file(Path folder, String name) throws IOException {
    return folder.toRealPath().resolve(name);
  }

  /** Lets the folder go. */
  @Override
  public void close() throws IOException {
    try (channel) {
      setLine(channel, "");
    } finally {
      OURS.remove(file);
    }
  }
}
