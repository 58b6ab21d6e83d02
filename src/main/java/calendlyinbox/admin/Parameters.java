package calendlyinbox.admin;

import calendlyinbox.calendly.CleanText;
import io.javalin.http.Context;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A request's query parameters, checked. The first fault is kept and names parameter, value and
 * rule; what is read after it stands for nothing.
 */
final class Parameters {
  private static final int LONGEST = 500;
  private static final Pattern NO_ESCAPE = Pattern.compile("%(?!\\p{XDigit}{2})");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

  private final Map<String, List<String>> given;
  private String fault;

  /**
   * @param known every parameter that the request may have: a misspelt one is a fault, since what
   *     it would have left out would be shown
   */
  Parameters(Context ctx, String... known) {
    this.given = ctx.queryParamMap();
    String query = ctx.queryString();
    if (query != null && NO_ESCAPE.matcher(query).find()) {
      // The server leaves such a parameter out.
      refuse("the query has a % that begins no escape; write %25 for the character itself");
    }
    for (Map.Entry<String, List<String>> one : given.entrySet()) {
      if (!List.of(known).contains(one.getKey())) {
        refuse(
            CleanText.of(one.getKey())
                + " is no parameter of this path; "
                + (known.length == 0 ? "it takes none" : "it takes " + String.join(", ", known)));
      } else if (one.getValue().size() > 1) {
        refuse(one.getKey() + " is given " + one.getValue().size() + " times; it must be once");
      }
    }
  }

  /** Returns the work; or the answer to the first thing that is wrong, if anything is. */
  AdminThreads.Work unlessFaulty(AdminThreads.Work work) {
    String sentence = fault;
    return sentence == null ? work : () -> Reply.badParameter(sentence);
  }

  /** Given but empty counts as not given: so a form sends what was left empty. */
  Optional<String> text(String name) {
    return checked(
        name,
        "at most " + LONGEST + " characters",
        value -> Optional.of(value).filter(text -> text.length() <= LONGEST));
  }

  Optional<String> choice(String name, List<String> choices) {
    return checked(
        name,
        "one of " + String.join(", ", choices),
        value -> Optional.of(value).filter(choices::contains));
  }

  Optional<Long> number(String name, long low, long high) {
    return checked(
        name,
        "a number from " + low + " to " + high,
        value ->
            Optional.of(value)
                .filter(NUMBER.asMatchPredicate())
                .map(Long::valueOf)
                .filter(number -> number >= low && number <= high));
  }

  /** The same for a part of the path, which is always given. */
  Optional<Long> pathNumber(Context ctx, String name) {
    String value = ctx.pathParam(name);
    Optional<Long> number = Optional.of(value).filter(NUMBER.asMatchPredicate()).map(Long::valueOf);
    if (number.isEmpty()) {
      refuse(name + " is " + CleanText.of(value) + "; it must be a number");
    }
    return number;
  }

  /**
   * @param rule completes "it must be"
   * @param parse gives nothing where the value breaks the rule
   */
  <T> Optional<T> checked(String name, String rule, Function<String, Optional<T>> parse) {
    List<String> values = given.getOrDefault(name, List.of());
    String value = values.isEmpty() ? "" : values.get(0).strip();
    if (value.isEmpty()) {
      return Optional.empty();
    }
    Optional<T> parsed = parse.apply(value);
    if (parsed.isEmpty()) {
      refuse(name + " is " + CleanText.of(value) + "; it must be " + rule);
    }
    return parsed;
  }

  private void refuse(String sentence) {
    if (fault == null) {
      fault = sentence;
    }
  }
}
