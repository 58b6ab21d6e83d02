package calendlyinbox.torture;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What clients were told: a delivery's number stands here, on disk, only after its whole 200 has
 * been read. Safe for concurrent use.
 */
final class Ledger implements Closeable {
  private final Path file;
  private final FileChannel out;

  Ledger(Path file) throws IOException {
    this.file = file;
    this.out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** When it returns the note is on disk. */
  void note(Delivery delivery) throws IOException {
    out.write(ByteBuffer.wrap((delivery.number() + "\n").getBytes()));
    out.force(false);
  }

  Set<Integer> noted() throws IOException {
    return Files.readAllLines(file).stream()
        .map(Integer::parseInt)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
