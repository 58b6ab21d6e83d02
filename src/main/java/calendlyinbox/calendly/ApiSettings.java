package calendlyinbox.calendly;

import java.time.Duration;

/**
 * The bounds of a call.
 *
 * @param connectTimeout until a connection stands
 * @param callTimeout one call as a whole: all its tries, each from connecting to the last byte of
 *     the body, and the pauses between them. Only waits for the rate limit are not in it
 * @param tries requests one call may cost at most
 * @param firstBackoff pause before the second try; it doubles from there
 * @param longestBackoff no pause between tries is longer
 * @param longestWait how long a call may wait, in all, for its share of the rate limit before it
 *     gives up with {@link ApiProblem.RateLimited}
 * @param maxBodyBytes an answer with a longer body is refused unread
 * @param maxPages a list with more pages is taken for endless
 */
public record ApiSettings(
    Duration connectTimeout,
    Duration callTimeout,
    int tries,
    Duration firstBackoff,
    Duration longestBackoff,
    Duration longestWait,
    int maxBodyBytes,
    int maxPages) {

  public ApiSettings {
    if (tries < 1 || maxPages < 1 || maxBodyBytes < 1) {
      throw new IllegalArgumentException(
          "tries="
              + tries
              + " maxPages="
              + maxPages
              + " maxBodyBytes="
              + maxBodyBytes
              + "; each must be 1 or more");
    }
  }

  /**
   * Connect 10 s, whole call 30 s, 4 tries, 2 MiB, and 90 s for a rate limit that Calendly resets
   * every 60.
   */
  public static ApiSettings standard() {
    return new ApiSettings(
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        4,
        Duration.ofMillis(500),
        Duration.ofSeconds(10),
        Duration.ofSeconds(90),
        2 * 1024 * 1024,
        1000);
  }

  public ApiSettings withTries(int number) {
    return new ApiSettings(
        connectTimeout,
        callTimeout,
        number,
        firstBackoff,
        longestBackoff,
        longestWait,
        maxBodyBytes,
        maxPages);
  }

  public ApiSettings withCallTimeout(Duration timeout) {
    return new ApiSettings(
        connectTimeout,
        timeout,
        tries,
        firstBackoff,
        longestBackoff,
        longestWait,
        maxBodyBytes,
        maxPages);
  }

  public ApiSettings withMaxBodyBytes(int bytes) {
    return new ApiSettings(
        connectTimeout,
        callTimeout,
        tries,
        firstBackoff,
        longestBackoff,
        longestWait,
        bytes,
        maxPages);
  }

  public ApiSettings withMaxPages(int pages) {
    return new ApiSettings(
        connectTimeout,
        callTimeout,
        tries,
        firstBackoff,
        longestBackoff,
        longestWait,
        maxBodyBytes,
        pages);
  }

  /** For a person who waits at a terminal: fail sooner rather than sit out a rate limit. */
  public ApiSettings withLongestWait(Duration wait) {
    return new ApiSettings(
        connectTimeout,
        callTimeout,
        tries,
        firstBackoff,
        longestBackoff,
        wait,
        maxBodyBytes,
        maxPages);
  }
}
