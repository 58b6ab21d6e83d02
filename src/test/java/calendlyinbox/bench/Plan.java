package calendlyinbox.bench;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * How much is measured.
 *
 * @param judgeClock whether a bar on the clock that is missed makes the exit code 1
 * @param perRound deliveries a round
 * @param perStoreRound the same where two servers are compared that have run alike: what is not
 *     compiled yet slows both. In 5,000 it was by chance whether a checkpoint of the database fell
 *     into a round: single ratios went from 0.33 to 0.63, with 10,000 from 0.46 to 0.59
 * @param backlog deliveries that lie in the journal at a start
 * @param stored events in the full database
 */
record Plan(
    boolean isLong,
    boolean judgeClock,
    long seed,
    int rounds,
    int perRound,
    int perStoreRound,
    int openSeconds,
    int starts,
    int backlog,
    int stored) {
  static final int PER_SECOND = 500;

  /** Rounds that are not counted: what is compared is a process that has run for some seconds. */
  static final int WARM_UP = 3;

  static final String USE =
      """
      ./run.sh bench [--long] [--no-clock] [--seed N]
        --long      more and longer rounds, 1,000,000 stored events
        --no-clock  shows the bars that hang on the clock and does not judge them: for machines with other work;
                    ratios are judged at half their bar there
        --seed N    makes the same deliveries again
      """;

  /**
   * @throws IllegalArgumentException what is wrong, and how it is used
   */
  static Plan of(String... args) {
    boolean isLong = false;
    boolean judgeClock = true;
    long seed = System.nanoTime();
    Iterator<String> words = List.of(args).iterator();
    while (words.hasNext()) {
      switch (words.next()) {
        case "--long" -> isLong = true;
        case "--no-clock" -> judgeClock = false;
        case "--seed" -> seed = seed(words.hasNext() ? words.next() : "");
        default ->
            throw new IllegalArgumentException("bench: " + Arrays.toString(args) + "\n" + USE);
      }
    }
    return isLong
        ? new Plan(true, judgeClock, seed, 7, 40_000, 40_000, 20, 11, 100_000, 1_000_000)
        : new Plan(false, judgeClock, seed, 3, 10_000, 10_000, 4, 3, 10_000, 30_000);
  }

  private static long seed(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "bench: --seed is " + text + ", wanted a number\n" + USE, e);
    }
  }
}
