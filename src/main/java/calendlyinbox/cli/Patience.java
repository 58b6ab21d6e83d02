package calendlyinbox.cli;

import java.time.Duration;

/**
 * How long the delivery of {@code doctor} waits.
 *
 * @param connection until it stands
 * @param answer until the whole answer is there, the connection included
 * @param row until an event that was taken in is in its table
 */
record Patience(Duration connection, Duration answer, Duration row) {
  static final Patience OF_CALENDLY =
      new Patience(Duration.ofSeconds(10), Duration.ofSeconds(15), Duration.ofSeconds(5));

  static String words(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }
}
