package calendlyinbox.admin;

import calendlyinbox.calendly.ExactJson;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.util.Optional;

/** JSON out, and the JSON of columns back in. Numbers keep their digits: 10.00 stays 10.00. */
final class Json {
  private Json() {}

  static byte[] bytes(Object content) {
    try {
      return ExactJson.MAPPER.writeValueAsBytes(content);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the content, or empty where it is no JSON, or nested past all sense. */
  static Optional<JsonNode> read(String json) {
    try {
      return Optional.ofNullable(ExactJson.MAPPER.readTree(json))
          .filter(tree -> !tree.isMissingNode());
    } catch (JsonProcessingException notJson) {
      return Optional.empty();
    }
  }
}
