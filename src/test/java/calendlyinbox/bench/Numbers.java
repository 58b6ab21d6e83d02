package calendlyinbox.bench;

import java.util.Arrays;
import java.util.List;

/** Medians and percentiles, exact: by sorting. */
final class Numbers {
  private Numbers() {}

  static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** The value that {@code percent} of all do not exceed, in milliseconds. */
  static double percentileMillis(long[] nanos, double percent) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    int at = (int) Math.ceil(sorted.length * percent / 100) - 1;
    return sorted[Math.max(0, at)] / 1e6;
  }
}
