package calendlyinbox;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.Arrays;

/** Rubbish where a page of a database was. */
public final class DestroyedPage {
  private DestroyedPage() {}

  /** Of a table or an index its topmost page; and so of a table all rows. */
  public static void rootOf(String name, Path database) throws SQLException, IOException {
    String sql = "SELECT rootpage FROM sqlite_schema WHERE name = '" + name + "'";
    long root = Long.parseLong(RunningReceiver.rows(database, sql).get(0));
    int size = Integer.parseInt(RunningReceiver.rows(database, "PRAGMA page_size").get(0));
    byte[] rubbish = new byte[size];
    Arrays.fill(rubbish, (byte) 0x55);
    try (FileChannel file = FileChannel.open(database, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(rubbish), (root - 1) * size);
    }
  }
}
