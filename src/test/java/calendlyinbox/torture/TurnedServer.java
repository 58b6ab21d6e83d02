package calendlyinbox.torture;

import calendlyinbox.RunningReceiver;
import calendlyinbox.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A server whose clock can be turned while it runs. */
interface TurnedServer extends AutoCloseable {
  int port();

  /** From some moment after it returns, within seconds, its clock is off by so much. */
  void turn(Duration off) throws IOException;

  /** Stops it in order. */
  @Override
  void close() throws Exception;

  /**
   * The process, under Debian's libfaketime where that is here; else the classes, in this process.
   * So in the test suite too: under libfaketime a start and a stop take long.
   */
  static TurnedServer start(Ground ground, Map<String, String> settings) throws Exception {
    return isAProcess(ground)
        ? new Faked(ground, library().orElseThrow(), settings)
        : new InThisProcess(ground, settings);
  }

  static boolean isAProcess(Ground ground) throws IOException {
    return ground.size() != Size.SUITE && library().isPresent();
  }

  private static Optional<Path> library() throws IOException {
    try (Stream<Path> folders = Files.list(Path.of("/usr/lib"))) {
      return folders
          .map(folder -> folder.resolve("faketime/libfaketimeMT.so.1"))
          .filter(Files::exists)
          .findFirst();
    } catch (NoSuchFileException noSuchSystem) {
      return Optional.empty();
    }
  }

  /**
   * libfaketime reads a file once a second. Monotonic time, by which a JVM waits, goes on; its
   * remedy for old C libraries would end each wait at once, and the JVM's threads would spin.
   */
  final class Faked implements TurnedServer {
    private final Path time;
    private final ServerProcess server;

    Faked(Ground ground, Path library, Map<String, String> settings) throws Exception {
      time = ground.folder().resolve("time");
      turn(Duration.ZERO);
      List<String> under =
          List.of(
              "env",
              "LD_PRELOAD=" + library,
              "FAKETIME_TIMESTAMP_FILE=" + time,
              "FAKETIME_CACHE_DURATION=1",
              "FAKETIME_DONT_FAKE_MONOTONIC=1",
              "FAKETIME_FORCE_MONOTONIC_FIX=0");
      server = ground.startUnder(under, settings);
    }

    @Override
    public int port() {
      return server.port();
    }

    @Override
    public void turn(Duration off) throws IOException {
      Path next = time.resolveSibling("time.next");
      Files.writeString(next, (off.isNegative() ? "" : "+") + off.toSeconds() + "\n");
      // At once, or half of it might be read.
      Files.move(next, time, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() throws Exception {
      try (server) {
        Ground.stop(server);
      }
    }
  }

  /** With a clock of ours. */
  final class InThisProcess extends Clock implements TurnedServer {
    private volatile Duration off = Duration.ZERO;
    private final RunningReceiver receiver;

    InThisProcess(Ground ground, Map<String, String> settings) {
      receiver = RunningReceiver.start(ground.data(), settings, this);
    }

    @Override
    public int port() {
      return receiver.port();
    }

    @Override
    public void turn(Duration by) {
      off = by;
    }

    @Override
    public void close() {
      receiver.close();
    }

    @Override
    public Instant instant() {
      return Instant.now().plus(off);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
