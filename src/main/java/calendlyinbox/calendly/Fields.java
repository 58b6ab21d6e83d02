package calendlyinbox.calendly;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * One JSON object, read field by field. A field that is missing, null or of another type reads as
 * absent: Calendly's payloads have lost, gained and retyped describing fields over the years, and a
 * booking is worth more than its time zone. The exact body is kept beside every row, so nothing is
 * lost by reading tolerantly.
 */
final class Fields {
  private final JsonNode object;

  Fields(JsonNode object) {
    this.object = object;
  }

  Optional<String> text(String name) {
    JsonNode node = object.get(name);
    return node != null && node.isTextual() ? Optional.of(node.textValue()) : Optional.empty();
  }

  /** A uri is an identity: an empty one is none. */
  Optional<String> uri(String name) {
    return text(name).filter(uri -> !uri.isBlank());
  }

  Optional<String> time(String name) {
    return text(name).flatMap(CalendlyTime::normalise);
  }

  boolean isTrue(String name) {
    JsonNode node = object.get(name);
    return node != null && node.isBoolean() && node.booleanValue();
  }

  Optional<Long> number(String name) {
    JsonNode node = object.get(name);
    return node != null && node.isIntegralNumber() && node.canConvertToLong()
        ? Optional.of(node.longValue())
        : Optional.empty();
  }

  Optional<Fields> object(String name) {
    JsonNode node = object.get(name);
    return node != null && node.isObject() ? Optional.of(new Fields(node)) : Optional.empty();
  }

  /** The value as compact JSON, whatever its type; decimals keep their digits. */
  Optional<String> json(String name) {
    JsonNode node = object.get(name);
    return node != null && !node.isNull() ? Optional.of(node.toString()) : Optional.empty();
  }

  String json() {
    return object.toString();
  }
}
