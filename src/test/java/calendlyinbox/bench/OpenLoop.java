package calendlyinbox.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * At a fixed rate, whatever the server does: each request has its planned moment, and its time
 * counts from there. One that could not be sent because the answer before it was late has waited
 * too: no coordinated omission.
 */
final class OpenLoop {
  private static final int CONNECTIONS = 64;
  private static final int LONGEST_ANSWER = 4096;
  private static final long LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final Signed requests;
  private final long[] answerNanos;
  private final long[] answeredAt;
  private final int[] status;

  private OpenLoop(Signed requests) {
    this.requests = requests;
    answerNanos = new long[requests.count()];
    answeredAt = new long[requests.count()];
    status = new int[requests.count()];
  }

  /**
   * What each request came to.
   *
   * @param answerNanos from its planned moment to the last byte of its answer
   * @param answeredAt when that was, in {@link System#nanoTime()}
   */
  record Result(long[] answerNanos, long[] answeredAt, int refused) {}

  static Result run(int port, Signed requests, int perSecond) throws Exception {
    return new OpenLoop(requests).run(port, perSecond);
  }

  private Result run(int port, int perSecond) throws InterruptedException, ExecutionException {
    long every = TimeUnit.SECONDS.toNanos(1) / perSecond;
    long begin = System.nanoTime() + LEAD_NANOS;
    ExecutorService clients = Executors.newFixedThreadPool(CONNECTIONS);
    try {
      var running =
          IntStream.range(0, CONNECTIONS)
              .<Future<?>>mapToObj(
                  number ->
                      clients.submit(
                          () -> {
                            client(port, number, begin, every);
                            return null;
                          }))
              .toList();
      for (Future<?> one : running) {
        one.get();
      }
    } finally {
      clients.shutdownNow();
    }
    int refused = (int) IntStream.of(status).filter(code -> code != 200).count();
    return new Result(answerNanos, answeredAt, refused);
  }

  private void client(int port, int first, long begin, long every) throws IOException {
    ByteBuffer in = ByteBuffer.allocateDirect(LONGEST_ANSWER);
    try (SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port))) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      for (int number = first; number < requests.count(); number += CONNECTIONS) {
        long planned = begin + number * every;
        for (long now = System.nanoTime(); now < planned; now = System.nanoTime()) {
          LockSupport.parkNanos(planned - now);
        }
        ByteBuffer out = ByteBuffer.wrap(requests.request(number));
        while (out.hasRemaining()) {
          channel.write(out);
        }
        in.clear();
        do {
          if (channel.read(in) < 0) {
            throw new EOFException("closed by the server before it answered request " + number);
          }
          status[number] = Answer.status(in);
        } while (status[number] == 0);
        answeredAt[number] = System.nanoTime();
        answerNanos[number] = answeredAt[number] - planned;
      }
    }
  }
}
