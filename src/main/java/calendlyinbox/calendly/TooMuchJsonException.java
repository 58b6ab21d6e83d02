package calendlyinbox.calendly;

/** JSON of more parts, or longer or deeper ones, than is read ({@link ExactJson}). */
final class TooMuchJsonException extends MalformedAnswerException {
  private static final long serialVersionUID = 1;

  TooMuchJsonException(String message, Throwable cause) {
    super(message, cause);
  }
}
