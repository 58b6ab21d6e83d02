package calendlyinbox.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the figures were measured on. */
final class Surroundings {
  private static final int SYNCS = 50;

  private Surroundings() {}

  /** One line: date, machine, versions, and how long a sync takes there. */
  static String line(Plan plan, Path folder) throws IOException {
    return String.format(
        Locale.ROOT,
        "%s, %d cores (%s), %s, Java %s, Javalin %s, SQLite %s, fsync %.2f ms, %s, seed %d:",
        LocalDate.now(ZoneOffset.UTC),
        Runtime.getRuntime().availableProcessors(),
        value(Path.of("/proc/cpuinfo"), "model name"),
        value(Path.of("/etc/os-release"), "PRETTY_NAME").replace("\"", ""),
        Runtime.version(),
        io.javalin.util.JavalinLogger.class.getPackage().getImplementationVersion(),
        org.sqlite.SQLiteJDBCLoader.getVersion(),
        fsyncMillis(folder),
        plan.isLong() ? "long form" : "short form",
        plan.seed());
  }

  private static String value(Path file, String name) throws IOException {
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith(name)) {
        return line.substring(line.indexOf(line.contains("=") ? '=' : ':') + 1).trim();
      }
    }
    return "?";
  }

  private static double fsyncMillis(Path folder) throws IOException {
    List<Double> millis = new ArrayList<>();
    Path file = folder.resolve("sync");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int i = 0; i < SYNCS; i++) {
        channel.write(ByteBuffer.allocate(Signed.BODY_BYTES));
        long begun = System.nanoTime();
        channel.force(false);
        millis.add((System.nanoTime() - begun) / 1e6);
      }
    }
    Files.delete(file);
    return Numbers.median(millis);
  }
}
