package calendlyinbox.calendly;

import java.time.Duration;

/**
 * How a delivery was answered.
 *
 * @param status 0 when there was no answer at all
 * @param answer the body of the answer, or what went wrong
 */
public record Receipt(String subscription, String event, int status, String answer, Duration took) {

  public boolean accepted() {
    return status >= 200 && status < 300;
  }
}
