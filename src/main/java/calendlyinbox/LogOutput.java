package calendlyinbox;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneId;

/**
 * Standard error for a server that logs a few lines a delivery: lines are gathered in memory and
 * written ten times a second, by a thread of their own. The logger flushes after each line; here
 * that costs nothing, so that no delivery waits for a terminal, a pipe or a log collector that is
 * slow. A kill -9 may take the last tenth of a second of the log with it; never a delivery.
 */
final class LogOutput extends PrintStream {
  private static final int BUFFER = 64 * 1024;
  private static final long WRITE_EVERY_MILLIS = 100;

  /** Made with the first line: Java takes a while to find out where in the world it is. */
  private LogTime time;

  private LogOutput(OutputStream out) {
    super(out, false, StandardCharsets.UTF_8);
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
    LogOutput output =
        new LogOutput(new BufferedOutputStream(new FileOutputStream(FileDescriptor.err), BUFFER));
    System.setErr(output);
    Thread thread = new Thread(output::writeOften, "log");
    thread.setDaemon(true);
    thread.start();
  }

  /** Writes what is gathered; to be called when the process ends. */
  static void finish() {
    if (System.err instanceof LogOutput output) {
      output.write();
    }
  }

  /** Called after each line. */
  @Override
  public void flush() {}

  private void write() {
    super.flush();
  }

  private void writeOften() {
    try {
      while (true) {
        Thread.sleep(WRITE_EVERY_MILLIS);
        write();
      }
    } catch (InterruptedException e) {
      write();
    }
  }
}
