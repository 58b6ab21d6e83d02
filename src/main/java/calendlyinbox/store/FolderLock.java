package calendlyinbox.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * One server a data folder: {@code server.lock} is locked by the operating system while it runs, so
 * that a crash leaves nothing to clean up, and holds a line that says who it is.
 */
public final class FolderLock implements Closeable {
  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /** Either the lock, or the line of the server that holds it. */
  public record Attempt(Optional<FolderLock> lock, String holder) {}

  /**
   * Takes the folder for this process.
   *
   * @param who what another server that is started here will be told, as {@code pid=4711
   *     address=0.0.0.0:8080}
   * @throws IOException if the file cannot be made or written
   */
  public static Attempt take(Path folder, String who) throws IOException {
    Path file = folder.resolve("server.lock");
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException thisProcess) {
      lock = null;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    if (lock == null) {
      channel.close();
      return new Attempt(Optional.empty(), Files.readString(file).trim());
    }
    channel.truncate(0);
    channel.write(ByteBuffer.wrap((who + "\n").getBytes(StandardCharsets.UTF_8)));
    return new Attempt(Optional.of(new FolderLock(channel)), who);
  }

  /** Lets the folder go. */
  @Override
  public void close() throws IOException {
    channel.truncate(0);
    channel.close();
  }
}
