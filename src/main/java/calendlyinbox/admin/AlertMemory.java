package calendlyinbox.admin;

import calendlyinbox.admin.Alarm.Said;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was found worth telling, and what each address was told of it, in {@code data/alerts.json}:
 * a restart in the middle of a trouble neither repeats a message nor forgets to say when it is
 * over. A thread of its own writes it, for which nobody waits: a message about a disk that hangs
 * must not wait for that disk. The addresses are secrets: of each there is a hash only. Safe for
 * concurrent use.
 */
final class AlertMemory implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(AlertMemory.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String SAID = "said";
  private static final String TOLD = "told";
  private static final Duration WRITTEN_WITHIN = Duration.ofSeconds(1);

  private final Path file;
  private final Disk disk;
  private final ExecutorService writer;

  // Guarded by this.
  private Map<Concern, Said> said = Map.of();
  private final Map<String, Map<Concern, Said>> told = new HashMap<>();
  private boolean writeIsDue;

  // Of the writer only.
  private boolean failing;

  /** Takes the whole content, and may take as long as it likes. */
  interface Disk {
    void write(Path file, String content) throws IOException;
  }

  /**
   * Reads the file; one that is not there or damaged is as good as empty.
   *
   * @param writer of one thread
   */
  AlertMemory(Path file, Disk disk, ExecutorService writer) {
    this.file = file;
    this.disk = disk;
    this.writer = writer;
    try {
      JsonNode content = MAPPER.readTree(Files.readString(file));
      said = read(content.path(SAID));
      content
          .path(TOLD)
          .properties()
          .forEach(target -> told.put(target.getKey(), read(target.getValue())));
    } catch (NoSuchFileException firstStart) {
      log.debug("No alert was sent before");
    } catch (IOException | IllegalArgumentException | DateTimeException e) {
      log.warn(
          "What was alerted before cannot be read, and is told anew if it still holds: file={} cause={}",
          file,
          e.getClass().getSimpleName());
      said = Map.of();
      told.clear();
    }
  }

  synchronized Map<Concern, Said> said() {
    return said;
  }

  synchronized Map<Concern, Said> told(URI address) {
    return told.getOrDefault(hash(address), Map.of());
  }

  /** It is on disk soon afterwards, unless the disk does not take it. */
  synchronized void said(Map<Concern, Said> now) {
    if (!now.equals(said)) {
      said = now;
      changed();
    }
  }

  /** The same for what an address was told. */
  synchronized void told(URI address, Map<Concern, Said> now) {
    told.put(hash(address), now);
    changed();
  }

  /** Waits a moment until the newest is on disk. */
  @Override
  public void close() {
    writer.shutdown();
    try {
      if (!writer.awaitTermination(WRITTEN_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn(
            "What was alerted is not written down; after the next start it may be told again:"
                + " file={}",
            file);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void changed() {
    if (writeIsDue) {
      return;
    }
    try {
      writer.execute(this::write);
      writeIsDue = true;
    } catch (RejectedExecutionException closed) {
      log.debug("What was alerted is not written down any more");
    } catch (OutOfMemoryError noThread) {
      log.warn("What was alerted is not written down for want of a thread; the next change is");
    }
  }

  private void write() {
    try {
      disk.write(file, newest());
      failing = false;
    } catch (IOException e) {
      if (!failing) {
        log.warn(
            "What was alerted cannot be written down; after a restart it may be told again: file={}"
                + " cause={}",
            file,
            e.getClass().getSimpleName());
      }
      failing = true;
    }
  }

  private synchronized String newest() {
    writeIsDue = false;
    ObjectNode content = MAPPER.createObjectNode();
    content.set(SAID, json(said));
    ObjectNode targets = content.putObject(TOLD);
    told.forEach((hash, what) -> targets.set(hash, json(what)));
    return content.toPrettyString() + "\n";
  }

  private static ObjectNode json(Map<Concern, Said> what) {
    ObjectNode json = MAPPER.createObjectNode();
    what.forEach(
        (concern, one) ->
            json.putObject(concern.name().toLowerCase(Locale.ROOT))
                .put("at", one.at().toString())
                .put("level", one.level())
                .put("text", one.text()));
    return json;
  }

  private static Map<Concern, Said> read(JsonNode json) {
    Map<Concern, Said> what = new EnumMap<>(Concern.class);
    json.properties()
        .forEach(
            one ->
                what.put(
                    Concern.valueOf(one.getKey().toUpperCase(Locale.ROOT)),
                    new Said(
                        Instant.parse(one.getValue().path("at").asText()),
                        one.getValue().path("level").asLong(),
                        one.getValue().path("text").asText())));
    return Map.copyOf(what);
  }

  private static String hash(URI address) {
    try {
      byte[] bytes = address.toString().getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
