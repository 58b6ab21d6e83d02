package calendlyinbox.admin;

import calendlyinbox.events.EventQueue;
import calendlyinbox.journal.Journal;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Is all well? Found out by trying, not remembered: the journal is written, the database asked. Two
 * threads of its own, so that a disk that hangs keeps nobody else waiting. Safe for concurrent use.
 */
public final class Health implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(Health.class);
  private static final String OK = "ok";
  private static final String NOT_KNOWN = "not_known";

  /** The word of a subscription that nobody asked for. */
  public static final String NOT_CONFIGURED = "not_configured";

  /** Nobody asked for a subscription, or it is not known yet how it stands: no trouble. */
  private static final Set<String> WELL = Set.of(OK, NOT_CONFIGURED, "checking");

  private static final Duration BEHIND = Duration.ofMinutes(5);
  private static final long LOW_DISK_BYTES = 200L * 1024 * 1024;

  private final Journal journal;
  private final Database database;
  private final EventQueue queue;
  private final Supplier<String> subscription;
  private final Path dataFolder;
  private final Clock clock;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          2,
          task -> {
            Thread thread = new Thread(task, "health");
            thread.setDaemon(true);
            return thread;
          });
  private final Shared<String> written = new Shared<>(this::journal, threads);
  private final Shared<Map<String, String>> parts = new Shared<>(this::look, threads);

  /**
   * @param subscription how it stands, in a word and at once
   */
  public Health(
      Journal journal,
      Database database,
      EventQueue queue,
      Supplier<String> subscription,
      Path dataFolder,
      Clock clock) {
    this.journal = journal;
    this.database = database;
    this.queue = queue;
    this.subscription = subscription;
    this.dataFolder = dataFolder;
    this.clock = clock;
  }

  /** Returns each part with its trouble in a word, or {@code ok}; at most a second old. */
  CompletableFuture<Map<String, String>> parts() {
    return parts.get();
  }

  /** Returns whether deliveries can be taken in; at most a second old. */
  CompletableFuture<Boolean> ready() {
    return written.get().thenApply(OK::equals);
  }

  static boolean isWell(Map<String, String> parts) {
    return parts.values().stream().allMatch(Health::isWell);
  }

  /** Returns whether the word is none of a trouble. */
  static boolean isWell(String word) {
    return WELL.contains(word);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  private Map<String, String> look() {
    Map<String, String> parts = new LinkedHashMap<>();
    look(parts, "journal", this::journalWord);
    look(
        parts,
        "database",
        () -> database.trouble().map(DatabaseUnavailableException::word).orElse(OK));
    look(parts, "queue", this::queueWord);
    look(parts, "subscription", subscription);
    look(parts, "disk", this::diskWord);
    return parts;
  }

  /** A defect in one part hides no trouble of another, and is itself no good news. */
  private static void look(Map<String, String> parts, String part, Supplier<String> word) {
    try {
      parts.put(part, word.get());
    } catch (RuntimeException | Error e) {
      log.error("Part could not be looked at; it is tried again: part={}", part, e);
      parts.put(part, NOT_KNOWN);
    }
  }

  private String journalWord() {
    String written = journal();
    return written.equals(OK) && journal.damagedLines() > 0 ? "damaged_lines" : written;
  }

  private String journal() {
    return journal.trouble().orElse(OK);
  }

  private String queueWord() {
    Optional<Duration> waiting =
        queue.backlog().waitingSince().map(since -> Duration.between(since, clock.instant()));
    return waiting.filter(w -> w.compareTo(BEHIND) > 0).isPresent() ? "behind" : OK;
  }

  private String diskWord() {
    try {
      return Files.getFileStore(dataFolder).getUsableSpace() < LOW_DISK_BYTES ? "low" : OK;
    } catch (IOException e) {
      log.debug("Free space is not known", e);
      return "unreadable";
    }
  }
}
