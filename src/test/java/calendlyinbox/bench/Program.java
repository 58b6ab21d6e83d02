package calendlyinbox.bench;

import calendlyinbox.FreePort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A server under measurement, as a process of its own with its log in a file. */
final class Program implements AutoCloseable {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long CLOCK_TICKS_A_SECOND = 100;

  private final Process process;
  private final Path log;
  private final int port;

  private Program(Process process, Path log, int port) {
    this.process = process;
    this.log = log;
    this.port = port;
  }

  /** Starts a command that listens on the port that the variable PORT names; does not wait. */
  static Program launch(List<String> command, Map<String, String> settings, Path log)
      throws IOException {
    int port = FreePort.find();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().put("HOST", "127.0.0.1");
    builder.environment().put("PORT", Integer.toString(port));
    builder.environment().putAll(settings);
    return new Program(builder.start(), log, port);
  }

  int port() {
    return port;
  }

  /** Returns when it takes connections. */
  Program awaitOpen() throws InterruptedException {
    long until = System.nanoTime() + PATIENCE_NANOS;
    while (!isOpen()) {
      if (!process.isAlive() || System.nanoTime() > until) {
        throw new IllegalStateException("the server does not listen; its log is " + log);
      }
      Thread.sleep(1);
    }
    return this;
  }

  private boolean isOpen() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port));
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Processor time it took so far, in microseconds. */
  long cpuMicros() throws IOException {
    String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12]))
        * (1_000_000 / CLOCK_TICKS_A_SECOND);
  }

  /** A line of /proc/PID/status that is in kB, in MiB. */
  double mebibytes(String name) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
      if (line.startsWith(name + ":")) {
        return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
      }
    }
    throw new IOException("no " + name + " of process " + process.pid());
  }

  /** SIGTERM; returns when it has ended. */
  @Override
  public void close() throws InterruptedException {
    process.toHandle().destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
