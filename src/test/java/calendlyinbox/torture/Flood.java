package calendlyinbox.torture;

import calendlyinbox.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Deliveries at planned moments, the same ones again and again, over a number of connections. An
 * answer's time counts from its planned moment. A moment at which no connection was free goes by
 * and is counted: the answers of one that was sent later would measure the sender.
 */
final class Flood {
  private static final int CONNECTIONS = 64;
  private static final long LATE_NANOS = 10_000_000;

  private final int port;
  private final List<Delivery> deliveries;
  private final double nanosApart;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicLong next = new AtomicLong();
  private final AtomicLong notSent = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final Queue<Long> taken = new ConcurrentLinkedQueue<>();
  private final Set<Integer> otherStatuses = new ConcurrentSkipListSet<>();
  private volatile boolean stopped;
  private long began;

  /**
   * @param rate deliveries a second
   */
  Flood(int port, List<Delivery> deliveries, double rate) {
    this.port = port;
    this.deliveries = deliveries;
    this.nanosApart = 1e9 / rate;
  }

  void start() {
    began = System.nanoTime();
    for (int i = 0; i < CONNECTIONS; i++) {
      Thread thread = new Thread(this::run, "flood " + i);
      threads.add(thread);
      thread.start();
    }
  }

  /** What is under way is finished. */
  void stop() throws InterruptedException {
    stopped = true;
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** Returns how many nanoseconds each 200 took. */
  Queue<Long> taken() {
    return taken;
  }

  long refused() {
    return refused.get();
  }

  long notSent() {
    return notSent.get();
  }

  /** Returns what was neither 200 nor 503; 0 stands for no answer. */
  Set<Integer> otherStatuses() {
    return otherStatuses;
  }

  private void run() {
    try (Wire wire = new Wire(port)) {
      while (!stopped) {
        long number = next.getAndIncrement();
        long planned = began + (long) (number * nanosApart);
        long early = planned - System.nanoTime();
        if (early > 0) {
          LockSupport.parkNanos(early);
        }
        if (early < -LATE_NANOS) {
          notSent.incrementAndGet();
        } else {
          count(wire.post(body(number)), planned);
        }
      }
    } catch (IOException e) {
      otherStatuses.add(0);
    }
  }

  private byte[] body(long number) {
    return deliveries.get((int) (number % deliveries.size())).body();
  }

  private void count(int status, long planned) {
    if (status == 200) {
      taken.add(System.nanoTime() - planned);
    } else if (status == 503) {
      refused.incrementAndGet();
    } else {
      otherStatuses.add(status);
    }
  }
}
