package calendlyinbox.calendly;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import mockwebserver3.MockResponse;

/** An answer of the fake: status, headers, body. Its errors have Calendly's titles and messages. */
record FakeAnswer(int status, Map<String, String> headers, String body) {

  static FakeAnswer json(int status, JsonNode body) {
    return new FakeAnswer(status, Map.of("Content-Type", "application/json"), body.toString());
  }

  static FakeAnswer html(int status) {
    return new FakeAnswer(
        status,
        Map.of("Content-Type", "text/html"),
        "<!DOCTYPE html><html>Just a moment...</html>");
  }

  static FakeAnswer resource(int status, JsonNode resource) {
    ObjectNode body = FakeJson.object();
    body.set("resource", resource);
    return json(status, body);
  }

  static FakeAnswer noContent() {
    return new FakeAnswer(204, Map.of(), "");
  }

  static FakeAnswer error(int status, String title, String message) {
    return json(status, FakeJson.object().put("title", title).put("message", message));
  }

  static FakeAnswer invalid(String parameter, String message) {
    ObjectNode body =
        FakeJson.object()
            .put("title", "Invalid Argument")
            .put("message", "The supplied parameters are invalid.");
    body.putArray("details").addObject().put("parameter", parameter).put("message", message);
    return json(400, body);
  }

  static FakeAnswer notFound() {
    return error(404, "Resource Not Found", "The server could not find the requested resource.");
  }

  static FakeAnswer denied(String message) {
    return error(403, "Permission Denied", message);
  }

  static FakeAnswer missingScopes(List<String> scopes) {
    ObjectNode body =
        FakeJson.object()
            .put("title", "Insufficient scope")
            .put(
                "message",
                "This operation requires the scopes listed in the 'required_scopes' array.");
    ArrayNode required = body.putArray("required_scopes");
    scopes.forEach(required::add);
    return json(403, body);
  }

  FakeAnswer with(String name, String value) {
    Map<String, String> more = new TreeMap<>(headers);
    more.put(name, value);
    return new FakeAnswer(status, more, body);
  }

  MockResponse.Builder toResponse() {
    MockResponse.Builder response = new MockResponse.Builder().code(status).clearHeaders();
    if (status != 204) {
      response.body(body);
    }
    headers.forEach(response::setHeader);
    return response;
  }
}
