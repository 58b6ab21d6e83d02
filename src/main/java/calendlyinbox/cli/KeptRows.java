package calendlyinbox.cli;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * Rows that are printed as JSON when all of them are known. They may be more than fit into memory,
 * and are not printed at once where whoever reads them, and may be slow, would hold up the
 * database. So they are kept in a temporary file, which only its owner can read, and which is gone
 * with this process however that ends, where the system can delete an open file.
 */
final class KeptRows implements Closeable {
  private final FileChannel file;
  private final Writer rows;

  KeptRows() throws IOException {
    Path path = Files.createTempFile("calendly-inbox-", ".json");
    file =
        FileChannel.open(
            path,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
    rows = new BufferedWriter(Channels.newWriter(file, StandardCharsets.UTF_8));
  }

  /**
   * @throws UncheckedIOException if there is no room for it
   */
  void add(Map<String, ?> row) {
    try {
      rows.write(Json.compact(row));
      rows.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void printTo(PrintWriter out) throws IOException {
    rows.flush();
    file.position(0);
    BufferedReader kept = new BufferedReader(Channels.newReader(file, StandardCharsets.UTF_8));
    JsonRows array = new JsonRows(out);
    for (String row = kept.readLine(); row != null; row = kept.readLine()) {
      array.add(row);
    }
    array.end();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
