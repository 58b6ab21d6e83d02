package calendlyinbox.torture;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;

/**
 * What clients were told: a delivery's number stands in a client's own file, on disk, only after
 * the whole 200 has been read. Safe for concurrent use.
 */
final class Ledger implements Closeable {
  private final Path folder;
  private final Set<Integer> noted = new ConcurrentSkipListSet<>();

  // Guarded by this.
  private final List<Page> pages = new ArrayList<>();

  Ledger(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
  }

  /** The file of one client. Not for concurrent use. */
  final class Page {
    private final FileChannel file;

    private Page(Path path) throws IOException {
      this.file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.APPEND);
    }

    /** When it returns the note is on disk. */
    void note(Delivery delivery) throws IOException {
      ByteBuffer line =
          ByteBuffer.wrap((delivery.number() + "\n").getBytes(StandardCharsets.US_ASCII));
      while (line.hasRemaining()) {
        file.write(line);
      }
      file.force(false);
      noted.add(delivery.number());
    }
  }

  /** Begins a file for one more client. */
  synchronized Page page() throws IOException {
    Page page = new Page(folder.resolve("client-" + pages.size()));
    pages.add(page);
    return page;
  }

  int size() {
    return noted.size();
  }

  /** Returns the numbers of all deliveries whose 200 was read, as the files have them. */
  synchronized Set<Integer> noted() throws IOException {
    Set<Integer> numbers = new TreeSet<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.readAllLines(file).forEach(line -> numbers.add(Integer.valueOf(line)));
      }
    }
    return numbers;
  }

  @Override
  public synchronized void close() throws IOException {
    for (Page page : pages) {
      page.file.close();
    }
  }
}
