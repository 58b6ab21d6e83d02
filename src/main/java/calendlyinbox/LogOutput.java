package calendlyinbox;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneId;

/**
 * Standard error for a server that logs a few lines a delivery: lines are gathered in memory and
 * written ten times a second, by a thread of their own. The logger flushes after each line; here
 * that costs nothing, so that no delivery waits for a terminal, a pipe or a log collector that is
 * slow. One that is stuck has lines left out, and then a line that says how many. A kill -9 may
 * take the last tenth of a second of the log with it; never a delivery.
 *
 * <p>Its own lock is held while a line or a stack trace is made, and never while one is written.
 */
final class LogOutput extends PrintStream {
  private static final long WRITE_EVERY_MILLIS = 100;

  /** As long as an end of the process waits for the last lines. */
  private static final long LAST_LINES_MILLIS = 1000;

  private final LogBuffer lines;
  private final OutputStream target;
  private final Thread writer = new Thread(this::writeOften, "log");

  /** Made with the first line: Java takes a while to find out where in the world it is. */
  private LogTime time;

  LogOutput(OutputStream target) {
    this(new LogBuffer(), target);
  }

  private LogOutput(LogBuffer lines, OutputStream target) {
    super(lines, false, StandardCharsets.UTF_8);
    this.lines = lines;
    this.target = target;
    writer.setDaemon(true);
  }

  /** Says why nothing can be served: no line of the log, and the last one. */
  static void say(String message) {
    System.err.print(message + System.lineSeparator());
  }

  /** A line of the log, which the logger hands over without the time. */
  @Override
  public void println(String line) {
    synchronized (this) {
      if (time == null) {
        time = new LogTime(Clock.systemUTC(), ZoneId.systemDefault());
      }
      print(time.now() + " " + line + System.lineSeparator());
    }
  }

  /** Puts it in the place of standard error, to the end of the process. */
  static void install() {
    LogOutput output = new LogOutput(new FileOutputStream(FileDescriptor.err));
    System.setErr(output);
    output.start();
  }

  /** Writes what is gathered; to be called when the process ends. */
  static void finish() {
    if (System.err instanceof LogOutput output) {
      output.end();
    }
  }

  void start() {
    writer.start();
  }

  /** Has all that is gathered written, but does not wait for ever where that is stuck. */
  void end() {
    writer.interrupt();
    try {
      writer.join(LAST_LINES_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Called after each line. */
  @Override
  public void flush() {}

  private void writeOften() {
    try {
      while (true) {
        lines.await(WRITE_EVERY_MILLIS);
        if (!write()) {
          Thread.sleep(WRITE_EVERY_MILLIS);
        }
      }
    } catch (InterruptedException e) {
      write();
      // What the first time found missing.
      write();
    }
  }

  /** Returns false when it failed: a full disk may have room the next time. */
  private boolean write() {
    try {
      lines.writeTo(target);
      sayWhatIsMissing();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** With the lock of all who print: no line comes before this one, and none is cut by it. */
  private synchronized void sayWhatIsMissing() {
    long missing = lines.takeMissing();
    if (missing > 0) {
      println("WARN Log lines dropped: lines=" + missing + "; standard error took them too slowly");
    }
  }
}
