package calendlyinbox.meetings;

import calendlyinbox.calendly.Identity;
import java.util.Optional;

/**
 * Which of two descriptions of one resource is in force, whichever came first. A version is text
 * that sorts: the resource's own {@code updated_at}; among equals the moment of the event, then the
 * kind of event, then the event's whole id: two different events never have the same version of one
 * resource, so the greatest wins in any order of arrival.
 */
final class Version {
  private Version() {}

  /**
   * @param updatedAt of the resource that is described; where a payload lacks it, the moment of the
   *     event stands in
   */
  static String of(Optional<String> updatedAt, Identity event) {
    return asOf(updatedAt, event)
        + "/"
        + event.createdAt().orElse("")
        + "/"
        + rank(event.eventType())
        + "/"
        + event.eventId();
  }

  /**
   * Of a whole body, whose descriptions of invitee and meeting each have a version: bodies of one
   * event may differ by what they say of the meeting alone.
   */
  static String ofBody(
      Optional<String> updatedAt, Optional<String> meetingUpdatedAt, Identity event) {
    return asOf(updatedAt, event) + "/" + meetingUpdatedAt.orElse("") + "/" + of(updatedAt, event);
  }

  private static String asOf(Optional<String> updatedAt, Identity event) {
    return updatedAt.or(event::createdAt).orElse("");
  }

  /**
   * Of a no-show mark. On and off are told apart by time alone; the envelope has whole seconds and
   * the mark has more, so seconds are compared, and within one second taking the mark off wins:
   * nobody can take off what is not there.
   */
  static String ofNoShow(boolean on, Optional<String> at) {
    String time = at.orElse("");
    String second = time.length() > 19 ? time.substring(0, 19) : time;
    return second + "/" + (on ? "0" : "1") + "/" + time;
  }

  /** Within one second a booking comes first and its cancellation last. */
  private static int rank(String eventType) {
    return switch (eventType) {
      case "invitee.created" -> 1;
      case "invitee_no_show.created" -> 2;
      case "invitee_no_show.deleted" -> 3;
      case "invitee.canceled" -> 4;
      default -> 0;
    };
  }
}
