package calendlyinbox.calendly;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads one JSON object of an answer field by field; a fault is told with its path, {@code
 * $.resource.uri}.
 */
final class ResourceReader {
  private final ObjectNode json;
  private final String path;

  private ResourceReader(ObjectNode json, String path) {
    this.json = json;
    this.path = path;
  }

  static ResourceReader of(Answer answer) throws MalformedAnswerException {
    return new ResourceReader(JsonBody.of(answer), "$");
  }

  ObjectNode json() {
    return json;
  }

  ResourceReader object(String field) throws MalformedAnswerException {
    return optionalObject(field).orElseThrow(() -> wrong(field, "an object"));
  }

  Optional<ResourceReader> optionalObject(String field) throws MalformedAnswerException {
    JsonNode value = json.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (value instanceof ObjectNode object) {
      return Optional.of(new ResourceReader(object, path + "." + field));
    }
    throw wrong(field, "an object");
  }

  List<ResourceReader> objects(String field) throws MalformedAnswerException {
    JsonNode array = array(field);
    List<ResourceReader> readers = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      if (!(array.get(i) instanceof ObjectNode object)) {
        throw wrong(field + "[" + i + "]", "an object");
      }
      readers.add(new ResourceReader(object, path + "." + field + "[" + i + "]"));
    }
    return List.copyOf(readers);
  }

  String text(String field) throws MalformedAnswerException {
    return optionalText(field).orElseThrow(() -> wrong(field, "a text"));
  }

  Optional<String> optionalText(String field) throws MalformedAnswerException {
    JsonNode value = json.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (value.isTextual()) {
      return Optional.of(value.textValue());
    }
    throw wrong(field, "a text");
  }

  private JsonNode array(String field) throws MalformedAnswerException {
    JsonNode value = json.path(field);
    if (!value.isArray()) {
      throw wrong(field, "a list");
    }
    return value;
  }

  private MalformedAnswerException wrong(String field, String wanted) {
    return new MalformedAnswerException("JSON without " + wanted + " at " + path + "." + field);
  }
}
