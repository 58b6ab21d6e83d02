package calendlyinbox.upkeep;

import calendlyinbox.calendly.Invitee;
import calendlyinbox.meetings.Forgotten;
import calendlyinbox.meetings.Mirror;
import calendlyinbox.meetings.Sightings;
import calendlyinbox.meetings.Witness;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/**
 * Takes rows out for good, in the transaction that the handle is in: with each invitee, submission
 * or meeting all events that spoke of it, and a hash of each id, so that none comes back. What
 * stays and hung on an event that goes is kept as it is known. What was there is overwritten on
 * disk.
 */
final class Removal implements AutoCloseable {
  /** Its own events, and those with a time behind the uri: '@' and what sorts before 'A'. */
  private static final String EVENTS_OF =
      """
      SELECT id, event_type, event_id FROM calendly_webhook_events
      WHERE event_id = :uri OR event_id >= :uri || '@' AND event_id < :uri || 'A'
      UNION
      SELECT id, event_type, event_id FROM calendly_webhook_events
      WHERE event_type IN ('invitee_no_show.created', 'invitee_no_show.deleted')
        AND CASE WHEN json_valid(payload) THEN json_extract(payload, '$.payload.uri') END = :uri
      """;

  private final Handle handle;
  private final Forgotten forgotten;
  private final Sightings sightings;
  private final Witness witness;
  private final Map<String, Integer> removed = new TreeMap<>();

  /**
   * @param now the moment that what stays is kept as of
   */
  Removal(Handle handle, Instant now) {
    this.handle = handle;
    this.forgotten = new Forgotten(handle);
    this.sightings = new Sightings(handle);
    this.witness = new Witness(handle, now);
    handle.execute("PRAGMA secure_delete = ON");
  }

  /** Returns how many rows of which table are gone by now. */
  Map<String, Integer> removed() {
    return removed;
  }

  /**
   * Removes meetings that are over, with all their invitees; whatever is said of them from now on
   * is let go by.
   */
  void ended(Collection<String> uris) {
    uris.forEach(forgotten::add);
    meetings(uris);
  }

  /** Removes meetings with all their invitees; somebody else may yet book them. */
  void meetings(Collection<String> uris) {
    Set<String> invitees = new LinkedHashSet<>();
    uris.forEach(
        uri ->
            invitees.addAll(
                handle
                    .createQuery("SELECT uri FROM invitees WHERE meeting_uri = :uri")
                    .bind("uri", uri)
                    .mapTo(String.class)
                    .list()));
    invitees(invitees);
    uris.forEach(this::meeting);
  }

  /**
   * Removes people's bookings; a meeting of which nobody is left goes with them, until somebody
   * else books it.
   */
  void invitees(Collection<String> uris) {
    // First all of them, so that none is kept for the sake of another.
    uris.forEach(forgotten::add);
    Set<String> left = new LinkedHashSet<>();
    Set<String> meetings = new LinkedHashSet<>();
    for (String uri : uris) {
      left.addAll(others(uri));
      meetingOf(uri).ifPresent(meetings::add);
      events(uri);
      count("sightings", sightings.remove(uri));
      count("invitees", handle.execute("DELETE FROM invitees WHERE uri = ?", uri));
    }
    left.removeAll(new HashSet<>(uris));
    left.forEach(this::loosen);
    meetings.forEach(this::left);
  }

  /** Removes a filled-in routing form. */
  void submission(String uri) {
    forgotten.add(uri);
    events(uri);
    count("sightings", sightings.remove(uri));
    count(
        "routing_form_submissions",
        handle.execute("DELETE FROM routing_form_submissions WHERE uri = ?", uri));
  }

  /** Removes one event that no row of the other tables hangs on. */
  void event(long id) {
    handle
        .createQuery("SELECT id, event_type, event_id FROM calendly_webhook_events WHERE id = :id")
        .bind("id", id)
        .map((row, context) -> new Event(row.getLong(1), row.getString(2), row.getString(3)))
        .list()
        .forEach(this::event);
  }

  private record Event(long id, String type, String eventId) {}

  private void events(String resource) {
    List<Event> events =
        handle
            .createQuery(EVENTS_OF)
            .bind("uri", resource)
            .map((row, context) -> new Event(row.getLong(1), row.getString(2), row.getString(3)))
            .list();
    events.forEach(this::event);
  }

  private void event(Event event) {
    forgotten.add(event.type(), event.eventId());
    count(
        "calendly_webhook_events",
        handle.execute("DELETE FROM calendly_webhook_events WHERE id = ?", event.id()));
  }

  private void meeting(String uri) {
    events(uri);
    count("sightings", sightings.remove(uri));
    count(
        "detail_fetches", handle.execute("DELETE FROM detail_fetches WHERE meeting_uri = ?", uri));
    count("meetings", handle.execute("DELETE FROM meetings WHERE uri = ?", uri));
  }

  /** An invitee of it is gone. */
  private void left(String meeting) {
    boolean empty =
        handle
            .createQuery("SELECT NOT EXISTS (SELECT 1 FROM invitees WHERE meeting_uri = :uri)")
            .bind("uri", meeting)
            .mapTo(Boolean.class)
            .one();
    if (empty) {
      meeting(meeting);
    } else {
      witness.ofMeeting(meeting);
      new Mirror().reconsider(handle, meeting);
    }
  }

  private Optional<String> meetingOf(String invitee) {
    return handle
        .createQuery("SELECT meeting_uri FROM invitees WHERE uri = :uri")
        .bind("uri", invitee)
        .mapTo(String.class)
        .findOne()
        .or(() -> Invitee.meetingOf(invitee));
  }

  /** The halves of reschedules that name it. */
  private List<String> others(String uri) {
    return handle
        .createQuery(
            """
            SELECT old_invitee FROM invitees WHERE uri = :uri AND old_invitee IS NOT NULL
            UNION SELECT new_invitee FROM invitees WHERE uri = :uri AND new_invitee IS NOT NULL
            """)
        .bind("uri", uri)
        .mapTo(String.class)
        .list();
  }

  /** Of an invitee that stays, cuts the links to those who are gone. */
  private void loosen(String uri) {
    for (String link : List.of("old_invitee", "new_invitee")) {
      handle
          .createQuery("SELECT " + link + " FROM invitees WHERE uri = :uri AND " + link + " <> ''")
          .bind("uri", uri)
          .mapTo(String.class)
          .findOne()
          .filter(forgotten::holds)
          .ifPresent(
              gone -> handle.execute("UPDATE invitees SET " + link + " = NULL WHERE uri = ?", uri));
    }
    // Nothing but the link was known of it.
    int bare =
        handle.execute(
            """
            DELETE FROM invitees
            WHERE uri = ? AND described_by = '' AND old_invitee IS NULL AND new_invitee IS NULL
            """,
            uri);
    if (bare == 0) {
      witness.ofInvitee(uri);
    }
  }

  /** The connection goes on without the cost of overwriting. */
  @Override
  public void close() {
    handle.execute("PRAGMA secure_delete = OFF");
  }

  private void count(String table, int rows) {
    if (rows > 0) {
      removed.merge(table, rows, Integer::sum);
    }
  }
}
