package calendlyinbox.admin;

import calendlyinbox.admin.Alarm.Said;
import calendlyinbox.delivery.PrivateFile;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was found worth telling, and what each address was told of it, in {@code data/alerts.json}:
 * a restart in the middle of a trouble neither repeats a message nor forgets to say when it is
 * over. The addresses are secrets: of each there is a hash only. Safe for concurrent use.
 */
final class AlertMemory {
  private static final Logger log = LoggerFactory.getLogger(AlertMemory.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String SAID = "said";
  private static final String TOLD = "told";

  private final Path file;

  // Guarded by this.
  private Map<Concern, Said> said = Map.of();
  private final Map<String, Map<Concern, Said>> told = new HashMap<>();
  private boolean failing;

  /** Reads the file; one that is not there or damaged is as good as empty. */
  AlertMemory(Path file) {
    this.file = file;
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

  /** When it returns it is on disk, or, while the disk does not take it, in memory only. */
  synchronized void said(Map<Concern, Said> now) {
    if (!now.equals(said)) {
      said = now;
      write();
    }
  }

  /** The same for what an address was told. */
  synchronized void told(URI address, Map<Concern, Said> now) {
    told.put(hash(address), now);
    write();
  }

  private void write() {
    ObjectNode content = MAPPER.createObjectNode();
    content.set(SAID, json(said));
    ObjectNode targets = content.putObject(TOLD);
    told.forEach((hash, what) -> targets.set(hash, json(what)));
    try {
      PrivateFile.replace(file, content.toPrettyString() + "\n");
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
