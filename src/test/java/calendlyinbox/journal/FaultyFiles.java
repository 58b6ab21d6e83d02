package calendlyinbox.journal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The real files, in which each step can be made to fail or to wait; what was done is noted, in
 * order.
 */
final class FaultyFiles extends JournalFiles {
  enum Step {
    CREATE,
    SYNC_DIRECTORY,
    WRITE,
    SYNC,
    TRUNCATE,
    CLOSE
  }

  /**
   * One step on one file.
   *
   * @param failed a fault was put in its way
   */
  record Noted(Step step, String file, boolean failed) {}

  private record Fault(Throwable cause, int bytesBefore) {}

  private final JournalFiles underlying;
  private final Map<Step, Fault> once = new ConcurrentHashMap<>();
  private final Map<Step, Fault> always = new ConcurrentHashMap<>();
  private final Map<Step, Gate> gates = new ConcurrentHashMap<>();
  // Guarded by itself.
  private final List<Noted> history = new ArrayList<>();

  /** Where a step waits until the test lets it go on. */
  static final class Gate {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);

    void awaitReached() throws InterruptedException {
      assertTrue(reached.await(1, TimeUnit.MINUTES), "the step is never taken");
    }

    void open() {
      opened.countDown();
    }

    private void pass() throws IOException {
      reached.countDown();
      try {
        // Or a test that fails before it opens the gate would hang when it closes the journal.
        if (!opened.await(1, TimeUnit.MINUTES)) {
          open();
          throw new IOException("nobody opened the gate");
        }
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
  }

  FaultyFiles() {
    this(new JournalFiles());
  }

  FaultyFiles(JournalFiles underlying) {
    this.underlying = underlying;
  }

  void failOnce(Step step) {
    failOnce(step, new IOException("Input/output error"));
  }

  /**
   * @param cause an IOException, a RuntimeException or an Error
   */
  void failOnce(Step step, Throwable cause) {
    once.put(step, new Fault(cause, 0));
  }

  void failWriteOnceAfter(int bytes) {
    once.put(Step.WRITE, new Fault(new IOException("No space left on device"), bytes));
  }

  void failAlways(Step step, IOException cause) {
    always.put(step, new Fault(cause, 0));
  }

  void mend() {
    once.clear();
    always.clear();
  }

  /** Returns true when every fault for one time has been met. */
  boolean allMet() {
    return once.isEmpty();
  }

  /** From now on every such step waits until the gate is opened. */
  Gate hold(Step step) {
    Gate gate = new Gate();
    gates.put(step, gate);
    return gate;
  }

  List<Noted> history() {
    synchronized (history) {
      return List.copyOf(history);
    }
  }

  /** Returns how often a step succeeded. */
  long count(Step step) {
    return history().stream().filter(noted -> noted.step() == step && !noted.failed()).count();
  }

  @Override
  Appending create(Path file) throws IOException {
    enter(Step.CREATE, file);
    Appending real = underlying.create(file);
    note(Step.CREATE, file, false);
    return faulty(file, real);
  }

  @Override
  Appending open(Path file) throws IOException {
    return faulty(file, underlying.open(file));
  }

  @Override
  void syncDirectory(Path folder) throws IOException {
    enter(Step.SYNC_DIRECTORY, folder);
    underlying.syncDirectory(folder);
    note(Step.SYNC_DIRECTORY, folder, false);
  }

  private Appending faulty(Path file, Appending real) {
    return new Appending() {
      @Override
      public void write(ByteBuffer bytes) throws IOException {
        pass(Step.WRITE);
        Fault fault = take(Step.WRITE);
        note(Step.WRITE, file, fault != null);
        if (fault == null) {
          real.write(bytes);
        } else {
          real.write(bytes.slice(bytes.position(), Math.min(fault.bytesBefore, bytes.remaining())));
          raise(fault.cause);
        }
      }

      @Override
      public void sync() throws IOException {
        enter(Step.SYNC, file);
        real.sync();
        note(Step.SYNC, file, false);
      }

      @Override
      public void truncate(long length) throws IOException {
        enter(Step.TRUNCATE, file);
        real.truncate(length);
        note(Step.TRUNCATE, file, false);
      }

      @Override
      public void close() throws IOException {
        real.close();
        enter(Step.CLOSE, file);
        note(Step.CLOSE, file, false);
      }
    };
  }

  private void enter(Step step, Path file) throws IOException {
    pass(step);
    Fault fault = take(step);
    if (fault != null) {
      note(step, file, true);
      raise(fault.cause);
    }
  }

  private void pass(Step step) throws IOException {
    Gate gate = gates.get(step);
    if (gate != null) {
      gate.pass();
    }
  }

  private Fault take(Step step) {
    Fault fault = once.remove(step);
    return fault == null ? always.get(step) : fault;
  }

  private void note(Step step, Path file, boolean failed) {
    synchronized (history) {
      history.add(new Noted(step, file.getFileName().toString(), failed));
    }
  }

  private static void raise(Throwable cause) throws IOException {
    if (cause instanceof IOException e) {
      throw e;
    }
    if (cause instanceof RuntimeException e) {
      throw e;
    }
    throw (Error) cause;
  }
}
