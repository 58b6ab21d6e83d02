package calendlyinbox.meetings;

import calendlyinbox.calendly.Identity;
import calendlyinbox.calendly.Invitee;
import calendlyinbox.calendly.NoShow;
import calendlyinbox.calendly.Parsed;
import calendlyinbox.calendly.RoutingFormSubmission;
import calendlyinbox.calendly.ScheduledEvent;
import calendlyinbox.calendly.WebhookEvent;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * What Calendly has, mirrored in our tables. Calendly promises no order and repeats deliveries, so
 * every rule is one whose result does not hang on order or repetition:
 *
 * <ul>
 *   <li>describing fields come from the payload with the newest {@code updated_at} of that resource
 *       ({@link Version});
 *   <li>canceled is final, for an invitee and for a meeting;
 *   <li>a meeting's status is what Calendly said of it, and only where it never said, what its
 *       invitees make of it;
 *   <li>of no-show on and off the newest wins;
 *   <li>either half of a reschedule links both, and cancels the old one.
 * </ul>
 */
public final class Mirror {

  /**
   * Applies events in the transaction that the handle is in. Applying any of them again changes
   * nothing.
   */
  public void apply(Handle handle, List<Parsed.Understood> events) {
    Set<String> touched = new HashSet<>();
    Forgotten forgotten = new Forgotten(handle);
    try (MeetingRows meetings = new MeetingRows(handle);
        InviteeRows invitees = new InviteeRows(handle);
        SubmissionRows submissions = new SubmissionRows(handle)) {
      for (Parsed.Understood event : events) {
        event
            .event()
            .to(new Rules(event.identity(), meetings, invitees, submissions, touched, forgotten));
      }
      meetings.execute();
      invitees.execute();
      submissions.execute();
      MeetingRows.deriveStatusOfMeetingsOf(handle, touched);
    }
  }

  /**
   * Takes in what Calendly says of a scheduled event alone, in the transaction that the handle is
   * in. Its {@code updated_at} decides, as always, what describes the meeting.
   *
   * @param by who says it, and when
   */
  public void describe(Handle handle, ScheduledEvent event, Identity by) {
    try (MeetingRows meetings = new MeetingRows(handle)) {
      meetings.describe(event, by);
      meetings.execute();
    }
  }

  /**
   * Looks again at the status of a meeting, of which an invitee is gone, where it is what its
   * invitees make of it.
   */
  public void reconsider(Handle handle, String meeting) {
    handle
        .createQuery("SELECT uri FROM invitees WHERE meeting_uri = :meeting LIMIT 1")
        .bind("meeting", meeting)
        .mapTo(String.class)
        .findOne()
        .ifPresent(left -> MeetingRows.deriveStatusOfMeetingsOf(handle, Set.of(left)));
  }

  /**
   * @param touched invitees whose meeting's status may hang on them
   * @param forgotten to whom no link leads any more
   */
  private record Rules(
      Identity by,
      MeetingRows meetings,
      InviteeRows invitees,
      SubmissionRows submissions,
      Set<String> touched,
      Forgotten forgotten)
      implements WebhookEvent.Handler {

    @Override
    public void created(Invitee invitee) {
      describe(invitee);
      invitee.noShow().ifPresent(mark -> markNoShow(invitee, mark));
    }

    @Override
    public void canceled(Invitee invitee) {
      describe(invitee);
      invitees.cancel(invitee.uri());
      invitee.noShow().ifPresent(mark -> markNoShow(invitee, mark));
    }

    @Override
    public void noShowMarked(Invitee invitee) {
      describe(invitee);
      markNoShow(invitee, invitee.noShow().orElse(new NoShow(Optional.empty(), Optional.empty())));
    }

    @Override
    public void noShowUnmarked(Invitee invitee) {
      describe(invitee);
      // A no_show in this payload is the mark that was taken off.
      invitees.unmarkNoShow(invitee.uri(), by.createdAt());
    }

    @Override
    public void submitted(RoutingFormSubmission submission) {
      submissions.describe(submission, by);
    }

    private void describe(Invitee invitee) {
      Optional<ScheduledEvent> event = invitee.scheduledEvent();
      event.ifPresentOrElse(
          e -> meetings.describe(e, by), () -> invitee.meeting().ifPresent(meetings::know));
      if (event.flatMap(ScheduledEvent::canceled).isEmpty()) {
        touched.add(invitee.uri());
      }
      invitees.describe(invitee, by);
      if (invitee.canceled()) {
        invitees.cancel(invitee.uri());
      }
      if (invitee.rescheduled()) {
        invitees.moved(invitee.uri());
      }
      invitee.newInvitee().ifPresent(newer -> link(invitee.uri(), newer));
      invitee.oldInvitee().ifPresent(older -> link(older, invitee.uri()));
    }

    private void link(String older, String newer) {
      if (forgotten.holds(older) || forgotten.holds(newer)) {
        return;
      }
      invitees.link(older, newer);
      touched.add(older);
      touched.add(newer);
    }

    private void markNoShow(Invitee invitee, NoShow mark) {
      invitees.markNoShow(invitee.uri(), mark.createdAt().or(by::createdAt));
    }
  }
}
