package calendlyinbox.meetings;

import calendlyinbox.calendly.EventParser;
import calendlyinbox.calendly.Identity;
import calendlyinbox.calendly.Parsed;
import calendlyinbox.calendly.Sighting;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * The {@code sightings} table: what Calendly's API said when it was asked, and an event that came
 * again with news, the newest of each, so that the tables can be derived anew from what is stored.
 * Everything runs in the transaction the handle is in.
 */
public final class Sightings {
  // With a new id each time: what came after a moment has a greater one.
  private static final String KEEP =
      """
      INSERT OR REPLACE INTO sightings (resource, event_type, version, seen_at, body)
      SELECT :resource, :type, :version, :seenAt, :body
      WHERE NOT EXISTS (
        SELECT 1 FROM sightings WHERE resource = :resource AND event_type = :type AND version >= :version)
      """;

  private final Handle handle;
  private final Mirror mirror = new Mirror();

  public Sightings(Handle handle) {
    this.handle = handle;
  }

  /** Keeps what was said of a scheduled event alone, unless something newer is kept. */
  public void keep(Sighting sighting) {
    keep(
        sighting.uri(),
        sighting.identity().eventType(),
        Version.of(sighting.event().updatedAt(), sighting.identity()),
        sighting.identity().createdAt().orElseThrow(),
        sighting.scheduledEvent().toString());
  }

  /**
   * Keeps what was said of an invitee, unless something newer is kept.
   *
   * @param body that the event was read from
   */
  public void keep(Parsed.Understood event, byte[] body) {
    keep(Subject.of(event.event()), event, body);
  }

  /**
   * Keeps what an event says that comes again, if it describes anything as it was later than when
   * it came first, and nothing newer is kept.
   *
   * @param body that it was read from
   * @param first what it said then
   * @return whether what it says is to be applied: also where something newer is kept of the
   *     invitee alone, or of the meeting
   */
  public boolean keepNews(Parsed.Understood again, byte[] body, Parsed.Understood first) {
    Subject subject = Subject.of(again.event());
    String type = again.identity().eventType();
    if (!subject.isNewerThan(Subject.of(first.event()))
        || kept(subject.uri(), type).filter(kept -> !subject.isNewerThan(kept)).isPresent()) {
      return false;
    }
    keep(subject, again, body);
    return true;
  }

  private Optional<Subject> kept(String resource, String type) {
    return handle
        .createQuery("SELECT body FROM sightings WHERE resource = :resource AND event_type = :type")
        .bind("resource", resource)
        .bind("type", type)
        .mapTo(String.class)
        .findOne()
        .flatMap(Sightings::understood)
        .map(event -> Subject.of(event.event()));
  }

  private static Optional<Parsed.Understood> understood(String body) {
    return new EventParser().parse(body.getBytes(StandardCharsets.UTF_8))
            instanceof Parsed.Understood event
        ? Optional.of(event)
        : Optional.empty();
  }

  private void keep(Subject subject, Parsed.Understood event, byte[] body) {
    keep(
        subject.uri(),
        event.identity().eventType(),
        Version.ofBody(subject.updatedAt(), subject.meetingUpdatedAt(), event.identity()),
        event.identity().createdAt().orElse(""),
        new String(body, StandardCharsets.UTF_8));
  }

  private void keep(String resource, String type, String version, String seenAt, String body) {
    handle
        .createUpdate(KEEP)
        .bind("resource", resource)
        .bind("type", type)
        .bind("version", version)
        .bind("seenAt", seenAt)
        .bind("body", body)
        .execute();
  }

  /**
   * Applies one as it was applied when it came.
   *
   * @param eventType and the others are as in the columns
   */
  public void apply(String eventType, String seenAt, String body) {
    if (!eventType.equals(Identity.NO_EVENT_TYPE)) {
      understood(body).ifPresent(event -> mirror.apply(handle, List.of(event)));
      return;
    }
    try {
      Sighting sighting =
          new Sighting(Instant.parse(seenAt), (ObjectNode) Exact.JSON.readTree(body));
      mirror.describe(handle, sighting.event(), sighting.identity());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a sighting that is no JSON", e);
    }
  }

  /** Forgets what was said of a meeting or an invitee. */
  public int remove(String resource) {
    return handle.execute("DELETE FROM sightings WHERE resource = ?", resource);
  }
}
