package calendlyinbox.torture;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads what {@code strace -f -y} wrote: each call as it begins and as it ends, in the order in
 * which the kernel did it.
 */
final class SystemCalls {
  private static final Pattern BEGUN = Pattern.compile("^(\\d+) +(\\w+)\\((.*)$");
  private static final Pattern RESUMED =
      Pattern.compile("^(\\d+) +<\\.\\.\\. (\\w+) resumed>(.*)$");
  private static final Pattern FILE = Pattern.compile("^\\d+<([^>]*)>");
  // The last of them: what is read or written may look like one.
  private static final Pattern RESULT = Pattern.compile("^.*\\) += (-?\\d+)(?:<([^>]*)>)?");
  private static final String UNFINISHED = " <unfinished ...>";

  private final Listener listener;
  private final Map<String, Call> underWay = new HashMap<>();

  private SystemCalls(Listener listener) {
    this.listener = listener;
  }

  /**
   * @param thread that makes it
   * @param arguments as far as they are known; of what is read, only when the call ends
   */
  record Call(String thread, String name, String arguments) {
    /** Returns what the first argument stands for: a path, or a socket with its number. */
    String file() {
      Matcher file = FILE.matcher(arguments);
      return file.find() ? file.group(1) : "";
    }
  }

  /** Is told of each call twice. */
  interface Listener {
    /**
     * @param line of the trace
     */
    void begins(Call call, int line);

    /**
     * @param result what it returned; below 0 when it failed
     * @param opened the path that stands for the result, if it is a file
     */
    void ends(Call call, long result, Optional<String> opened);
  }

  static void read(Path trace, Listener listener) throws IOException {
    SystemCalls calls = new SystemCalls(listener);
    int number = 0;
    try (Stream<String> lines = Files.lines(trace, StandardCharsets.ISO_8859_1)) {
      for (String line : (Iterable<String>) lines::iterator) {
        calls.line(line, ++number);
      }
    }
  }

  private void line(String line, int number) {
    Matcher resumed = RESUMED.matcher(line);
    if (resumed.find()) {
      Call begun = underWay.remove(resumed.group(1));
      if (begun != null) {
        end(new Call(begun.thread(), begun.name(), begun.arguments() + resumed.group(3)));
      }
      return;
    }
    Matcher begun = BEGUN.matcher(line);
    if (!begun.find()) {
      return;
    }
    String arguments = begun.group(3);
    boolean goesOn = arguments.endsWith(UNFINISHED);
    String known =
        goesOn ? arguments.substring(0, arguments.length() - UNFINISHED.length()) : arguments;
    Call call = new Call(begun.group(1), begun.group(2), known);
    listener.begins(call, number);
    if (goesOn) {
      underWay.put(call.thread(), call);
    } else {
      end(call);
    }
  }

  private void end(Call call) {
    Matcher result = RESULT.matcher(call.arguments());
    if (result.find()) {
      long value = Long.parseLong(result.group(1));
      listener.ends(call, value, Optional.ofNullable(result.group(2)));
    }
  }
}
