package calendlyinbox.subscriptions;

import calendlyinbox.delivery.KeyFingerprint;
import calendlyinbox.delivery.PrivateFile;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code data/subscription.json}: what we registered with Calendly, without secrets. Whoever reads
 * it in order to change it holds the {@link SubscriptionLock}.
 */
public final class SubscriptionFile {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final int FORMAT = 1;

  private final Path file;

  private SubscriptionFile(Path file) {
    this.file = file;
  }

  public static SubscriptionFile in(Path dataFolder) {
    return new SubscriptionFile(dataFolder.resolve("subscription.json"));
  }

  /**
   * Reads it. A file that is not there, or that somebody damaged, records nothing.
   *
   * @throws IOException if there is one that cannot be read
   */
  public SubscriptionRecord read() throws IOException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException none) {
      return SubscriptionRecord.NOTHING;
    }
    try {
      return record(MAPPER.readTree(bytes));
    } catch (JsonProcessingException | DateTimeException damaged) {
      return SubscriptionRecord.NOTHING;
    }
  }

  /**
   * Replaces it, readable by its owner only. When this returns, it is on disk; a crash before
   * leaves the old one.
   */
  void write(SubscriptionRecord record) throws IOException {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("format", FORMAT);
    json.put("disconnected", record.disconnected());
    json.set("current", record.current().map(SubscriptionFile::json).orElse(null));
    json.set("intent", record.intent().map(SubscriptionFile::json).orElse(null));
    json.put("synced", record.synced().orElse(null));
    ArrayNode retired = json.putArray("retired_keys");
    for (RetiredKey key : record.retired()) {
      retired.addObject().put("key", key.key().text()).put("until", key.until().toString());
    }
    PrivateFile.replace(file, json.toPrettyString() + "\n");
  }

  /** When it was written last; the beginning of time where it never was. */
  FileTime changedAt() {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException none) {
      return FileTime.fromMillis(0);
    }
  }

  private static ObjectNode json(Registration one) {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("uri", one.uri());
    json.put("callback_url", one.callbackUrl());
    json.put("key", one.key().text());
    one.events().forEach(json.putArray("events")::add);
    return json;
  }

  private static SubscriptionRecord record(JsonNode json) {
    List<RetiredKey> retired = new ArrayList<>();
    for (JsonNode one : json.path("retired_keys")) {
      Optional<KeyFingerprint> key = KeyFingerprint.parse(one.path("key").asText(""));
      Instant until = Instant.parse(one.path("until").asText(""));
      key.ifPresent(print -> retired.add(new RetiredKey(print, until)));
    }
    return new SubscriptionRecord(
        registration(json.path("current")),
        registration(json.path("intent")),
        retired,
        json.path("disconnected").asBoolean(false),
        Optional.ofNullable(json.path("synced").textValue()));
  }

  private static Optional<Registration> registration(JsonNode json) {
    List<String> events = new ArrayList<>();
    json.path("events").forEach(event -> events.add(event.asText("")));
    return KeyFingerprint.parse(json.path("key").asText(""))
        .map(
            key ->
                new Registration(
                    json.path("uri").asText(""),
                    json.path("callback_url").asText(""),
                    key,
                    events));
  }
}
