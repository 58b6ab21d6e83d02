package calendlyinbox.torture;

import calendlyinbox.ServerProcess;
import calendlyinbox.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The server's clock an hour ahead, an hour behind, and jumping between the two under load: what is
 * stale is refused as stale, and what got a 200 is in the tables.
 */
final class ClockJumps implements Scenario {
  private static final int CLIENTS = 4;

  @Override
  public String name() {
    return "clock";
  }

  @Override
  public String run(Trial trial) throws Exception {
    Path library =
        library()
            .orElseThrow(
                () ->
                    new LeftOut(
                        "libfaketime is not here (apt-get install faketime); the test suite tries it with a clock turned by hand"));
    Path time = Files.writeString(trial.folder().resolve("time"), "+1h\n");
    List<String> faked =
        List.of(
            "env",
            "LD_PRELOAD=" + library,
            "FAKETIME_TIMESTAMP_FILE=" + time,
            "FAKETIME_CACHE_DURATION=1",
            "FAKETIME_DONT_FAKE_MONOTONIC=1");
    Story story = new Story(trial.seed());
    int jumps = trial.times(4, 60);
    try (Ledger ledger = new Ledger(trial.ledger())) {
      try (ServerProcess server = trial.startUnder(faked);
          Wire wire = new Wire(server.port())) {
        for (String off : List.of("+1h\n", "-1h\n")) {
          Files.writeString(time, off);
          trial.await(
              () -> wire.post(story.next(1).get(0).body()) == 401,
              () -> "a clock that is off by " + off.strip() + " is not seen");
        }
        server.terminate();
      }
      try (ServerProcess server = trial.startUnder(faked, "SIGNATURE_TOLERANCE", "25h")) {
        for (int i = 0; i < jumps; i++) {
          Clients clients = Clients.start(server.port(), story.next(60), CLIENTS, ledger);
          Files.writeString(time, i % 2 == 0 ? "-1h\n" : "+1h\n");
          clients.join();
          Trial.check(clients.otherThan200().isEmpty(), clients.otherThan200());
        }
        trial.settle(story, ledger);
        Trial.check(server.terminate() == 0, "the exit code is not 0");
      }
      return "an hour ahead and behind: refused as stale; "
          + jumps
          + " jumps of two hours under load with a tolerance of 25 h: "
          + ledger.noted().size()
          + " deliveries, all 200, all there";
    }
  }

  private static Optional<Path> library() throws IOException {
    try (Stream<Path> folders = Files.list(Path.of("/usr/lib"))) {
      return folders
          .map(folder -> folder.resolve("faketime/libfaketimeMT.so.1"))
          .filter(Files::exists)
          .findFirst();
    } catch (java.nio.file.NoSuchFileException noSuchSystem) {
      return Optional.empty();
    }
  }
}
