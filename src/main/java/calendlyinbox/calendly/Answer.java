package calendlyinbox.calendly;

import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** A complete HTTP answer: status, headers and the whole body. */
final class Answer {
  private final int status;
  private final HttpHeaders headers;
  private final byte[] body;
  private final Instant asked;
  private final Instant answered;

  Answer(int status, HttpHeaders headers, byte[] body, Instant asked, Instant answered) {
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.asked = asked;
    this.answered = answered;
  }

  /** Our time when the request left. */
  Instant asked() {
    return asked;
  }

  /** Our time when the last byte of the answer was there. */
  Instant answered() {
    return answered;
  }

  int status() {
    return status;
  }

  boolean successful() {
    return status >= 200 && status < 300;
  }

  Optional<String> header(String name) {
    return headers.firstValue(name);
  }

  /** The header as a whole number that is not negative; anything else counts as absent. */
  Optional<Long> number(String name) {
    return header(name)
        .map(String::strip)
        .filter(text -> text.matches("\\d{1,15}"))
        .map(Long::valueOf);
  }

  byte[] body() {
    return body;
  }

  boolean empty() {
    return body.length == 0;
  }

  boolean html() {
    return header("Content-Type").orElse("").toLowerCase(Locale.ROOT).contains("html")
        || firstSign() == '<';
  }

  private char firstSign() {
    for (byte b : body) {
      if (b < 0 || b > ' ') {
        return (char) (b & 0xff);
      }
    }
    return ' ';
  }
}
