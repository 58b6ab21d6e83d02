package calendlyinbox.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import calendlyinbox.LockHolder;
import calendlyinbox.RunningReceiver;
import calendlyinbox.ServerProcess;
import calendlyinbox.Wire;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Where a trial takes place: a folder of its own, its share of chance, and the server in it. Not
 * for concurrent use.
 *
 * @param folder exists; what the trial leaves there is looked at when a promise broke
 * @param out where the raw figures go, a line each
 */
record Ground(Path folder, long seed, Random random, Size size, Consumer<String> out) {
  /** For a machine that others keep busy; nothing waits so long where all is well. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final Duration STARTED_WITHIN = Duration.ofMinutes(5);
  private static final long LOOK_EVERY_MILLIS = 10;

  Ground(Path folder, long seed, Size size, Consumer<String> out) {
    this(folder, seed, new Random(seed), size, out);
  }

  Path data() {
    return folder.resolve("data");
  }

  Path database() {
    return data().resolve("calendly.db");
  }

  Path log() {
    return folder.resolve("server.log");
  }

  Ledger ledger() throws IOException {
    return new Ledger(folder.resolve("ledger"));
  }

  /** A folder for a part of the trial that begins with nothing. */
  Ground part(String name) throws IOException {
    Path inside = Files.createDirectories(folder.resolve(name));
    return new Ground(inside, random.nextLong(1_000_000), random, size, out);
  }

  /** Prints raw figures. */
  void figures(String format, Object... values) {
    out.accept(String.format(format, values));
  }

  /** Starts the server, and returns when it takes deliveries in. */
  ServerProcess start() throws Exception {
    return startUnder(List.of(), Map.of());
  }

  ServerProcess startUnder(List<String> under, Map<String, String> settings) throws Exception {
    ServerProcess server = launch(under, settings);
    try {
      server.awaitReady(STARTED_WITHIN);
      return server;
    } catch (Exception e) {
      server.close();
      throw e;
    }
  }

  /** Starts the server, and returns at once. */
  ServerProcess launch(List<String> under, Map<String, String> settings) throws IOException {
    Map<String, String> all = new HashMap<>(settings);
    all.put("MALLOC_ARENA_MAX", "2");
    return ServerProcess.launchUnder(under, log(), data(), all);
  }

  /** Tells the server to stop, which must end with 0. */
  static void stop(ServerProcess server) throws InterruptedException {
    assertEquals(0, server.terminate(), "exit code after SIGTERM");
  }

  /**
   * Waits until everything in the journal is applied; then the database must hold what was noted
   * and be what the model says.
   */
  void assertSettled(Story story, Ledger ledger) throws Exception {
    await("the journal is applied", this::isApplied);
    assertHolds(story, ledger);
  }

  void assertHolds(Story story, Ledger ledger) throws IOException, SQLException {
    String fault = Model.fault(database(), story, ledger.noted());
    if (!fault.isEmpty()) {
      fail(fault);
    }
  }

  /** By what the database says of each file of the journal. */
  private boolean isApplied() throws IOException, SQLException {
    List<String> progress =
        RunningReceiver.rows(database(), "SELECT segment, applied_to FROM journal_progress");
    for (Path file : journal()) {
      long size = Files.size(file);
      if (size > 0 && !progress.contains(file.getFileName() + "|" + size)) {
        return false;
      }
    }
    return true;
  }

  boolean isJournalEmpty() throws IOException {
    return journal().isEmpty();
  }

  private List<Path> journal() throws IOException {
    try (Stream<Path> files = Files.list(data().resolve("journal"))) {
      return files.filter(one -> one.toString().endsWith(".ndjson")).toList();
    }
  }

  interface Condition {
    boolean holds() throws Exception;
  }

  /** Waits for a condition; what cannot be looked at just now does not hold. */
  void await(String what, Condition condition) throws Exception {
    if (!holdsWithin(PATIENCE, condition)) {
      fail("not within " + PATIENCE.toSeconds() + " s: " + what);
    }
  }

  /** Waits for a condition that need not come to hold, and returns whether it did. */
  boolean holdsWithin(Duration atMost, Condition condition) throws Exception {
    long until = System.nanoTime() + atMost.toNanos();
    while (!holdsNow(condition)) {
      if (System.nanoTime() > until) {
        return false;
      }
      Thread.sleep(LOOK_EVERY_MILLIS);
    }
    return true;
  }

  private static boolean holdsNow(Condition condition) throws Exception {
    try {
      return condition.holds();
    } catch (SQLException | IOException notNow) {
      return false;
    }
  }

  static Wire.Answer health(ServerProcess server) throws IOException {
    try (Wire wire = new Wire(server.port())) {
      return wire.get("/health");
    }
  }

  /** Waits until {@code /health} says this word of this part, and has the status that fits. */
  void awaitHealth(ServerProcess server, String part, String word) throws Exception {
    String wanted = "\"" + part + "\":\"" + word + "\"";
    int status = word.equals("ok") ? 200 : 503;
    String[] last = {"nothing"};
    try {
      await(
          "health",
          () -> {
            Wire.Answer answer = health(server);
            last[0] = answer.status() + " " + answer.body().strip();
            return answer.status() == status && answer.body().contains(wanted);
          });
    } catch (AssertionError never) {
      fail("/health never says " + status + " with " + wanted + ", last " + last[0], never);
    }
  }

  /** Another program that holds the database's write lock. */
  static final class Lock implements AutoCloseable {
    private final Process holder;

    Lock(Path database) throws IOException {
      List<String> command = new ArrayList<>(ServerProcess.javaCommand(LockHolder.class.getName()));
      command.add(database.toAbsolutePath().toString());
      holder = new ProcessBuilder(command).redirectErrorStream(true).start();
      String line =
          new BufferedReader(new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8))
              .readLine();
      assertEquals("locked", line, "what the other program says");
    }

    @Override
    public void close() throws IOException, InterruptedException {
      holder.getOutputStream().close();
      holder.waitFor();
    }
  }
}
