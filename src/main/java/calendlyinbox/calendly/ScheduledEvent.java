package calendlyinbox.calendly;

import java.util.Optional;

/**
 * Calendly's meeting, as embedded in an invitee's payload. One scheduled event of a group event
 * type has many invitees.
 *
 * @param canceled what Calendly says of its status; empty where it says nothing
 * @param hosts {@code event_memberships} as JSON
 * @param guests {@code event_guests} as JSON
 */
public record ScheduledEvent(
    String uri,
    Optional<String> name,
    Optional<Boolean> canceled,
    Optional<String> startTime,
    Optional<String> endTime,
    Optional<String> eventType,
    Optional<Location> location,
    Optional<String> hosts,
    Optional<String> guests,
    Optional<Long> inviteesTotal,
    Optional<Long> inviteesActive,
    Optional<Long> inviteesLimit,
    Optional<Cancellation> cancellation,
    Optional<String> createdAt,
    Optional<String> updatedAt) {}
