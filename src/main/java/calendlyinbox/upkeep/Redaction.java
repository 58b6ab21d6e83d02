package calendlyinbox.upkeep;

import calendlyinbox.calendly.ExactJson;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Takes an address out of a text that stays: out of the values and names of JSON, however they are
 * escaped, or out of plain text. The rest of the JSON is the same, decimals keep their digits.
 */
final class Redaction {
  private final Address address;

  Redaction(Address address) {
    this.address = address;
  }

  /** Returns the text without the address; empty where it was not in it. */
  Optional<String> of(String text) {
    Optional<JsonNode> json = json(text.getBytes(StandardCharsets.UTF_8));
    return json.isPresent() ? ofJson(json.get()) : ofPlain(text);
  }

  /** The same of a text in UTF-8 or, where it is JSON, in whatever else the parser reads. */
  Optional<String> of(byte[] text) {
    return json(text)
        .map(this::ofJson)
        .orElseGet(() -> of(new String(text, StandardCharsets.UTF_8)));
  }

  /** Returns the object or array that the text is; empty for anything else. */
  static Optional<JsonNode> json(byte[] text) {
    try {
      return Optional.ofNullable(ExactJson.MAPPER.readTree(text)).filter(JsonNode::isContainerNode);
    } catch (IOException notJson) {
      return Optional.empty();
    }
  }

  private Optional<String> ofJson(JsonNode json) {
    JsonNode redacted = redacted(json);
    return redacted.equals(json) ? Optional.empty() : Optional.of(redacted.toString());
  }

  private Optional<String> ofPlain(String text) {
    // What UTF-16 that is no JSON differs by, once it is read as UTF-8, are its zero bytes.
    return Stream.of(text, text.replace("\0", ""))
        .filter(address::isIn)
        .findFirst()
        .map(address::removedFrom);
  }

  private JsonNode redacted(JsonNode json) {
    if (json instanceof ObjectNode object) {
      ObjectNode copy = ExactJson.MAPPER.createObjectNode();
      for (Map.Entry<String, JsonNode> field : object.properties()) {
        copy.set(address.removedFrom(field.getKey()), redacted(field.getValue()));
      }
      return copy;
    }
    if (json instanceof ArrayNode array) {
      List<JsonNode> items = new ArrayList<>();
      array.forEach(item -> items.add(redacted(item)));
      return ExactJson.MAPPER.createArrayNode().addAll(items);
    }
    return json.isTextual()
        ? ExactJson.MAPPER.getNodeFactory().textNode(address.removedFrom(json.textValue()))
        : json;
  }
}
