package calendlyinbox.admin;

import calendlyinbox.delivery.Answers;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * How long deliveries of the last hour took to answer, by their distribution. Recording takes no
 * lock and makes nothing; the hour slides by five minutes.
 */
final class AnswerTimes implements Answers {
  private static final int SLOTS = 12;
  private static final long SLOT_MILLIS = Duration.ofMinutes(5).toMillis();
  private static final long LONGEST_MICROS = TimeUnit.MINUTES.toMicros(1);

  /** A figure of 12.3 ms may be 0.1 ms off. */
  private static final int DIGITS = 2;

  private final Recorder recorder = new Recorder(LONGEST_MICROS, DIGITS);
  private final Clock clock;

  // Guarded by this: a slot for each five minutes, and which five minutes it is of.
  private final Histogram[] slots = new Histogram[SLOTS];
  private final long[] slotOf = new long[SLOTS];
  private Histogram used;

  AnswerTimes(Clock clock) {
    this.clock = clock;
  }

  @Override
  public void received(long tookNanos) {
    recorder.recordValue(Math.min(Math.max(tookNanos / 1000, 0), LONGEST_MICROS));
  }

  @Override
  public void refused(Refusal reason, String address) {}

  /**
   * Puts what was recorded since the last call under the present time. To be called every few
   * seconds.
   */
  synchronized void collect() {
    used = recorder.getIntervalHistogram(used);
    if (used.getTotalCount() == 0) {
      return;
    }
    long now = clock.millis() / SLOT_MILLIS;
    int slot = (int) (now % SLOTS);
    if (slots[slot] == null || slotOf[slot] != now) {
      slots[slot] = new Histogram(LONGEST_MICROS, DIGITS);
      slotOf[slot] = now;
    }
    slots[slot].add(used);
  }

  /** Returns count, p50, p95, p99 and max in milliseconds; no figures where there was none. */
  synchronized Map<String, Object> milliseconds() {
    collect();
    Histogram hour = new Histogram(LONGEST_MICROS, DIGITS);
    long oldest = clock.millis() / SLOT_MILLIS - SLOTS;
    for (int slot = 0; slot < SLOTS; slot++) {
      if (slots[slot] != null && slotOf[slot] > oldest) {
        hour.add(slots[slot]);
      }
    }
    boolean none = hour.getTotalCount() == 0;
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("count", hour.getTotalCount());
    figures.put("p50", none ? null : milliseconds(hour.getValueAtPercentile(50)));
    figures.put("p95", none ? null : milliseconds(hour.getValueAtPercentile(95)));
    figures.put("p99", none ? null : milliseconds(hour.getValueAtPercentile(99)));
    figures.put("max", none ? null : milliseconds(hour.getMaxValue()));
    return figures;
  }

  private static double milliseconds(long micros) {
    return micros / 1000.0;
  }
}
