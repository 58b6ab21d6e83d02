package calendlyinbox.calendly;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/**
 * Bytes to JSON. Decimals keep their digits ({@code 12.50} stays {@code 12.50}); nothing may follow
 * the object.
 */
final class JsonBody {
  /** Some twenty times a full page; more would not fit into a small heap as a tree. */
  private static final long MOST_TOKENS = 200_000;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxTokenCount(MOST_TOKENS).build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private JsonBody() {}

  static ObjectNode newObject() {
    return MAPPER.createObjectNode();
  }

  /**
   * The answer's body as a JSON object; the message of the exception quotes nothing of the body.
   */
  static ObjectNode of(Answer answer) throws MalformedAnswerException {
    if (answer.html()) {
      throw new MalformedAnswerException("HTML instead of JSON");
    }
    if (answer.empty()) {
      throw new MalformedAnswerException("an empty body instead of JSON");
    }
    try {
      JsonNode json = MAPPER.readTree(answer.body());
      if (json instanceof ObjectNode object) {
        return object;
      }
      throw new MalformedAnswerException("JSON that is not an object");
    } catch (JsonEOFException e) {
      throw new MalformedAnswerException(
          "JSON that breaks off after " + answer.body().length + " bytes", e);
    } catch (IOException e) {
      throw new MalformedAnswerException("no readable JSON", e);
    }
  }
}
