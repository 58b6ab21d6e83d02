package calendlyinbox.calendly;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whatever the body holds, it is given an identity and a reason, and nothing of it is quoted. */
class AnyBodyTest {
  private static final int BODIES = 50_000;
  private static final String MARK = "Zq7xJ";
  private static final Pattern REASON =
      Pattern.compile(
          "the body is not JSON: (line \\d+, column \\d+|not readable as text)"
              + "|the body is not read: [\\w ]+ \\(\\d+\\) exceeds the maximum allowed \\(\\d+, from `[\\w.()]+`\\)"
              + "|\\$(\\.event|\\.payload|\\.payload\\.uri)? is "
              + "(missing|null|an? (empty text|text|array|number|boolean|object)), "
              + "wanted (an object|the name of an event|the uri of the resource)");

  private final EventParser parser = new EventParser();

  @Test
  void random_bytes_never_throw() {
    Random random = new Random(20_261_123);
    for (int i = 0; i < BODIES; i++) {
      byte[] body = new byte[random.nextInt(200)];
      random.nextBytes(body);
      check(body);
    }
  }

  @Test
  void payloads_with_damaged_bytes_never_throw() throws Exception {
    Random random = new Random(20_261_124);
    List<byte[]> payloads = payloads();
    for (int i = 0; i < BODIES; i++) {
      byte[] body = payloads.get(random.nextInt(payloads.size())).clone();
      for (int n = random.nextInt(4); n >= 0 && body.length > 0; n--) {
        body[random.nextInt(body.length)] = (byte) random.nextInt(256);
      }
      int length = random.nextInt(4) == 0 ? random.nextInt(body.length + 1) : body.length;
      check(java.util.Arrays.copyOf(body, length));
    }
  }

  @Test
  void payloads_with_fields_exchanged_never_throw_and_no_reason_quotes_them() throws Exception {
    ObjectMapper json = new ObjectMapper();
    List<JsonNode> payloads = new ArrayList<>();
    for (byte[] body : payloads()) {
      try {
        payloads.add(json.readTree(body));
      } catch (IOException notJson) {
        // Of those the other tests have plenty.
        continue;
      }
    }
    Random random = new Random(20_261_125);
    int unreadable = 0;
    for (int i = 0; i < BODIES; i++) {
      JsonNode body = payloads.get(random.nextInt(payloads.size())).deepCopy();
      for (int n = random.nextInt(3); n >= 0; n--) {
        exchange(body, random);
      }
      unreadable += check(body.toString().getBytes(StandardCharsets.UTF_8)) ? 0 : 1;
    }
    assertTrue(unreadable > 1000, "hardly any was unreadable: " + unreadable);
  }

  /** Walks down to some field and puts something else there. */
  private static void exchange(JsonNode node, Random random) {
    if (node instanceof ObjectNode object && !object.isEmpty()) {
      List<String> names = new ArrayList<>();
      object.fieldNames().forEachRemaining(names::add);
      String name = names.get(random.nextInt(names.size()));
      if (object.get(name).isContainerNode() && random.nextInt(4) > 0) {
        exchange(object.get(name), random);
      } else if (random.nextInt(4) == 0) {
        object.remove(name);
      } else {
        object.set(name, anything(random));
      }
    } else if (node instanceof ArrayNode array && !array.isEmpty()) {
      array.set(random.nextInt(array.size()), anything(random));
    }
  }

  private static JsonNode anything(Random random) {
    JsonNodeFactory make = JsonNodeFactory.instance;
    return switch (random.nextInt(9)) {
      case 0 -> make.nullNode();
      case 1 -> make.textNode(MARK);
      case 2 -> make.textNode(random.nextBoolean() ? "" : MARK + "\u0000\ud83d " + MARK);
      case 3 -> make.numberNode(random.nextLong());
      case 4 -> make.numberNode(new java.math.BigDecimal("1e-9999999"));
      case 5 -> make.booleanNode(random.nextBoolean());
      case 6 -> make.arrayNode().add(MARK);
      case 7 -> make.objectNode().put("uri", MARK).put(MARK, MARK);
      default -> make.textNode("2026-11-23T10:00:60.000000Z");
    };
  }

  /** Returns whether the body was readable. */
  private boolean check(byte[] body) {
    Parsed parsed = parser.parse(body);
    assertFalse(parsed.identity().eventId().isBlank());
    assertFalse(parsed.identity().eventType().isBlank());
    if (parsed instanceof Parsed.Unreadable unreadable) {
      assertTrue(REASON.matcher(unreadable.reason()).matches(), unreadable.reason());
      return false;
    }
    return true;
  }

  private static List<byte[]> payloads() throws Exception {
    Path folder = Path.of(AnyBodyTest.class.getResource("/payloads/expected.json").toURI());
    List<byte[]> payloads = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder.getParent())) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        if (!file.equals(folder)) {
          payloads.add(Files.readAllBytes(file));
        }
      }
    }
    return payloads;
  }
}
