package calendlyinbox.admin;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a request behind the gate is answered: status, kind and bytes. */
final class Reply {
  static final String JSON = "application/json";

  private final int status;
  private final String contentType;
  private final byte[] body;

  Reply(int status, String contentType, byte[] body) {
    this.status = status;
    this.contentType = contentType;
    this.body = body;
  }

  static Reply json(Map<String, ?> content) {
    return new Reply(200, JSON, Json.bytes(content));
  }

  /** It is not done yet. */
  static Reply accepted(Map<String, ?> content) {
    return new Reply(202, JSON, Json.bytes(content));
  }

  /**
   * @param word for programs
   * @param detail a sentence for people
   */
  static Reply error(int status, String word, String detail) {
    Map<String, String> content = new LinkedHashMap<>();
    content.put("error", word);
    content.put("detail", detail);
    return new Reply(status, JSON, Json.bytes(content));
  }

  static Reply badParameter(String fault) {
    return error(400, "bad_parameter", fault);
  }

  static Reply notFound() {
    return notFound("there is nothing at this path");
  }

  static Reply notFound(String detail) {
    return error(404, "not_found", detail);
  }

  /**
   * @param methods that are taken, with a comma between two
   */
  static Reply otherMethod(String methods) {
    return error(
        405, "method_not_allowed", "this path takes " + methods.replace(", ", " and ") + " only");
  }

  int status() {
    return status;
  }

  String contentType() {
    return contentType;
  }

  /** Returns the bytes themselves, to be read only. */
  byte[] body() {
    return body;
  }

  @Override
  public String toString() {
    return status + " " + new String(body, StandardCharsets.UTF_8);
  }
}
