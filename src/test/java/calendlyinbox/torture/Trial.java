package calendlyinbox.torture;

import calendlyinbox.Eventually;
import calendlyinbox.ServerProcess;
import calendlyinbox.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What a scenario works with: a folder of its own, its share of randomness, how long it may be.
 *
 * @param folder empty, and deleted afterwards
 * @param scale 1 for the form in the test suite, more for longer ones
 */
record Trial(Path folder, long seed, Random random, int scale) {
  private static final Duration DRAINED_WITHIN = Duration.ofMinutes(3);

  Path data() {
    return folder.resolve("data");
  }

  Path database() {
    return data().resolve("calendly.db");
  }

  Path ledger() {
    return folder.resolve("ledger");
  }

  int times(int inTheSuite, int longForm) {
    return scale == 1 ? inTheSuite : scale == 2 ? Math.max(inTheSuite, longForm / 10) : longForm;
  }

  ServerProcess start(String... settings) throws Exception {
    return ServerProcess.start(data(), map(settings));
  }

  ServerProcess startUnder(List<String> under, String... settings) throws Exception {
    return ServerProcess.startUnder(under, data(), map(settings));
  }

  /** Waits until everything that is noted is in the tables; then compares with the model. */
  void settle(Story story, Ledger ledger) throws Exception {
    await(
        () -> story.missing(database(), ledger.noted()) == 0,
        () -> {
          String fault = story.fault(database(), ledger.noted());
          return fault.isEmpty() ? "it took longer than " + DRAINED_WITHIN : fault;
        });
    awaitProcessed();
    String fault = story.fault(database(), ledger.noted());
    if (!fault.isEmpty()) {
      throw new Broken(fault);
    }
  }

  /** Deliveries whose answer was lost may be stored too, and a moment later. */
  private void awaitProcessed() throws Exception {
    Path journal = data().resolve("journal");
    await(
        () -> {
          long size = Files.exists(journal) ? journalBytes(journal) : 0;
          List<String> rows =
              calendlyinbox.RunningReceiver.rows(
                  database(), "SELECT coalesce(sum(applied_to), 0) FROM journal_progress");
          return Long.parseLong(rows.get(0)) >= size;
        },
        () -> "the journal was not applied within " + DRAINED_WITHIN);
  }

  private static long journalBytes(Path journal) throws IOException {
    long bytes = 0;
    try (var files = Files.list(journal)) {
      for (Path file : files.filter(one -> one.toString().endsWith(".ndjson")).toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  interface Condition {
    boolean holds() throws Exception;
  }

  interface Words {
    String say() throws Exception;
  }

  void await(Condition condition, Words otherwise) throws Exception {
    try {
      Eventually.holds("", DRAINED_WITHIN, () -> holdsNow(condition));
    } catch (AssertionError tooLong) {
      throw new Broken(otherwise.say());
    }
  }

  private static boolean holdsNow(Condition condition) throws Exception {
    try {
      return condition.holds();
    } catch (SQLException | IOException notNow) {
      return false;
    }
  }

  void awaitHealth(ServerProcess server, String part, String word) throws Exception {
    String wanted = "\"" + part + "\":\"" + word + "\"";
    await(
        () -> health(server).body().contains(wanted),
        () -> "/health does not say " + wanted + ", but " + health(server));
  }

  static Wire.Answer health(ServerProcess server) throws IOException {
    try (Wire wire = new Wire(server.port())) {
      return wire.get("/health");
    }
  }

  static void check(boolean holds, String counterExample) throws Broken {
    if (!holds) {
      throw new Broken(counterExample);
    }
  }

  /** Runs a program to its end, and returns what it wrote. */
  static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(
          String.join(" ", command) + " ended with " + process.exitValue() + ": " + output);
    }
    return output;
  }

  static boolean isThere(String program) {
    for (String folder : System.getenv("PATH").split(":")) {
      if (Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }

  static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private static Map<String, String> map(String... settings) {
    Map<String, String> map = new java.util.HashMap<>();
    for (int i = 0; i < settings.length; i += 2) {
      map.put(settings[i], settings[i + 1]);
    }
    return map;
  }
}
