package calendlyinbox.calendly;

import calendlyinbox.calendly.ApiProblem.Conflict;
import calendlyinbox.calendly.ApiProblem.Forbidden;
import calendlyinbox.calendly.ApiProblem.Invalid;
import calendlyinbox.calendly.ApiProblem.NotFound;
import calendlyinbox.calendly.ApiProblem.Unauthorized;
import calendlyinbox.calendly.ApiProblem.Unreachable;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Turns an HTTP answer into a verdict, by its status and by whether it is Calendly's JSON at all.
 */
final class AnswerReader {
  /** For a 429 that tells no time: Calendly's window. */
  private static final Duration USUAL_WINDOW = Duration.ofSeconds(60);

  private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);

  private final Clock clock;

  AnswerReader(Clock clock) {
    this.clock = clock;
  }

  <T> Verdict<T> read(Answer answer, Decoder<T> decoder, UnaryOperator<String> hide) {
    int status = answer.status();
    try {
      if (decoder.takes(answer)) {
        return new Verdict.Final<>(ApiResult.ok(decoder.decode(answer)));
      }
      if (status == 429) {
        return new Verdict.Slower<>(waitAfter429(answer));
      }
      if (status >= 300 && status < 400) {
        String reason =
            "a redirect (HTTP " + status + "), which is not followed; check the API's address";
        return new Verdict.Final<>(ApiResult.failed(new Unreachable(reason, false)));
      }
      ErrorBody error = ErrorBody.of(answer, hide);
      if (status >= 500 || status == 408 || status == 425) {
        return new Verdict.Again<>("HTTP " + status + ": " + error.message(), retryAfter(answer));
      }
      return new Verdict.Final<>(ApiResult.failed(refusal(status, error)));
    } catch (MalformedAnswerException e) {
      String reason = "HTTP " + status + " with " + CleanText.of(hide.apply(e.getMessage()));
      return e.tooLarge()
          ? new Verdict.TooLarge<>(reason)
          : new Verdict.Again<>(reason, retryAfter(answer));
    }
  }

  private static ApiProblem refusal(int status, ErrorBody error) {
    return switch (status) {
      case 401 -> new Unauthorized(error.message());
      case 403 -> new Forbidden(error.message(), error.requiredScopes(), error.asksForUpgrade());
      case 404 -> new NotFound(error.message());
      case 409 -> new Conflict(error.message());
      default -> new Invalid(status, error.message(), error.details());
    };
  }

  /**
   * Calendly documents X-RateLimit-Reset (seconds left); Retry-After, where there is one, is meant
   * for this answer.
   */
  private Duration waitAfter429(Answer answer) {
    Duration wait =
        retryAfter(answer)
            .or(() -> answer.number("X-RateLimit-Reset").map(Duration::ofSeconds))
            .orElse(USUAL_WINDOW);
    return wait.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : wait;
  }

  /** In seconds or as a date. */
  private Optional<Duration> retryAfter(Answer answer) {
    Optional<Duration> seconds = answer.number("Retry-After").map(Duration::ofSeconds);
    return seconds.isPresent() ? seconds : answer.header("Retry-After").flatMap(this::untilDate);
  }

  private Optional<Duration> untilDate(String text) {
    try {
      ZonedDateTime date = ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME);
      Duration left = Duration.between(clock.instant(), date.toInstant());
      return Optional.of(left.isNegative() ? Duration.ZERO : left);
    } catch (DateTimeException notADate) {
      return Optional.empty();
    }
  }
}
