package calendlyinbox.torture;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A folder on a disk of its own, that can be filled to the last byte. Only root can have one. */
final class SmallDisk implements AutoCloseable {
  private final Path folder;
  private final Path ballast;

  private SmallDisk(Path folder) {
    this.folder = folder;
    this.ballast = folder.resolve("ballast");
  }

  /**
   * Leaves the test out where it cannot be had.
   *
   * @param folder exists
   * @param instead what has a full disk all the same
   */
  static SmallDisk on(Path folder, int mebibytes, String instead)
      throws IOException, InterruptedException {
    if (!Programs.areRoots()) {
      abort("only root can mount a small disk; " + instead);
    }
    try {
      String options = "size=" + mebibytes + "m,mode=700";
      Programs.run("mount", "-t", "tmpfs", "-o", options, "tmpfs", folder.toString());
    } catch (IOException refused) {
      abort(refused.getMessage() + "; " + instead);
    }
    return new SmallDisk(folder);
  }

  /** By large pieces, then by small ones, until not a byte fits any more. */
  void fill() throws IOException {
    for (int piece : new int[] {1024 * 1024, 4096, 1}) {
      byte[] zeros = new byte[piece];
      try (OutputStream out =
          Files.newOutputStream(ballast, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
        while (true) {
          out.write(zeros);
        }
      } catch (IOException full) {
        assertTrue(full.getMessage().contains("No space left"), full.getMessage());
      }
    }
  }

  /** Leaves so much room and no more. */
  void fillBut(long bytes) throws IOException {
    try (OutputStream out =
        Files.newOutputStream(ballast, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      long usable = Files.getFileStore(folder).getUsableSpace();
      out.write(new byte[Math.toIntExact(usable - bytes)]);
    }
  }

  /** What filled it goes. */
  void makeRoom() throws IOException {
    Files.delete(ballast);
  }

  @Override
  public void close() throws IOException, InterruptedException {
    Programs.run("umount", "--lazy", folder.toString());
  }
}
