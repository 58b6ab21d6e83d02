package calendlyinbox.admin;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries with a token that is not ours: counted, and told in one line a minute, without what was
 * tried. Safe for concurrent use.
 */
final class RefusedTokens {
  private static final Logger log = LoggerFactory.getLogger(RefusedTokens.class);
  private static final long LOG_EVERY_NANOS = Duration.ofMinutes(1).toNanos();

  private final LongAdder tries = new LongAdder();
  private final AtomicLong lastLogged = new AtomicLong(System.nanoTime() - LOG_EVERY_NANOS);

  void add() {
    tries.increment();
    long now = System.nanoTime();
    long last = lastLogged.get();
    if (now - last >= LOG_EVERY_NANOS && lastLogged.compareAndSet(last, now)) {
      log.warn("Admin token refused: tries={} since the start", count());
    }
  }

  /** Returns how many there were since the start. */
  long count() {
    return tries.sum();
  }
}
