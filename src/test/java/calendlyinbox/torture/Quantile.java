package calendlyinbox.torture;

import java.util.Collection;

/** Of times that were measured. */
final class Quantile {
  private Quantile() {}

  /** Returns within how many milliseconds this share of them lies; 0 of none. */
  static double millis(Collection<Long> nanos, double share) {
    long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
    int at = (int) Math.ceil(share * sorted.length) - 1;
    return sorted.length == 0 ? 0 : sorted[Math.max(0, at)] / 1e6;
  }
}
