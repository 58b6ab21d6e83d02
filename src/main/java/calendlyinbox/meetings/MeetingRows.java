package calendlyinbox.meetings;

import calendlyinbox.calendly.Cancellation;
import calendlyinbox.calendly.Identity;
import calendlyinbox.calendly.Location;
import calendlyinbox.calendly.ScheduledEvent;
import calendlyinbox.store.Batch;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * Writes the {@code meetings} table. Each statement gives the same row in whatever order deliveries
 * come.
 */
final class MeetingRows implements AutoCloseable {
  private static final String KNOW =
      "INSERT INTO meetings (uri) VALUES (:uri) ON CONFLICT (uri) DO NOTHING";

  private static final String DESCRIBE =
      """
      INSERT INTO meetings (
        uri, name, start_time, end_time, event_type, location_type, location, join_url, location_status,
        location_json, hosts, guests, invitees_total, invitees_active, invitees_limit, created_at, updated_at,
        described_by)
      VALUES (
        :uri, :name, :startTime, :endTime, :eventType, :locationType, :location, :joinUrl, :locationStatus,
        :locationJson, :hosts, :guests, :total, :active, :limit, :createdAt, :updatedAt,
        :version)
      ON CONFLICT (uri) DO UPDATE SET
        name = excluded.name, start_time = excluded.start_time, end_time = excluded.end_time,
        event_type = excluded.event_type, location_type = excluded.location_type, location = excluded.location,
        join_url = excluded.join_url, location_status = excluded.location_status,
        location_json = excluded.location_json, hosts = excluded.hosts, guests = excluded.guests,
        invitees_total = excluded.invitees_total, invitees_active = excluded.invitees_active,
        invitees_limit = excluded.invitees_limit, created_at = excluded.created_at,
        updated_at = excluded.updated_at, described_by = excluded.described_by
      WHERE excluded.described_by > meetings.described_by
      """;

  /** What Calendly says of the status stands, and canceled is final. */
  private static final String SAY_STATUS =
      """
      UPDATE meetings SET said_status = :said, status = :said
      WHERE uri = :uri AND coalesce(said_status, '') <> 'canceled' AND coalesce(said_status, '') <> :said
      """;

  private static final String CANCEL =
      """
      UPDATE meetings SET
        canceled_by = :canceledBy, canceler_type = :cancelerType, cancel_reason = :reason, canceled_at = :canceledAt,
        cancellation_from = :version
      WHERE uri = :uri AND cancellation_from < :version
      """;

  /** Where Calendly never said: canceled when all invitees that are known are; one is given. */
  private static final String DERIVE_STATUS =
      """
      UPDATE meetings SET status = iif(
        NOT EXISTS (SELECT 1 FROM invitees i WHERE i.meeting_uri = meetings.uri AND i.status <> 'canceled'),
        'canceled', 'active')
      WHERE said_status IS NULL AND uri = (SELECT meeting_uri FROM invitees WHERE uri = :invitee)
      """;

  private final Batches batches;

  MeetingRows(Handle handle) {
    this.batches = new Batches(handle, KNOW, DESCRIBE, SAY_STATUS, CANCEL);
  }

  /** All that is known of the meeting is that it exists. */
  void know(String uri) {
    batches.of(KNOW).bind("uri", uri).add();
  }

  void describe(ScheduledEvent event, Identity by) {
    String version = Version.of(event.updatedAt(), by);
    Optional<Location> location = event.location();
    batches
        .of(DESCRIBE)
        .bind("uri", event.uri())
        .bind("name", event.name())
        .bind("startTime", event.startTime())
        .bind("endTime", event.endTime())
        .bind("eventType", event.eventType())
        .bind("locationType", location.flatMap(Location::type))
        .bind("location", location.flatMap(Location::text))
        .bind("joinUrl", location.flatMap(Location::joinUrl))
        .bind("locationStatus", location.flatMap(Location::status))
        .bind("locationJson", location.map(Location::json))
        .bind("hosts", event.hosts())
        .bind("guests", event.guests())
        .bindNumber("total", event.inviteesTotal())
        .bindNumber("active", event.inviteesActive())
        .bindNumber("limit", event.inviteesLimit())
        .bind("createdAt", event.createdAt())
        .bind("updatedAt", event.updatedAt())
        .bind("version", version)
        .add();
    event
        .canceled()
        .ifPresent(
            canceled ->
                batches
                    .of(SAY_STATUS)
                    .bind("uri", event.uri())
                    .bind("said", canceled ? "canceled" : "active")
                    .add());
    event
        .cancellation()
        .ifPresent(
            cancellation ->
                bind(batches.of(CANCEL), cancellation, version).bind("uri", event.uri()).add());
  }

  void execute() {
    batches.execute();
  }

  @Override
  public void close() {
    batches.close();
  }

  /** To be run when the invitees of the same transaction are written. */
  static void deriveStatusOfMeetingsOf(Handle handle, Set<String> invitees) {
    if (invitees.isEmpty()) {
      return;
    }
    try (Batch batch = new Batch(handle, DERIVE_STATUS)) {
      invitees.forEach(invitee -> batch.bind("invitee", invitee).add());
      batch.execute();
    }
  }

  /** The four columns about a cancellation are the same for a meeting and for an invitee. */
  static Batch bind(Batch batch, Cancellation cancellation, String version) {
    return batch
        .bind("canceledBy", cancellation.canceledBy())
        .bind("cancelerType", cancellation.cancelerType())
        .bind("reason", cancellation.reason())
        .bind("canceledAt", cancellation.createdAt())
        .bind("version", version);
  }
}
