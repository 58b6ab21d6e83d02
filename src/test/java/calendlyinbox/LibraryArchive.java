package calendlyinbox;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A class-data archive for the processes that tests start: what Java makes of the libraries'
 * classes when it has read and checked them, which is nearly half of what a start costs. It is made
 * once for a class path, in {@code target/}. Java puts no class of a folder into one, as ours are
 * while tests run, and takes one only where the class path begins as it did: libraries stand first.
 */
final class LibraryArchive {
  /** The class path of the tests, libraries first. */
  static final String CLASS_PATH;

  private static final String LIBRARIES;
  private static List<String> options;

  static {
    String all =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    Map<Boolean, List<String>> parts =
        Stream.of(all.split(File.pathSeparator))
            .collect(Collectors.partitioningBy(part -> Files.isRegularFile(Path.of(part))));
    LIBRARIES = String.join(File.pathSeparator, parts.get(true));
    CLASS_PATH =
        Stream.of(parts.get(true), parts.get(false))
            .flatMap(List::stream)
            .collect(Collectors.joining(File.pathSeparator));
  }

  private LibraryArchive() {}

  /**
   * Returns what a command of Java's needs to use it, and makes it first where it is not there;
   * nothing where this Java cannot make one.
   */
  static synchronized List<String> options() throws IOException {
    if (options == null) {
      // For the server that says which classes it loads.
      options = List.of();
      try {
        Path archive = makeOrFind();
        if (Files.size(archive) > 0) {
          options = List.of("-XX:SharedArchiveFile=" + archive, "-Xshare:auto", "-Xlog:cds*=off");
        }
      } catch (InterruptedException e) {
        throw new IOException("interrupted while an archive was made", e);
      }
    }
    return options;
  }

  /** The tests run in several JVMs: one makes it. It is empty where that cannot be done. */
  private static Path makeOrFind() throws IOException, InterruptedException {
    Path folder = Files.createDirectories(Path.of("target/library-archives").toAbsolutePath());
    String name =
        System.getProperty("java.version") + "-" + Integer.toHexString(LIBRARIES.hashCode());
    Path archive = folder.resolve(name + ".jsa");
    try (FileChannel lock =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      lock.lock();
      if (!Files.exists(archive)) {
        make(folder, archive);
      }
    }
    return archive;
  }

  private static void make(Path folder, Path archive) throws IOException, InterruptedException {
    Path classes = folder.resolve("classes.txt");
    ServerProcess server =
        ServerProcess.launch(
            folder.resolve("data"),
            Map.of("JDK_JAVA_OPTIONS", "-XX:DumpLoadedClassList=" + classes));
    server.port();
    server.post(Deliveries.booking("M-archive", "archive").body());
    if (server.terminate() != 0) {
      throw new IOException("the server did not list its classes: " + server.log());
    }
    Path made = folder.resolve("made.jsa");
    List<String> command =
        new ArrayList<>(
            List.of(
                ServerProcess.JAVA,
                "-Xshare:dump",
                "-XX:+UseSerialGC",
                "-XX:SharedClassListFile=" + classes,
                "-XX:SharedArchiveFile=" + made,
                "-cp",
                LIBRARIES));
    Path log = folder.resolve("log.txt");
    Process dump =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (dump.waitFor() != 0) {
      Files.deleteIfExists(made);
      Files.createFile(made);
    }
    Files.move(made, archive, StandardCopyOption.ATOMIC_MOVE);
  }
}
