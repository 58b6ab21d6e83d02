package calendlyinbox.meetings;

import calendlyinbox.calendly.Invitee;
import calendlyinbox.calendly.RoutingFormSubmission;
import calendlyinbox.calendly.WebhookEvent;
import java.util.Optional;

/**
 * Whom or what an event speaks of.
 *
 * @param uri of the invitee or the submission
 * @param meeting of the invitee
 * @param updatedAt of the invitee or the submission
 */
record Subject(String uri, Optional<String> meeting, Optional<String> updatedAt) {

  static Subject of(WebhookEvent event) {
    Finder finder = new Finder();
    event.to(finder);
    return finder.found;
  }

  private static final class Finder implements WebhookEvent.Handler {
    private Subject found;

    @Override
    public void created(Invitee invitee) {
      found = new Subject(invitee.uri(), invitee.meeting(), invitee.updatedAt());
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
      found = new Subject(submission.uri(), Optional.empty(), submission.updatedAt());
    }
  }
}
