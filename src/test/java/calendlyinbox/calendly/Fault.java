package calendlyinbox.calendly;

import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;

/** What can go wrong between Calendly and its caller. */
public enum Fault {
  // before anything was done
  INTERNAL_ERROR(false),
  UNAVAILABLE(false),
  HTML_PAGE(false),
  HTML_FORBIDDEN(false),
  REDIRECT(false),
  TOO_MANY(false),
  DENIED(false),
  CONFLICT(false),
  CUT_CONNECTION(false),
  // after it was done
  LOST_ANSWER(true),
  HTML_INSTEAD_OF_ANSWER(true),
  TRUNCATED_JSON(true),
  CUT_IN_BODY(true),
  SLOW_BODY(true),
  STUCK(true),
  HUGE_BODY(true),
  MUCH_JSON(true),
  EMPTY_OBJECT(true),
  GARBAGE_BYTES(true);

  private final boolean done;

  Fault(boolean done) {
    this.done = done;
  }

  /** Whether the call has its effect although its answer is spoilt. */
  boolean done() {
    return done;
  }

  /**
   * @param answer the honest answer; for a fault before the effect, an empty one
   */
  MockResponse spoil(FakeAnswer answer, String redirectTo) {
    MockResponse.Builder honest = answer.toResponse();
    return switch (this) {
      case INTERNAL_ERROR ->
          FakeAnswer.error(
                  500, "Internal Server Error", "The server encountered an unexpected condition.")
              .toResponse()
              .build();
      case UNAVAILABLE ->
          FakeAnswer.error(503, "Service Unavailable", "Please try again later.")
              .with("Retry-After", "3")
              .toResponse()
              .build();
      case HTML_PAGE -> FakeAnswer.html(502).toResponse().build();
      case HTML_FORBIDDEN -> FakeAnswer.html(403).toResponse().build();
      case HTML_INSTEAD_OF_ANSWER -> FakeAnswer.html(200).toResponse().build();
      case REDIRECT -> honest.code(302).setHeader("Location", redirectTo).body("").build();
      case TOO_MANY ->
          FakeAnswer.error(429, "Too Many Requests", "Rate limit exceeded")
              .with("Retry-After", "7")
              .toResponse()
              .build();
      case DENIED -> FakeAnswer.denied("You do not have permission.").toResponse().build();
      case CONFLICT ->
          FakeAnswer.error(409, "Already Exists", "Hook with this url already exists")
              .toResponse()
              .build();
      case CUT_CONNECTION, LOST_ANSWER -> honest.onResponseStart(closed()).build();
      case TRUNCATED_JSON ->
          honest.body(answer.body().substring(0, answer.body().length() / 2)).build();
      case CUT_IN_BODY -> honest.onResponseBody(closed()).build();
      case SLOW_BODY -> honest.throttleBody(1, 1, TimeUnit.SECONDS).build();
      case STUCK -> honest.headersDelay(1, TimeUnit.HOURS).build();
      case HUGE_BODY -> honest.body("{\"x\":\"" + "x".repeat(2_000_000) + "\"}").build();
      case MUCH_JSON -> honest.body("{\"x\":[" + "0,".repeat(200_000) + "0]}").build();
      case EMPTY_OBJECT -> honest.body("{}").build();
      case GARBAGE_BYTES -> honest.body("\u0000\u0001 \u001f\u008b garbage").build();
    };
  }

  private static SocketEffect closed() {
    return new SocketEffect.CloseSocket();
  }
}
