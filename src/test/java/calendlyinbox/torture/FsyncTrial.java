package calendlyinbox.torture;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import calendlyinbox.Deliveries;
import calendlyinbox.ServerProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * As the kernel sees it: when the first byte of a 200 leaves on a connection, the delivery that was
 * read from it stands in a journal file, a sync of that file which began after the write has
 * returned, and so has a sync of the folder which began after the file was made, and one of the
 * folder above it if the server made that too. When a journal file is deleted, all its deliveries
 * stand in the database's main file, and a sync of that which began after the write has returned.
 */
final class FsyncTrial implements Trial {
  private static final Pattern TOKEN = Pattern.compile("fsync-\\d{6}");
  private static final Pattern DELETED = Pattern.compile("\"([^\"]*\\.ndjson)\"");
  private static final Pattern FOLDER = Pattern.compile("\"([^\"]*)\"");

  @Override
  public String name() {
    return "fsync";
  }

  @Override
  public String what() {
    return "no 200 leaves before its delivery's sync returned, and no journal file goes before that of the database, by strace";
  }

  @Override
  public String run(Ground ground) throws Exception {
    if (!Programs.isThere("strace")) {
      abort(
          "strace is not here (apt-get install strace); GroupCommitTest tries it with held syncs");
    }
    List<Delivery> deliveries = new ArrayList<>();
    for (int i = 0; i < ground.size().times(60, 200, 20_000); i++) {
      String token = String.format("fsync-%06d", i);
      deliveries.add(new Delivery(i, new String(Deliveries.booking(token, token).body())));
    }
    Judge judge = new Judge();
    try (Ledger ledger = ground.ledger()) {
      Clients clients;
      Path trace = ground.folder().resolve("trace");
      try (ServerProcess server = ground.startUnder(strace(trace), Map.of())) {
        // Under strace a server may be too slow for a client; only what it answers is judged here.
        clients = Clients.all(server.port(), deliveries, ledger);
        stop(ground, server, trace);
      }
      SystemCalls.read(trace, judge);
      if (!ground.isJournalEmpty()) {
        // What it had no time for when it was told to stop goes after the next start.
        trace = ground.folder().resolve("trace-2");
        try (ServerProcess server = ground.startUnder(strace(trace), Map.of())) {
          ground.await("the journal is empty", ground::isJournalEmpty);
          stop(ground, server, trace);
        }
        SystemCalls.read(trace, judge);
      }
      assertTrue(
          judge.answers >= ledger.size() && ledger.size() > 0 && judge.syncs > 0,
          "strace saw " + judge.answers + " answers and " + judge.syncs + " syncs, and " + clients);
      assertTrue(judge.deleted > 0, "strace saw no journal file go");
      return String.format(
          Locale.ROOT,
          "%d answers behind %d syncs, none before its own; %d deliveries left the journal, all of them synced in the database",
          judge.answers,
          judge.syncs,
          judge.deleted);
    }
  }

  private static List<String> strace(Path trace) {
    return List.of(
        // -D: the server is the child, not the child's child.
        ("strace -D -f --seccomp-bpf -y -s 100000 -e signal=none"
                + " -e trace=openat,?mkdir,mkdirat,unlink,unlinkat,fsync,fdatasync,read,readv,recvfrom,write,writev,pwrite64,sendto,sendmsg"
                + " -o "
                + trace)
            .split(" "));
  }

  /** When it returns, the trace is whole. */
  private static void stop(Ground ground, ServerProcess server, Path trace) throws Exception {
    Ground.stop(server);
    String end = server.pid() + " +\\+{3} exited with 0 \\+{3}\\s*";
    ground.await(
        "strace is done", () -> Programs.run("tail", "-n", "1", trace.toString()).matches(end));
  }

