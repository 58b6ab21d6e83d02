package calendlyinbox.meetings;

import calendlyinbox.calendly.Invitee;
import calendlyinbox.calendly.RoutingFormSubmission;
import calendlyinbox.calendly.ScheduledEvent;
import calendlyinbox.calendly.WebhookEvent;
import java.util.Optional;

/**
 * Whom or what an event speaks of.
 *
 * @param uri of the invitee or the submission
 * @param meeting of the invitee
 * @param updatedAt of the invitee or the submission
 * @param meetingUpdatedAt of the meeting, where the event describes it
 */
record Subject(
    String uri,
    Optional<String> meeting,
    Optional<String> updatedAt,
    Optional<String> meetingUpdatedAt) {

  static Subject of(WebhookEvent event) {
    Finder finder = new Finder();
    event.to(finder);
    return finder.found;
  }

  /** Whether this describes either of the two as it was later than the other does. */
  boolean isNewerThan(Subject other) {
    return isAfter(updatedAt, other.updatedAt) || isAfter(meetingUpdatedAt, other.meetingUpdatedAt);
  }

  private static boolean isAfter(Optional<String> one, Optional<String> other) {
    return one.orElse("").compareTo(other.orElse("")) > 0;
  }

  private static final class Finder implements WebhookEvent.Handler {
    private Subject found;

    @Override
    public void created(Invitee invitee) {
      found =
          new Subject(
              invitee.uri(),
              invitee.meeting(),
              invitee.updatedAt(),
              invitee.scheduledEvent().flatMap(ScheduledEvent::updatedAt));
    }

    @Override
    public void canceled(Invitee invitee) {
      created(invitee);
    }

    @Override
    public void noShowMarked(Invitee invitee) {
      created(invitee);
    }

    @Override
    public void noShowUnmarked(Invitee invitee) {
      created(invitee);
    }

    @Override
    public void submitted(RoutingFormSubmission submission) {
      found =
          new Subject(submission.uri(), Optional.empty(), submission.updatedAt(), Optional.empty());
    }
  }
}
