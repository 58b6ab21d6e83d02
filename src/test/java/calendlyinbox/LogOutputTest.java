package calendlyinbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The log's way out of the process, by an output that can be stuck; whoever waits for it fails. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LogOutputTest {
  private static final String STAMP = "\\d{4}-\\d\\d-\\d\\dT\\S+ ";
  private static final Pattern DROPPED =
      Pattern.compile(STAMP + "WARN Log lines dropped: lines=(\\d+); .*");

  /** More than fits. */
  private static final int MANY = LogBuffer.CAPACITY / 20;

  /** As long as the end waits for the last lines. */
  private static final Duration WAITS = Duration.ofSeconds(1);

  private final Pipe pipe = new Pipe();
  private final LogOutput output = new LogOutput(pipe);

  @AfterEach
  void let_go() {
    pipe.flow();
    output.end();
  }

  @Test
  void lines_go_out_with_the_time_before_them_and_other_print_as_it_is() throws Exception {
    output.start();
    pipe.flow();

    output.println("INFO Ready: ü");
    output.print("plain\n");
    output.println(7);
    output.write('x');
    output.println();

    Eventually.holds("all is out", () -> pipe.lines().size() == 4);
    assertTrue(pipe.lines().get(0).matches(STAMP + "INFO Ready: ü"), pipe.lines().get(0));
    assertEquals(List.of("plain", "7", "x"), pipe.lines().subList(1, 4));
  }

  @Test
  void a_stuck_output_stops_nobody_and_the_gap_is_named_in_its_place() throws Exception {
    output.start();
    print(0, 1);
    Eventually.holds("the output is stuck", pipe::isStuck);

    print(1, MANY);

    pipe.flow();
    Eventually.holds("the gap is named", () -> gaps() == 1);
    print(MANY, MANY + 1);
    Eventually.holds("it goes on", () -> pipe.text().contains("line " + MANY + "\n"));
    List<String> lines = pipe.lines();
    int kept = lines.size() - 2;
    assertTrue(kept * 30 > LogBuffer.CAPACITY / 2, kept + " lines were kept");
    for (int i = 0; i < kept; i++) {
      assertTrue(lines.get(i).endsWith(" line " + i), lines.get(i));
    }
    Matcher gap = DROPPED.matcher(lines.get(kept));
    assertTrue(gap.matches(), lines.get(kept));
    assertEquals(MANY - kept, Integer.parseInt(gap.group(1)));
    assertEquals(1, gaps());
  }

  @Test
  void a_slow_output_lets_each_line_out_or_counts_it() throws Exception {
    output.start();
    for (int i = 0; i < 20; i++) {
      print(0, MANY / 5);
      pipe.flow(i);
    }

    pipe.flow();

    Eventually.holds("each line is out or counted", () -> kept() + dropped() == 20 * (MANY / 5));
  }

  @Test
  void a_line_longer_than_all_buffers_is_out_whole_or_not_at_all() throws Exception {
    pipe.flow();
    output.start();
    String longOne = "a".repeat(LogBuffer.CAPACITY / 2);
    String tooLong = "b".repeat(LogBuffer.CAPACITY + 1);

    output.println(longOne);
    Eventually.holds("the long one is out", () -> kept() == 1);
    output.println(tooLong);

    Eventually.holds("the other is counted", () -> dropped() == 1);
    assertTrue(pipe.lines().get(0).endsWith(" " + longOne));
    assertEquals(2, pipe.lines().size());
  }

  @Test
  void a_stack_trace_stays_together() throws Exception {
    Exception exception = new Exception("together");
    String[] trace = trace(exception);
    pipe.flow();
    output.start();

    Thread other = new Thread(() -> print(0, 1000));
    other.start();
    for (int i = 0; i < 50; i++) {
      exception.printStackTrace(output);
    }
    other.join();

    Eventually.holds("all is out", () -> pipe.lines().size() == 1000 + 50 * trace.length);
    List<String> lines = pipe.lines();
    int found = 0;
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).equals(trace[0])) {
        assertEquals(List.of(trace), lines.subList(i, i + trace.length));
        found++;
      }
    }
    assertEquals(50, found);
  }

  @Test
  void the_end_writes_what_is_gathered_and_what_is_missing() throws Exception {
    print(0, MANY);
    pipe.flow();
    output.start();

    long begun = System.nanoTime();
    output.end();

    if (System.nanoTime() - begun > WAITS.toNanos()) {
      // On a slow machine it is out later than anybody waits for it.
      Eventually.holds("all is out", () -> kept() + dropped() == MANY);
    }
    assertEquals(MANY, kept() + dropped());
    assertEquals(1, gaps());
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void the_end_does_not_wait_for_a_stuck_output() throws Exception {
    output.start();
    print(0, 1);
    Eventually.holds("the output is stuck", pipe::isStuck);

    output.end();
  }

  @Test
  void what_could_not_be_written_is_written_when_the_disk_has_room_again() throws Exception {
    pipe.flow();
    pipe.fail = true;
    output.start();
    print(0, 3);
    Eventually.holds("it was tried twice", () -> pipe.failures > 1);

    pipe.fail = false;

    Eventually.holds("all is out", () -> pipe.lines().size() == 3);
  }

  private void print(int from, int to) {
    IntStream.range(from, to).forEach(i -> output.println("line " + i));
  }

  private long kept() {
    return pipe.lines().stream().filter(line -> !DROPPED.matcher(line).matches()).count();
  }

  private long gaps() {
    return pipe.lines().size() - kept();
  }

  private long dropped() {
    return pipe.lines().stream()
        .map(DROPPED::matcher)
        .filter(Matcher::matches)
        .mapToLong(gap -> Long.parseLong(gap.group(1)))
        .sum();
  }

  private static String[] trace(Exception exception) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    exception.printStackTrace(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8).split("\n");
  }

  /** Takes as many writes as it is let; like a pipe's, one that is stuck hears no interrupt. */
  private static final class Pipe extends OutputStream {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Semaphore writes = new Semaphore(0);
    private volatile boolean fail;
    private volatile int failures;

    @Override
    public void write(int one) {
      throw new UnsupportedOperationException("a byte at a time is too slow");
    }

    @Override
    public void write(byte[] from, int at, int length) throws IOException {
      writes.acquireUninterruptibly();
      if (fail) {
        failures++;
        throw new IOException("No space left on device");
      }
      synchronized (bytes) {
        bytes.write(from, at, length);
      }
    }

    void flow() {
      flow(Integer.MAX_VALUE / 4);
    }

    void flow(int more) {
      writes.release(more);
    }

    boolean isStuck() {
      return writes.hasQueuedThreads();
    }

    String text() {
      synchronized (bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
      }
    }

    /** Whole ones. */
    List<String> lines() {
      String text = text();
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }
  }
}