  /** What is on disk for certain, and what each connection was told. */
  private static final class Judge implements SystemCalls.Listener {
    private final Map<String, Set<String>> written = new HashMap<>();
    private final Map<String, Set<String>> synced = new HashMap<>();
    private final Set<String> folders = new HashSet<>();
    private final Set<String> made = new HashSet<>();
    private final Set<String> named = new HashSet<>();
    // By thread: what the sync that runs is sure to cover.
    private final Map<String, Set<String>> covered = new HashMap<>();
    private final Map<String, String> asked = new HashMap<>();
    private int syncs;
    private int answers;
    private int deleted;

    @Override
    public void begins(SystemCalls.Call call, int line) {
      if (call.name().endsWith("sync")) {
        Set<String> before =
            isWatched(call.file()) ? written.getOrDefault(call.file(), Set.of()) : made;
        covered.put(call.thread(), Set.copyOf(before));
      } else if (call.name().startsWith("unlink")) {
        goes(call, line);
      } else if (call.arguments().contains("HTTP/1.1 200") && call.file().startsWith("socket")) {
        answers++;
        String token = last(asked.getOrDefault(call.file(), ""));
        boolean isSafe =
            synced.entrySet().stream()
                .anyMatch(file -> isNamed(file.getKey()) && file.getValue().contains(token));
        if (!isSafe) {
          fail(
              "line "
                  + line
                  + " of the trace: the 200 of "
                  + token
                  + " leaves, and no sync of its bytes and of the names of its file and folders has returned");
        }
        asked.remove(call.file());
      }
    }

    @Override
    public void ends(SystemCalls.Call call, long result, Optional<String> opened) {
      if (result < 0) {
        return;
      }
      String file = call.file();
      if (call.name().equals("openat") && call.arguments().contains("O_CREAT")) {
        opened.filter(Judge::isJournal).ifPresent(made::add);
      } else if (call.name().startsWith("mkdir")) {
        Matcher folder = FOLDER.matcher(call.arguments());
        if (folder.find()) {
          folders.add(folder.group(1));
          made.add(folder.group(1));
        }
      } else if (call.name().endsWith("sync")) {
        Set<String> safe = covered.remove(call.thread());
        syncs += isJournal(file) ? 1 : 0;
        if (isWatched(file)) {
          synced.computeIfAbsent(file, f -> new HashSet<>()).addAll(safe);
        } else {
          safe.stream()
              .filter(one -> Path.of(file).equals(Path.of(one).getParent()))
              .forEach(named::add);
        }
      } else if (isWatched(file) && call.name().contains("write")) {
        Matcher tokens = TOKEN.matcher(call.arguments());
        while (tokens.find()) {
          written.computeIfAbsent(file, f -> new HashSet<>()).add(tokens.group());
        }
      } else if (file.startsWith("socket") && call.name().matches("read.*|recv.*")) {
        asked.merge(file, call.arguments(), String::concat);
      }
    }

    private void goes(SystemCalls.Call call, int line) {
      Matcher path = DELETED.matcher(call.arguments());
      if (!path.find()) {
        return;
      }
      Set<String> lacking = new TreeSet<>(written.getOrDefault(path.group(1), Set.of()));
      deleted += lacking.size();
      synced.forEach(
          (file, tokens) -> {
            if (isDatabase(file)) {
              lacking.removeAll(tokens);
            }
          });
      if (!lacking.isEmpty()) {
        fail(
            "line "
                + line
                + " of the trace: a journal file goes, and no sync of the database has returned that has "
                + lacking.iterator().next()
                + ", the first of "
                + lacking.size());
      }
    }

    /** Also by the names of the folders that were made for it. */
    private boolean isNamed(String file) {
      return named.contains(file)
          && folders.stream()
              .filter(folder -> file.startsWith(folder + "/"))
              .allMatch(named::contains);
    }

    private static boolean isWatched(String file) {
      return isJournal(file) || isDatabase(file);
    }

    private static boolean isDatabase(String file) {
      return file.endsWith("/calendly.db");
    }

    private static boolean isJournal(String file) {
      return file.endsWith(".ndjson");
    }

    private static String last(String request) {
      String last = "a delivery that was not read";
      Matcher tokens = TOKEN.matcher(request);
      while (tokens.find()) {
        last = tokens.group();
      }
      return last;
    }
  }
}
