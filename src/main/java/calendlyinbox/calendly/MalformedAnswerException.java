package calendlyinbox.calendly;

/** An answer that is not the API's language: no JSON, or not the JSON that was to be expected. */
class MalformedAnswerException extends Exception {
  private static final long serialVersionUID = 1;

  MalformedAnswerException(String message) {
    super(message);
  }

  MalformedAnswerException(String message, Throwable cause) {
    super(message, cause);
  }
}
