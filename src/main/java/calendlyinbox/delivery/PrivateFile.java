package calendlyinbox.delivery;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;

/**
 * A small file of the data folder that only its owner reads. It belongs to whom the folder belongs
 * to, also when root runs a command: the server must be able to read it afterwards.
 */
public final class PrivateFile {
  private PrivateFile() {}

  /**
   * Replaces the whole content. When this returns, content and name are on disk; a crash before
   * leaves the old content, never a part of the new. Only one at a time may write the same file.
   *
   * @throws IOException if it cannot be written; the old content is then as it was
   */
  public static void replace(Path file, String content) throws IOException {
    put(file, content, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Makes the file. When this returns, content and name are on disk; where it fails there is no
   * such file, so that it can be made when there is space again. Only one at a time may make the
   * same file.
   *
   * @throws IOException if it cannot be written, or exists
   */
  public static void create(Path file, String content) throws IOException {
    // Without an option a move refuses where there is something.
    put(file, content);
  }

  /** Opens a file to lock it; it is made if it is not there. */
  public static FileChannel openToLock(Path file) throws IOException {
    return open(file.toAbsolutePath(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  private static void put(Path file, String content, CopyOption... how) throws IOException {
    Path whole = file.toAbsolutePath();
    Path draft = whole.resolveSibling(whole.getFileName() + ".new");
    Files.deleteIfExists(draft);
    try {
      write(draft, content);
      Files.move(draft, whole, how);
    } catch (IOException e) {
      Files.deleteIfExists(draft);
      throw e;
    }
    syncFolder(whole);
  }

  private static void write(Path file, String content) throws IOException {
    try (FileChannel out = open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
  }

  private static FileChannel open(Path file, OpenOption... options) throws IOException {
    boolean made = Files.notExists(file);
    FileChannel channel = FileChannel.open(file, Set.of(options), ownerOnly(file));
    try {
      if (made) {
        giveToOwnerOfFolder(file);
      }
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static void giveToOwnerOfFolder(Path file) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view == null) {
      return;
    }
    UserPrincipal owner = Files.getOwner(file.getParent());
    if (!view.getOwner().equals(owner)) {
      view.setOwner(owner);
    }
  }

  private static void syncFolder(Path file) throws IOException {
    try (FileChannel folder = FileChannel.open(file.getParent())) {
      folder.force(true);
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }
}
