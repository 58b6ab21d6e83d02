package calendlyinbox.sync;

import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * For how long another sync has been in the way of the server's own. One that takes hours has many
 * meetings to look at, or was suspended by Ctrl-Z and forgotten: which, only a person can tell. For
 * one thread.
 */
final class HeldUp {
  private static final Logger log = LoggerFactory.getLogger(HeldUp.class);
  private static final Duration LONG = Duration.ofHours(1);

  private String by = "";
  private Instant since = Instant.MAX;

  /**
   * @param holder who is in the way; another one has been so since now
   */
  void by(String holder, Instant now) {
    if (!holder.equals(by)) {
      by = holder;
      since = now;
    }
    Duration held = Duration.between(since, now);
    if (held.compareTo(LONG) >= 0) {
      log.error(
          "Sync held up by another for {} min: holder=\"{}\"; next: where it was suspended (Ctrl-Z), let it go on or end it:"
              + " fuser sync.lock in the data folder names it",
          held.toMinutes(),
          holder);
    }
  }
}
