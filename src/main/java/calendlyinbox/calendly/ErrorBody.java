package calendlyinbox.calendly;

import calendlyinbox.calendly.ApiProblem.Detail;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * Calendly's error object {@code {title, message, details?, required_scopes?}}, read tolerantly:
 * whatever is missing is empty. All texts come out on one line with our secrets hidden, should a
 * server have sent them back to us.
 */
record ErrorBody(String message, List<Detail> details, List<String> requiredScopes) {

  /**
   * A body that cannot be read is a refusal without a reason: the status has been said.
   *
   * @throws MalformedAnswerException if it is a web page: then a proxy said it, not Calendly
   */
  static ErrorBody of(Answer answer, UnaryOperator<String> hide) throws MalformedAnswerException {
    if (answer.html()) {
      throw new MalformedAnswerException("HTML instead of JSON");
    }
    ObjectNode json;
    try {
      json = JsonBody.of(answer);
    } catch (MalformedAnswerException unreadable) {
      return new ErrorBody("no reason given", List.of(), List.of());
    }
    UnaryOperator<String> clean = text -> CleanText.of(hide.apply(text));
    List<Detail> details = new ArrayList<>();
    for (JsonNode detail : json.path("details")) {
      details.add(
          new Detail(
              clean.apply(detail.path("parameter").asText("")),
              clean.apply(detail.path("message").asText(""))));
    }
    List<String> scopes = new ArrayList<>();
    for (JsonNode scope : json.path("required_scopes")) {
      scopes.add(clean.apply(scope.asText("")));
    }
    return new ErrorBody(clean.apply(words(json)), List.copyOf(details), List.copyOf(scopes));
  }

  /** Only here a wording is looked at: nothing else in the answer tells a plan that is too low. */
  boolean asksForUpgrade() {
    return message.toLowerCase(Locale.ROOT).contains("upgrade");
  }

  private static String words(ObjectNode json) {
    String message = json.path("message").asText("");
    String title = json.path("title").asText("");
    if (!message.isBlank()) {
      return message;
    }
    return title.isBlank() ? "no reason given" : title;
  }
}
