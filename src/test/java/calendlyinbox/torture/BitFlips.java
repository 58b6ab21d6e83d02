package calendlyinbox.torture;

import calendlyinbox.ServerProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.List;

/**
 * Bytes of the database, its write-ahead log or its shared memory are altered under the server:
 * every answer stays 200, the process lives, and with a good copy put back everything that was
 * acknowledged is there, since the journal kept it. SQLite has no checksums on pages: what it
 * cannot see, nobody sees; that is counted.
 */
final class BitFlips implements Scenario {
  private static final int CLIENTS = 4;

  @Override
  public String name() {
    return "bytes flipped";
  }

  @Override
  public String run(Trial trial) throws Exception {
    int times = trial.times(2, 100);
    int noticed = 0;
    Story story = new Story(trial.seed());
    try (Ledger ledger = new Ledger(trial.ledger());
        ServerProcess server = trial.start()) {
      for (int i = 0; i < times; i++) {
        post(server, story, ledger);
        trial.settle(story, ledger);
        Path copy = DatabaseAway.copy(trial);
        List<String> files = List.of("calendly.db", "calendly.db-wal", "calendly.db-shm");
        flip(trial, trial.data().resolve(files.get(i % files.size())));
        post(server, story, ledger);
        noticed += isNoticed(trial, server, story, ledger) ? 1 : 0;
        Files.move(copy, trial.database(), StandardCopyOption.ATOMIC_MOVE);
        post(server, story, ledger);
        trial.settle(story, ledger);
        trial.awaitHealth(server, "database", "ok");
      }
      Trial.check(server.terminate() == 0, "the exit code is not 0");
      return times
          + " times, "
          + noticed
          + " named in /health: "
          + ledger.noted().size()
          + " deliveries, all 200, all there after a good copy was put back";
    }
  }

  private static void post(ServerProcess server, Story story, Ledger ledger) throws Exception {
    Clients clients = Clients.all(server.port(), story.next(25), CLIENTS, ledger);
    Trial.check(clients.otherThan200().isEmpty(), clients.otherThan200());
  }

  private static void flip(Trial trial, Path file) throws IOException {
    try (FileChannel bytes =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      for (int i = 1 + trial.random().nextInt(16); i > 0 && bytes.size() > 0; i--) {
        long at = (long) (trial.random().nextDouble() * bytes.size());
        ByteBuffer one = ByteBuffer.allocate(1);
        bytes.read(one, at);
        one.put(0, (byte) (one.get(0) ^ 1 << trial.random().nextInt(8)));
        bytes.write(one.flip(), at);
      }
    }
  }

  /** It is either all applied, or said in health that it cannot be. */
  private static boolean isNoticed(Trial trial, ServerProcess server, Story story, Ledger ledger)
      throws Exception {
    boolean[] noticed = new boolean[1];
    int altered = story.missing(trial.database(), ledger.noted());
    trial.await(
        () -> {
          noticed[0] = !Trial.health(server).body().contains("\"database\":\"ok\"");
          return noticed[0] || story.missing(trial.database(), ledger.noted()) <= altered;
        },
        () -> "neither applied nor said why: " + Trial.health(server));
    return noticed[0];
  }

  /** The repair of the README, word by word, on an index that is destroyed. */
  static final class Repair implements Scenario {
    @Override
    public String name() {
      return "repair";
    }

    @Override
    public String run(Trial trial) throws Exception {
      if (!Trial.isThere("sqlite3")) {
        throw new LeftOut("sqlite3 is not here (apt-get install sqlite3)");
      }
      Story story = new Story(trial.seed());
      try (Ledger ledger = new Ledger(trial.ledger())) {
        try (ServerProcess server = trial.start()) {
          post(server, story, ledger);
          trial.settle(story, ledger);
          server.terminate();
        }
        destroyIndex(trial);
        try (ServerProcess server = trial.start()) {
          post(server, story, ledger);
          trial.awaitHealth(server, "database", "corrupt");
          String data = trial.data().toString();
          Trial.run("bash", "-c", "set -e; cd '" + data + "/..'; " + repair());
          trial.awaitHealth(server, "database", "ok");
          post(server, story, ledger);
          trial.settle(story, ledger);
        }
        return "an index destroyed, named in /health, mended by the README's words: "
            + ledger.noted().size()
            + " deliveries, all 200, all there";
      }
    }

    /** From the README itself, so that it cannot differ from what is tried. */
    private static String repair() throws IOException {
      String readme = Files.readString(Path.of("README.md"));
      String section = readme.substring(readme.indexOf("### A damaged database"));
      int from = section.indexOf("```sh\n") + "```sh\n".length();
      return section.substring(from, section.indexOf("```", from));
    }

    private static void destroyIndex(Trial trial) throws SQLException, IOException {
      List<String> root =
          calendlyinbox.RunningReceiver.rows(
              trial.database(),
              "SELECT rootpage FROM sqlite_schema WHERE name = 'invitees_by_email'");
      List<String> size = calendlyinbox.RunningReceiver.rows(trial.database(), "PRAGMA page_size");
      int page = Integer.parseInt(size.get(0));
      byte[] rubbish = new byte[page];
      java.util.Arrays.fill(rubbish, (byte) 0x55);
      try (FileChannel bytes = FileChannel.open(trial.database(), StandardOpenOption.WRITE)) {
        bytes.write(ByteBuffer.wrap(rubbish), (Long.parseLong(root.get(0)) - 1) * page);
      }
    }
  }
}
