package calendlyinbox.torture;

import calendlyinbox.ServerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * As the kernel sees it: at no moment have more 200s left than deliveries whose bytes a sync of the
 * journal's file has returned for.
 */
final class SyncBeforeAnswer implements Scenario {
  // 4711 10:00:00.000001 fdatasync(45</data/journal/0000.ndjson>) = 0 <0.000512>
  private static final Pattern CALL =
      Pattern.compile("^(\\d+) +\\S+ (\\w+)\\((\\d+)<([^>]*)>(.*)$");
  private static final Pattern RESUMED =
      Pattern.compile("^(\\d+) +\\S+ <\\.\\.\\. (\\w+) resumed>(.*)$");
  private static final Pattern LINE_START = Pattern.compile("received_at");
  private static final int CLIENTS = 4;

  @Override
  public String name() {
    return "fsync before 200";
  }

  @Override
  public String run(Trial trial) throws Exception {
    if (!Trial.isThere("strace")) {
      throw new LeftOut(
          "strace is not here (apt-get install strace); the file layer with injected faults tries it in the test suite");
    }
    Path trace = trial.folder().resolve("trace");
    Story story = new Story(trial.seed());
    List<Delivery> deliveries = Story.shuffled(story.next(trial.times(15, 400)), trial.random());
    List<String> strace =
        List.of(
            "strace",
            "-f",
            "-y",
            "-tt",
            "-s",
            "1000000",
            "-e",
            "trace=fsync,fdatasync,write,writev,pwrite64,sendto,sendmsg",
            "-o",
            trace.toString());
    try (Ledger ledger = new Ledger(trial.ledger())) {
      ServerProcess server = trial.startUnder(strace);
      Clients clients = Clients.all(server.port(), deliveries, CLIENTS, ledger);
      Trial.check(clients.otherThan200().isEmpty(), clients.otherThan200());
      trial.settle(story, ledger);
      // The signal is for the server, which is the child of strace.
      Trial.run("pkill", "-TERM", "-P", Long.toString(server.pid()));
      server.exitCode();
      return judge(trace) + " as strace saw them";
    }
  }

  /** Goes through the calls in the order in which they ended. */
  private static String judge(Path trace) throws Exception {
    Map<String, String> unfinished = new HashMap<>();
    Map<String, Integer> written = new HashMap<>();
    Map<String, Integer> syncBegan = new HashMap<>();
    Set<String> files = new HashSet<>();
    int synced = 0;
    int answered = 0;
    int syncs = 0;
    int number = 0;
    try (var lines = Files.lines(trace, java.nio.charset.StandardCharsets.ISO_8859_1)) {
      for (String line : (Iterable<String>) lines::iterator) {
        number++;
        Matcher call = CALL.matcher(line);
        Matcher resumed = RESUMED.matcher(line);
        if (call.find()) {
          String name = call.group(2);
          String file = call.group(4);
          boolean journal = file.endsWith(".ndjson");
          if (journal && name.contains("write")) {
            files.add(file);
            written.merge(file, count(call.group(5), LINE_START), Integer::sum);
          } else if (journal && name.endsWith("sync")) {
            // What is written while the sync runs is not known to be in it.
            syncBegan.put(call.group(1), written.getOrDefault(file, 0));
            if (line.contains("<unfinished")) {
              unfinished.put(call.group(1), file);
            } else {
              syncs++;
              synced = Math.max(synced, others(written, file) + syncBegan.get(call.group(1)));
            }
          } else if (!journal && line.contains("HTTP/1.1 200") && line.contains("received")) {
            // Counted when the call begins: the first byte may leave then.
            answered += count(line, Pattern.compile("HTTP/1\\.1 200"));
            if (answered > synced) {
              throw new Broken(
                  "line "
                      + number
                      + " of the trace: answer "
                      + answered
                      + " leaves, and only "
                      + synced
                      + " deliveries are synced");
            }
          }
        } else if (resumed.find() && unfinished.containsKey(resumed.group(1))) {
          String file = unfinished.remove(resumed.group(1));
          syncs++;
          synced = Math.max(synced, others(written, file) + syncBegan.get(resumed.group(1)));
        }
      }
    }
    Trial.check(
        answered > 0 && syncs > 0, "the trace shows " + answered + " answers, " + syncs + " syncs");
    return answered + " answers, " + syncs + " syncs: no answer before its sync,";
  }

  /** Files before this one are sealed and synced. */
  private static int others(Map<String, Integer> written, String file) {
    return written.entrySet().stream()
        .filter(one -> !one.getKey().equals(file))
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  private static int count(String text, Pattern what) {
    return (int) what.matcher(text).results().count();
  }
}
