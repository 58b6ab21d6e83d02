package calendlyinbox.admin;

import java.util.concurrent.atomic.LongAdder;

/**
 * How long something took, sorted into fixed buckets. Costs nanoseconds and no memory, so that it
 * may stand in the way of an answer. Safe for concurrent use.
 */
final class Durations {
  private static final double NANOS_A_SECOND = 1e9;

  private static final long[] BOUNDS_MICROS = {
    500,
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000
  };

  private final LongAdder[] counts = new LongAdder[BOUNDS_MICROS.length + 1];
  private final LongAdder sumNanos = new LongAdder();

  Durations() {
    for (int i = 0; i < counts.length; i++) {
      counts[i] = new LongAdder();
    }
  }

  void add(long nanos) {
    int bucket = 0;
    while (bucket < BOUNDS_MICROS.length && nanos > BOUNDS_MICROS[bucket] * 1_000) {
      bucket++;
    }
    counts[bucket].increment();
    sumNanos.add(nanos);
  }

  /** Returns the upper bounds of the buckets in seconds; the last one has none. */
  static double[] boundsSeconds() {
    double[] seconds = new double[BOUNDS_MICROS.length + 1];
    for (int i = 0; i < BOUNDS_MICROS.length; i++) {
      seconds[i] = BOUNDS_MICROS[i] / 1e6;
    }
    seconds[BOUNDS_MICROS.length] = Double.POSITIVE_INFINITY;
    return seconds;
  }

  /** Returns how many fell into each bucket alone. */
  long[] counts() {
    long[] sums = new long[counts.length];
    for (int i = 0; i < counts.length; i++) {
      sums[i] = counts[i].sum();
    }
    return sums;
  }

  double sumSeconds() {
    return sumNanos.sum() / NANOS_A_SECOND;
  }
}
