package calendlyinbox.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import calendlyinbox.Deliveries;
import calendlyinbox.RunningReceiver;
import calendlyinbox.Wire;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Several clients that post what stands in one queue, each on a connection of its own, and note
 * what got a whole 200. A connection that ends gives nothing to note, and the client makes another;
 * where that is refused, there is no server any more, and the client ends.
 */
final class Clients {
  private static final int CLIENTS = 6;

  private final Queue<Delivery> toSend;
  private final Clock clock;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicInteger noted = new AtomicInteger();
  private final AtomicInteger brokenOff = new AtomicInteger();
  // Guarded by this.
  private final Map<Integer, Integer> statuses = new TreeMap<>();
  private final List<Long> nanos = new ArrayList<>();
  private IOException failure;

  private Clients(List<Delivery> deliveries, Clock clock) {
    this.toSend = new ConcurrentLinkedQueue<>(deliveries);
    this.clock = clock;
  }

  /** Begins to post. */
  static Clients start(int port, List<Delivery> deliveries, Ledger ledger) throws IOException {
    return start(port, deliveries, ledger, Clock.systemUTC());
  }

  /**
   * @param clock by which deliveries are signed
   */
  static Clients start(int port, List<Delivery> deliveries, Ledger ledger, Clock clock)
      throws IOException {
    Clients clients = new Clients(deliveries, clock);
    for (int i = 0; i < CLIENTS; i++) {
      Ledger.Page page = ledger.page();
      Thread thread = new Thread(() -> clients.run(port, page), "client " + i);
      thread.start();
      clients.threads.add(thread);
    }
    return clients;
  }

  /** Posts everything, and returns when every answer is there. */
  static Clients all(int port, List<Delivery> deliveries, Ledger ledger)
      throws IOException, InterruptedException {
    return start(port, deliveries, ledger).join();
  }

  int noted() {
    return noted.get();
  }

  /** Returns how many requests ended without an answer. */
  int brokenOff() {
    return brokenOff.get();
  }

  synchronized Map<Integer, Integer> statuses() {
    return new TreeMap<>(statuses);
  }

  boolean areDone() {
    return threads.stream().noneMatch(Thread::isAlive);
  }

  /** Returns when every client has ended. */
  Clients join() throws InterruptedException, IOException {
    for (Thread thread : threads) {
      thread.join();
    }
    synchronized (this) {
      if (failure != null) {
        throw failure;
      }
    }
    return this;
  }

  /** Whatever befalls the server: every request was answered, and with a 200. */
  Clients assertAll200() {
    assertEquals(Map.of(200, noted()), statuses(), "answers by their status");
    assertEquals(0, brokenOff(), "requests without an answer");
    return this;
  }

  /** Returns how many nanoseconds each 200 took, from before it was sent to its last byte. */
  synchronized List<Long> nanos() {
    return List.copyOf(nanos);
  }

  private void run(int port, Ledger.Page page) {
    try (Wire wire = new Wire(port)) {
      Delivery next = toSend.poll();
      while (next != null) {
        post(wire, page, next);
        next = toSend.poll();
      }
    } catch (ConnectException noServer) {
      // A killed or stopped one: what it had begun with counts as broken off.
    } catch (IOException e) {
      synchronized (this) {
        failure = e;
      }
    }
  }

  private void post(Wire wire, Ledger.Page page, Delivery delivery) throws IOException {
    byte[] body = delivery.body();
    String signature = Deliveries.signature(RunningReceiver.KEY, body, clock.instant());
    long began = System.nanoTime();
    int status;
    try {
      status = wire.post(body, signature);
    } catch (ConnectException refused) {
      throw refused;
    } catch (IOException ended) {
      brokenOff.incrementAndGet();
      return;
    }
    count(status, System.nanoTime() - began);
    if (status == 200) {
      page.note(delivery);
      noted.incrementAndGet();
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
    return "answers=" + statuses() + " broken_off=" + brokenOff + " left=" + toSend.size();
  }
}
