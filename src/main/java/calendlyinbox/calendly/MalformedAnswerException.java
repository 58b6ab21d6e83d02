package calendlyinbox.calendly;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;

/** An answer that is not the API's language: no JSON, or not the JSON that was to be expected. */
final class MalformedAnswerException extends Exception {
  private static final long serialVersionUID = 1;

  MalformedAnswerException(String message) {
    super(message);
  }

  MalformedAnswerException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Whether it is JSON, but more of it than is read. */
  boolean tooLarge() {
    return getCause() instanceof StreamConstraintsException;
  }
}
