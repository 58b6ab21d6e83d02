package calendlyinbox.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The few file operations that a 200 rests on, in one place, so that each can be broken in a test:
 * writing, syncing, making a file, syncing its folder.
 */
class JournalFiles {

  /** A file open for appending. */
  interface Appending extends Closeable {
    /** Writes all remaining bytes at the end of the file, or throws having written some of them. */
    void write(ByteBuffer bytes) throws IOException;

    /** When this returns, everything written is on disk (fdatasync). */
    void sync() throws IOException;

    /** Cuts the file off at {@code length} bytes. */
    void truncate(long length) throws IOException;
  }

  /**
   * Makes a file that did not exist, readable by its owner only: it will hold people's bookings.
   */
  Appending create(Path file) throws IOException {
    Set<StandardOpenOption> options =
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    return appending(FileChannel.open(file, options, ownerOnly(file)));
  }

  /** Opens a file that a former process left. */
  Appending open(Path file) throws IOException {
    return appending(FileChannel.open(file, StandardOpenOption.WRITE));
  }

  /**
   * When this returns, the folder's entries are on disk: files made in it are found again after a
   * power loss.
   */
  void syncDirectory(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static Appending appending(FileChannel channel) {
    return new Appending() {
      @Override
      public void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      }

      @Override
      public void sync() throws IOException {
        channel.force(false);
      }

      @Override
      public void truncate(long length) throws IOException {
        channel.truncate(length);
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }
    };
  }

  static FileAttribute<?>[] ownerOnly(Path file) {
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    String mode = "rw-------";
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        }
        : new FileAttribute<?>[0];
  }
}
