package calendlyinbox.bench;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;

/** From {@code ./run.sh} to the first 200 of a signed delivery, with and without a backlog. */
final class StartTime {
  private static final double BAR_MILLIS = 500;
  private static final double BACKLOG_MILLIS = 1000;

  private final Plan plan;
  private final Report report;
  private final Random random;

  StartTime(Plan plan, Report report, Random random) {
    this.plan = plan;
    this.report = report;
    this.random = random;
  }

  void measure(Path folder) throws Exception {
    Path full = folder.resolve("full");
    fillJournal(full);
    List<Double> plain = new ArrayList<>();
    List<Double> waiting = new ArrayList<>();
    for (int round = 1; round <= plan.starts(); round++) {
      plain.add(start(folder.resolve("plain-" + round), 0, false));
      Path copy = copy(full, folder.resolve("waiting-" + round));
      waiting.add(start(copy, plan.backlog(), round == plan.starts()));
      report.raw(
          "start round %d: %.0f ms, with %,d waiting %.0f ms",
          round, plain.get(round - 1), plan.backlog(), waiting.get(round - 1));
    }
    double usual = Numbers.median(plain);
    report.add(Row.millis("Start to first 200 through ./run.sh", BAR_MILLIS, usual, ""));
    report.add(
        Row.millis(
            String.format(Locale.ROOT, "What %,d journaled deliveries add to it", plan.backlog()),
            BACKLOG_MILLIS,
            Math.max(1, Numbers.median(waiting) - usual),
            ""));
  }

  /** Returns milliseconds to the first 200. */
  private double start(Path folder, int backlog, boolean toTheEnd) throws Exception {
    byte[] request = Signed.make(1, random).request(0);
    long begun = System.nanoTime();
    try (Subject subject = Subject.launch(folder, backlog)) {
      while (!isAnswered200(subject.port(), request)) {
        if (!subject.program().isAlive()) {
          throw new IllegalStateException("the server ended; its log is in " + folder);
        }
        Thread.sleep(1);
      }
      double millis = (System.nanoTime() - begun) / 1e6;
      subject.acknowledged(1);
      if (toTheEnd) {
        subject.awaitApplied();
        report.wrong(subject.wrong());
      }
      return millis;
    }
  }

  private static boolean isAnswered200(int port, byte[] request) throws IOException {
    try (SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port))) {
      channel.write(ByteBuffer.wrap(request));
      ByteBuffer in = ByteBuffer.allocate(4096);
      while (channel.read(in) >= 0) {
        int status = Answer.status(in);
        if (status != 0) {
          return status == 200;
        }
      }
      return false;
    } catch (ConnectException notYet) {
      return false;
    }
  }

  /** Leaves a folder whose journal has what the database could not be given. */
  private void fillJournal(Path folder) throws Exception {
    try (Subject subject = Subject.start(folder, 0);
        Subject.Lock lock = subject.lockDatabase()) {
      for (int sent = 0; sent < plan.backlog(); sent += plan.perRound()) {
        Signed requests = Signed.make(Math.min(plan.perRound(), plan.backlog() - sent), random);
        report.refused("journal filled", ClosedLoop.run(subject.port(), requests).refused());
      }
      subject.program().close();
    }
  }

  /** Journal files are only read and deleted: links to them do. */
  private static Path copy(Path from, Path to) throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.walk(from.resolve("data"))) {
      files = found.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      Path copy = to.resolve(from.relativize(file));
      Files.createDirectories(copy.getParent());
      if (file.toString().endsWith(".ndjson")) {
        Files.createLink(copy, file);
      } else {
        Files.copy(file, copy);
      }
    }
    return to;
  }
}
