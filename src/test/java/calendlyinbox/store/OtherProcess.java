package calendlyinbox.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;

/** A real other process that opens the database, does something, and closes it again. */
public final class OtherProcess {
  private OtherProcess() {}

  private static final String LAST_ONE = "am I the last one?";
  private static final int SOMEBODY_ELSE = 9;

  /** The program: runs a statement, or sees whether anybody has the database open. */
  public static void main(String[] args) throws SQLException, IOException {
    if (args[1].equals(LAST_ONE)) {
      System.exit(isOpenElsewhere(Path.of(args[0])) ? SOMEBODY_ELSE : 0);
    }
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + args[0]);
        Statement statement = connection.createStatement()) {
      statement.execute(args[1]);
    }
  }

  /**
   * By the lock that SQLite's own last connection takes before it deletes the log: all bytes of the
   * shared range (os_unix.c, SHARED_FIRST and SHARED_SIZE).
   */
  private static boolean isOpenElsewhere(Path database) throws IOException {
    try (FileChannel channel = FileChannel.open(database, StandardOpenOption.WRITE)) {
      return channel.tryLock(0x40000002L, 510, false) == null;
    }
  }

  /** Returns whether another process sees that this one has the database open. */
  static boolean seesItOpen(Path database) throws IOException, InterruptedException {
    return run(database, LAST_ONE) == SOMEBODY_ELSE;
  }

  /** Starts it, and returns its exit code when it has ended. */
  static int run(Path database, String sql) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                OtherProcess.class.getName(),
                database.toString(),
                sql)
            .inheritIO()
            .start();
    if (!process.waitFor(20, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IOException("the other process did not end");
    }
    return process.exitValue();
  }
}
