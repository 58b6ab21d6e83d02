package calendlyinbox.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.RunningReceiver;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * A database with large rows, and the index of its log as it lies in memory. The place of each
 * number there is from sqlite.org/walformat.html.
 */
final class DatabaseWithLog implements AutoCloseable {
  static final int FRAMES_AT = 16;
  static final int MOVED_AT = 96;

  private final Database database;
  private final Path file;
  // Open as long as SQLite has it open: closing it would let go of SQLite's locks.
  private final RandomAccessFile index;
  private int rows;

  /** Begins with some rows, all of them in the main file. */
  DatabaseWithLog(Path file, Database database, int rows) throws Exception {
    this.file = file;
    this.database = database;
    add(rows);
    assertTrue(database.checkpoint());
    index = new RandomAccessFile(file.resolveSibling(file.getFileName() + "-shm").toFile(), "rw");
  }

  int rows() {
    return rows;
  }

  void add(int count) throws DatabaseUnavailableException {
    database.write(
        handle -> {
          insert(handle, count);
          return null;
        });
  }

  void insert(Handle handle, int count) {
    for (int i = 0; i < count; i++) {
      handle.execute(
          "INSERT INTO invitees (uri, name) VALUES (?, ?)", "i" + rows++, "n".repeat(900));
    }
  }

  /** Read from a copy that has no log beside it. */
  void assertMainFileHasAllRows() throws IOException, SQLException {
    Path alone =
        Files.copy(file, file.resolveSibling("alone.db"), StandardCopyOption.REPLACE_EXISTING);
    assertEquals(List.of("ok"), RunningReceiver.rows(alone, "PRAGMA integrity_check"));
    assertEquals(rows, DatabaseTest.number(alone, "SELECT count(*) FROM invitees"));
  }

  /** Asked again while somebody writes it. */
  LogIndex index() throws IOException {
    Optional<LogIndex> said = LogIndex.read(index);
    while (said.isEmpty()) {
      said = LogIndex.read(index);
    }
    return said.get();
  }

  int number(int at) throws IOException {
    index.seek(at);
    return order(index.readInt());
  }

  void put(int at, int number) throws IOException {
    index.seek(at);
    index.writeInt(order(number));
  }

  private static int order(int number) {
    return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? number : Integer.reverseBytes(number);
  }

  @Override
  public void close() throws IOException {
    database.close();
    index.close();
  }
}
