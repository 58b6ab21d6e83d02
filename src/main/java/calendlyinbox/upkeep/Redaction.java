package calendlyinbox.upkeep;

import calendlyinbox.calendly.ExactJson;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
    Optional<JsonNode> json = json(text);
    if (json.isEmpty()) {
      return address.isIn(text) ? Optional.of(address.removedFrom(text)) : Optional.empty();
    }
    JsonNode redacted = redacted(json.get());
    return redacted.equals(json.get()) ? Optional.empty() : Optional.of(redacted.toString());
  }

  /** Returns the object or array that the text is; empty for anything else. */
  static Optional<JsonNode> json(String text) {
    try {
      return Optional.ofNullable(ExactJson.MAPPER.readTree(text)).filter(JsonNode::isContainerNode);
    } catch (JsonProcessingException notJson) {
      return Optional.empty();
    }
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
