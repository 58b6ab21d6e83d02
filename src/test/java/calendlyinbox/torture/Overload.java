package calendlyinbox.torture;

import calendlyinbox.LockHolder;
import calendlyinbox.ServerProcess;
import calendlyinbox.Wire;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * As many deliveries as clients can send, while nothing can be applied: answers go on, memory stays
 * flat, and the backlog drains when the database is there again.
 */
final class Overload implements Scenario {
  private static final int CLIENTS = 16;

  @Override
  public String name() {
    return "overload";
  }

  @Override
  public String run(Trial trial) throws Exception {
    long seconds = trial.times(3, 60);
    Story story = new Story(trial.seed());
    List<Delivery> deliveries = story.next(trial.times(300, 4000));
    try (Ledger ledger = new Ledger(trial.ledger());
        ServerProcess server = trial.start()) {
      Clients first = Clients.all(server.port(), deliveries.subList(0, 200), 4, ledger);
      Trial.check(first.otherThan200().isEmpty(), first.otherThan200());
      Flood flood = new Flood(server, deliveries);
      List<String> command = new ArrayList<>(ServerProcess.javaCommand(LockHolder.class.getName()));
      command.add(trial.database().toString());
      Process holder = new ProcessBuilder(command).start();
      long middle;
      try (BufferedReader out =
          new BufferedReader(
              new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8))) {
        Trial.check("locked".equals(out.readLine()), "the lock was not to be had");
        flood.forSeconds(seconds / 2.0);
        middle = residentKib(server);
        flood.forSeconds(seconds / 2.0);
      } finally {
        holder.getOutputStream().close();
        holder.waitFor();
      }
      long end = residentKib(server);
      Trial.check(flood.other.get() == 0, flood.other + " answers that are not 200");
      Trial.check(
          end < middle + middle / 4,
          "memory is not flat: " + middle + " KiB resident in the middle, " + end + " at the end");
      for (int number : flood.taken) {
        ledger.note(deliveries.get(number));
      }
      long began = System.nanoTime();
      trial.settle(story, ledger);
      double drained = (System.nanoTime() - began) / 1e9;
      Trial.check(server.terminate() == 0, "the exit code is not 0");
      return String.format(
          "%d deliveries in %d s with the database locked, p99 %.1f ms, %d then %d MiB resident, drained in %.1f s",
          flood.answered.get(), seconds, flood.p99Millis(), middle / 1024, end / 1024, drained);
    }
  }

  private static long residentKib(ServerProcess server) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + server.pid() + "/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("the system does not tell how much memory a process has");
  }

  /** Clients that send the same deliveries again and again, without a pause. */
  private static final class Flood {
    private final ServerProcess server;
    private final List<Delivery> deliveries;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong other = new AtomicLong();
    private final Queue<Long> nanos = new ConcurrentLinkedQueue<>();
    private final TreeSet<Integer> taken = new TreeSet<>();

    Flood(ServerProcess server, List<Delivery> deliveries) {
      this.server = server;
      this.deliveries = deliveries;
    }

    void forSeconds(double seconds) throws InterruptedException {
      long until = System.nanoTime() + (long) (seconds * 1e9);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        Thread thread = new Thread(() -> run(until), "flood " + i);
        thread.start();
        threads.add(thread);
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }

    private void run(long until) {
      try (Wire wire = new Wire(server.port())) {
        while (System.nanoTime() < until) {
          int number = next.getAndIncrement() % deliveries.size();
          long began = System.nanoTime();
          int status = wire.post(deliveries.get(number).body());
          nanos.add(System.nanoTime() - began);
          answered.incrementAndGet();
          if (status == 200) {
            synchronized (taken) {
              taken.add(number);
            }
          } else {
            other.incrementAndGet();
          }
        }
      } catch (IOException e) {
        other.incrementAndGet();
      }
    }

    double p99Millis() {
      long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
      return sorted.length == 0 ? 0 : sorted[(int) (sorted.length * 0.99)] / 1e6;
    }
  }
}
