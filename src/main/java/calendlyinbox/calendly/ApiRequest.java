package calendlyinbox.calendly;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One request to the API, by its path below the base.
 *
 * @param repeatable whether sending it twice does no harm; true for everything but creating
 *     something
 */
record ApiRequest(
    String method,
    String path,
    Map<String, String> query,
    Optional<ObjectNode> body,
    boolean repeatable) {

  static ApiRequest get(String path) {
    return new ApiRequest("GET", path, Map.of(), Optional.empty(), true);
  }

  static ApiRequest delete(String path) {
    return new ApiRequest("DELETE", path, Map.of(), Optional.empty(), true);
  }

  static ApiRequest create(String path, ObjectNode body) {
    return new ApiRequest("POST", path, Map.of(), Optional.of(body), false);
  }

  ApiRequest with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(query);
    more.put(name, value);
    return new ApiRequest(method, path, Collections.unmodifiableMap(more), body, repeatable);
  }

  ApiRequest with(String name, Optional<String> value) {
    return value.map(given -> with(name, given)).orElse(this);
  }

  /** Without query and body: those may hold personal data and keys. */
  @Override
  public String toString() {
    return method + " " + path;
  }
}
