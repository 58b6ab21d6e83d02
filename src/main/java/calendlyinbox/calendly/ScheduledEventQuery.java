package calendlyinbox.calendly;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * Which scheduled events to list: those of one user or of a whole organization, by their start
 * time. Calendly has no filter by the time of a change. Whether its bounds are inclusive is not
 * documented, so neighbouring ranges should overlap.
 *
 * @param owner {@code user} or {@code organization}, the parameter that names whose events
 * @param uri the user's or organization's id
 * @param from earliest start time
 * @param to latest start time
 * @param status {@code active} or {@code canceled}; empty for both
 */
public record ScheduledEventQuery(
    String owner, String uri, Instant from, Instant to, Optional<String> status) {
  /** UTC with microseconds, as Calendly writes times itself. */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  /** Events, active and canceled, with this user as a host. */
  public static ScheduledEventQuery ofUser(String user, Instant from, Instant to) {
    return new ScheduledEventQuery("user", user, from, to, Optional.empty());
  }

  /**
   * Events, active and canceled, of everybody in the organization; only for its owner and admins.
   */
  public static ScheduledEventQuery ofOrganization(String organization, Instant from, Instant to) {
    return new ScheduledEventQuery("organization", organization, from, to, Optional.empty());
  }

  public ScheduledEventQuery withStatus(String wanted) {
    return new ScheduledEventQuery(owner, uri, from, to, Optional.of(wanted));
  }

  ApiRequest request() {
    return ApiRequest.get("/scheduled_events")
        .with(owner, uri)
        .with("min_start_time", TIME.format(from))
        .with("max_start_time", TIME.format(to))
        .with("status", status)
        .with("sort", "start_time:asc");
  }
}
