package calendlyinbox.calendly;

import java.time.Duration;
import java.util.Optional;

/** What one answer means for the call it belongs to. */
sealed interface Verdict<T> {
  /** The call is over. */
  record Final<T>(ApiResult<T> result) implements Verdict<T> {}

  /**
   * Not an answer to build on; the next try may fare better.
   *
   * @param pause the pause the server asked for, if it did
   */
  record Again<T>(String reason, Optional<Duration> pause) implements Verdict<T> {}

  /** More than is read; the next try would bring as much. */
  record TooLarge<T>(String reason) implements Verdict<T> {}

  /** 429: nothing was done, and nothing may be sent before the wait is over. */
  record Slower<T>(Duration pause) implements Verdict<T> {}
}
