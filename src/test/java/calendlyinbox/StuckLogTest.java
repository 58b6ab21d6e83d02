package calendlyinbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nobody reads what the server says: a log collector hangs, or somebody typed Ctrl-S. */
class StuckLogTest {
  /** Of which each makes some 500 bytes of log: more than the pipe and the server's memory hold. */
  private static final int DELIVERIES = 2000;

  /** More than the pipe holds: the thread that writes the log is stuck. */
  private static final int SOME = 400;

  private static final Duration SOON = Duration.ofMinutes(2);

  /** Five times what it may take where nothing else is done. */
  private static final Duration STOPPED_WITHIN = Duration.ofSeconds(60);

  @TempDir Path folder;

  @Test
  void deliveries_are_taken_and_sigterm_is_heard_while_nobody_reads_the_log() throws Exception {
    try (ServerProcess server = ServerProcess.start(folder, Map.of());
        Wire wire = new Wire(server.port())) {
      server.stopReading();
      assertTimeout(SOON, () -> post(DELIVERIES, wire, "first"));

      server.readOn();

      Eventually.holds("the log says what it lacks", () -> drops(server).size() == 1);
      assertTrue(
          drops(server).get(0).matches("\\S+ WARN Log lines dropped: lines=[1-9][0-9]*; .*"),
          drops(server).get(0));

      server.stopReading();
      assertTimeout(SOON, () -> post(SOME, wire, "second"));

      assertTimeout(STOPPED_WITHIN, () -> assertEquals(0, server.terminate()));
    }
  }

  private static void post(int deliveries, Wire wire, String name) throws Exception {
    for (int i = 0; i < deliveries; i++) {
      String one = name + i;
      assertEquals(200, wire.post(Deliveries.booking(one, one).body()));
    }
  }

  private static List<String> drops(ServerProcess server) {
    return server.log().stream().filter(line -> line.contains("Log lines dropped")).toList();
  }
}
