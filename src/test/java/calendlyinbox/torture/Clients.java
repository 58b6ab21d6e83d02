package calendlyinbox.torture;

import calendlyinbox.Deliveries;
import calendlyinbox.RunningReceiver;
import calendlyinbox.Wire;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Several clients that post what is in one queue, and note what got a 200. */
final class Clients {
  private final Queue<Delivery> toSend;
  private final Ledger ledger;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicInteger noted = new AtomicInteger();
  private final AtomicInteger brokenOff = new AtomicInteger();
  // Guarded by this.
  private final Map<Integer, Integer> statuses = new TreeMap<>();
  private final List<Long> nanos = new ArrayList<>();
  private volatile boolean stopped;

  private Clients(List<Delivery> deliveries, Ledger ledger) {
    this.toSend = new ConcurrentLinkedQueue<>(deliveries);
    this.ledger = ledger;
  }

  /** Begins to post; whoever loses the connection stops, as when the server is killed. */
  static Clients start(int port, List<Delivery> deliveries, int count, Ledger ledger) {
    Clients clients = new Clients(deliveries, ledger);
    for (int i = 0; i < count; i++) {
      Thread thread = new Thread(() -> clients.run(port), "client " + i);
      thread.start();
      clients.threads.add(thread);
    }
    return clients;
  }

  /** Posts everything, and returns when every answer is there. */
  static Clients all(int port, List<Delivery> deliveries, int count, Ledger ledger)
      throws InterruptedException {
    Clients clients = start(port, deliveries, count, ledger);
    clients.join();
    return clients;
  }

  int noted() {
    return noted.get();
  }

  /** Connections that ended in the middle of a request. */
  int brokenOff() {
    return brokenOff.get();
  }

  synchronized Map<Integer, Integer> statuses() {
    return new TreeMap<>(statuses);
  }

  boolean areDone() {
    return threads.stream().noneMatch(Thread::isAlive);
  }

  /** The request that is under way is finished. */
  void stop() {
    stopped = true;
  }

  void join() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** Milliseconds from the request to the whole answer, of the requests that got a 200. */
  synchronized double millis(double quantile) {
    long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
    return sorted.length == 0
        ? 0
        : sorted[(int) Math.min(sorted.length - 1, Math.ceil(quantile * sorted.length) - 1)] / 1e6;
  }

  /** Returns a status other than 200, if any request got one. */
  String otherThan200() {
    Map<Integer, Integer> others = statuses();
    others.remove(200);
    return others.isEmpty() ? "" : "answers that are not 200: " + others;
  }

  private void run(int port) {
    try (Wire wire = new Wire(port)) {
      for (Delivery next = toSend.poll(); next != null && !stopped; next = toSend.poll()) {
        byte[] body = next.body();
        String signature = Deliveries.signature(RunningReceiver.KEY, body, Instant.now());
        long began = System.nanoTime();
        int status = wire.post(body, signature);
        count(status, System.nanoTime() - began);
        if (status == 200) {
          ledger.note(next);
          noted.incrementAndGet();
        }
      }
    } catch (IOException serverGone) {
      brokenOff.incrementAndGet();
    }
  }

  private synchronized void count(int status, long took) {
    statuses.merge(status, 1, Integer::sum);
    if (status == 200) {
      nanos.add(took);
    }
  }

  @Override
  public String toString() {
    return "statuses=" + statuses() + " threads=" + Arrays.toString(threads.toArray());
  }
}
