package calendlyinbox.calendly;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/** Bytes of an answer to JSON. */
final class JsonBody {
  private JsonBody() {}

  static ObjectNode newObject() {
    return ExactJson.MAPPER.createObjectNode();
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
      JsonNode json = ExactJson.MAPPER.readTree(answer.body());
      if (json instanceof ObjectNode object) {
        return object;
      }
      throw new MalformedAnswerException("JSON that is not an object");
    } catch (JsonEOFException e) {
      throw new MalformedAnswerException(
          "JSON that breaks off after " + answer.body().length + " bytes", e);
    } catch (StreamConstraintsException e) {
      // Its message has numbers alone: how much of what, and how much is read.
      throw new MalformedAnswerException("more JSON than is read: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new MalformedAnswerException("no readable JSON", e);
    }
  }
}
