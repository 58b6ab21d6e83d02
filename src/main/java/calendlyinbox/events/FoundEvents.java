package calendlyinbox.events;

import calendlyinbox.calendly.CalendlyTime;
import calendlyinbox.calendly.Parsed;
import calendlyinbox.events.EventRows.Outcome;
import calendlyinbox.events.EventRows.Source;
import calendlyinbox.events.EventRows.Status;
import calendlyinbox.journal.RawBody;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Events that no delivery brought: somebody looked and found that they have happened. */
public final class FoundEvents {
  private FoundEvents() {}

  /**
   * Claims one for the transaction that applies it, so that its delivery, should it come yet, is a
   * duplicate.
   *
   * @param payload what a later replay reads
   * @return false if the event is known, by whatever way it came
   */
  public static boolean claim(
      Handle handle, Parsed.Understood event, byte[] payload, Instant found) {
    String at = CalendlyTime.text(found);
    Outcome applied =
        new Outcome(Status.PROCESSED, 1, Optional.of(at), Optional.empty(), Optional.empty());
    EventRows.Claims claims = new EventRows(handle).claims(Source.SYNC);
    claims.add(event.identity(), new RawBody(payload), at, applied);
    return claims.execute()[0] == 1;
  }
}
