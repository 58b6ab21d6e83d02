package calendlyinbox.calendly;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import mockwebserver3.RecordedRequest;
import okhttp3.HttpUrl;
import okio.ByteString;

/**
 * One request the fake was asked.
 *
 * @param at the fake's time
 * @param path without the query
 * @param body the JSON, or a missing node
 */
public record RecordedCall(
    Instant at,
    String method,
    String path,
    Map<String, String> query,
    Map<String, String> headers,
    JsonNode body) {

  static RecordedCall of(RecordedRequest request, Instant at) {
    HttpUrl url = request.getUrl();
    Map<String, String> query = new TreeMap<>();
    for (String name : url.queryParameterNames()) {
      query.put(name, url.queryParameter(name));
    }
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    request.getHeaders().forEach(header -> headers.put(header.getFirst(), header.getSecond()));
    ByteString body = request.getBody();
    return new RecordedCall(
        at,
        request.getMethod(),
        url.encodedPath(),
        query,
        headers,
        FakeJson.parse(body == null ? "" : body.utf8()));
  }

  /** {@code GET /users/me} */
  public String line() {
    return method + " " + path;
  }

  String parameter(String name) {
    return query.getOrDefault(name, "");
  }
}
