package calendlyinbox.sync;

import calendlyinbox.calendly.CalendlyTime;
import calendlyinbox.calendly.Identity;
import calendlyinbox.events.AfterApply;
import calendlyinbox.events.FoundEvents;
import calendlyinbox.meetings.Forgotten;
import calendlyinbox.meetings.Mirror;
import calendlyinbox.meetings.Sightings;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/**
 * Brings what was observed into the tables, by the rules and statements that deliveries go by. Each
 * meeting is one transaction; where it finds everything as it should be, or is only asked what it
 * would do, the transaction is taken back, so that nothing at all is written.
 */
final class Merge {
  private final Database database;
  private final AfterApply afterApply;
  private final Mirror mirror = new Mirror();

  Merge(Database database, AfterApply afterApply) {
    this.database = database;
    this.afterApply = afterApply;
  }

  /** Carries the result out of a transaction that is taken back. */
  private static final class TakenBack extends RuntimeException {
    private final transient List<Change> changes;

    TakenBack(List<Change> changes) {
      super("taken back", null, false, false);
      this.changes = changes;
    }
  }

  /**
   * Returns the no-show marks on a meeting's invitees, with their times. To be asked before
   * Calendly is: only of these can it be said that Calendly no longer has them.
   *
   * @param settled none that was set after it: a list that is a little behind does not show it yet,
   *     and what is once taken off as of its own moment stays off
   */
  Map<String, String> marked(String meeting, Instant settled) throws DatabaseUnavailableException {
    return database.write(
        handle -> {
          Map<String, String> marked = new HashMap<>();
          handle
              .createQuery(
                  """
                  SELECT uri, coalesce(no_show_at, '') FROM invitees
                  WHERE meeting_uri = :meeting AND no_show AND coalesce(no_show_at, '') <= :settled
                  """)
              .bind("meeting", meeting)
              .bind("settled", CalendlyTime.text(settled))
              .map((row, context) -> marked.put(row.getString(1), row.getString(2)))
              .list();
          return marked;
        });
  }

  /**
   * Returns what was not as Calendly has it. Unless this is a dry run it is, when this returns, in
   * a committed transaction.
   */
  List<Change> apply(Observed observed, boolean dryRun) throws DatabaseUnavailableException {
    try {
      return database.write(
          handle -> {
            Forgotten forgotten = new Forgotten(handle);
            Observed known = observed.without(forgotten.among(observed.events()));
            if (forgotten.holds(observed.sighting().uri())
                || known.events().isEmpty() && isOfForgotten(handle, forgotten, known)) {
              return List.of();
            }
            List<Change> changes = merged(handle, known);
            if (dryRun || changes.isEmpty()) {
              throw new TakenBack(changes);
            }
            afterApply.applied(handle, known.events());
            return changes;
          });
    } catch (TakenBack e) {
      return e.changes;
    }
  }

  /**
   * A meeting says something of who booked it. Where Calendly names nobody whom we keep, and we do
   * not have it, it may be that of somebody who was forgotten, here and perhaps at Calendly.
   */
  private static boolean isOfForgotten(Handle handle, Forgotten forgotten, Observed observed) {
    return forgotten.any()
        && handle
            .createQuery("SELECT NOT EXISTS (SELECT 1 FROM meetings WHERE uri = :uri)")
            .bind("uri", observed.sighting().uri())
            .mapTo(Boolean.class)
            .one();
  }

  private List<Change> merged(Handle handle, Observed observed) {
    MirrorRows before = MirrorRows.read(handle, observed.meetings(), observed.invitees());
    Sightings sightings = new Sightings(handle);
    sightings.keep(observed.sighting());
    List<Change> claimed = new ArrayList<>();
    for (Observed.Body body : observed.bodies()) {
      byte[] bytes = body.bytes();
      if (FoundEvents.claim(handle, body.event(), bytes, observed.sighting().at())) {
        Identity identity = body.event().identity();
        claimed.add(new Change("event", identity.eventId(), identity.eventType(), true, Map.of()));
      } else {
        // Its row tells what was said when it was claimed, and this is newer.
        sightings.keep(body.event(), bytes);
      }
    }
    mirror.describe(handle, observed.sighting().event(), observed.sighting().identity());
    mirror.apply(handle, observed.events());
    MirrorRows after = MirrorRows.read(handle, observed.meetings(), observed.invitees());
    List<Change> changes = new ArrayList<>(before.changesTo(after));
    changes.addAll(claimed);
    return changes;
  }
}
