package calendlyinbox.sync;

import calendlyinbox.calendly.Invitee;
import calendlyinbox.calendly.Location;
import calendlyinbox.calendly.Parsed;
import calendlyinbox.calendly.RoutingFormSubmission;
import calendlyinbox.calendly.ScheduledEvent;
import calendlyinbox.calendly.WebhookEvent;
import calendlyinbox.events.AfterApply;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * Notes which scheduled events are to be fetched, in the transaction that applied what their
 * webhooks said: the booking is visible at once, and the wish survives a crash with it. Safe for
 * concurrent use.
 */
public final class DetailWishes implements AfterApply {
  private final boolean always;
  private final Clock clock;

  private DetailWishes(boolean always, Clock clock) {
    this.always = always;
    this.clock = clock;
  }

  public static AfterApply of(FetchDetails fetch, Clock clock) {
    return fetch == FetchDetails.NEVER
        ? AfterApply.NOTHING
        : new DetailWishes(fetch == FetchDetails.ALWAYS, clock);
  }

  @Override
  public void applied(Handle handle, List<Parsed.Understood> events) {
    Meetings meetings = new Meetings(always, new LinkedHashSet<>(), new LinkedHashSet<>());
    events.forEach(event -> event.event().to(meetings));
    DetailRows rows = new DetailRows(handle);
    Instant now = clock.instant();
    rows.wantAll(meetings.booked(), now);
    rows.wantWhatIsMissing(meetings.incomplete(), now);
  }

  /**
   * @param incomplete those of which a payload did not tell all
   * @param booked those to be fetched whatever the payload told
   */
  private record Meetings(boolean always, Set<String> incomplete, Set<String> booked)
      implements WebhookEvent.Handler {

    @Override
    public void created(Invitee invitee) {
      if (always) {
        invitee.meeting().ifPresent(booked::add);
      } else {
        look(invitee);
      }
    }

    @Override
    public void canceled(Invitee invitee) {
      look(invitee);
    }

    @Override
    public void noShowMarked(Invitee invitee) {
      look(invitee);
    }

    @Override
    public void noShowUnmarked(Invitee invitee) {
      look(invitee);
    }

    @Override
    public void submitted(RoutingFormSubmission submission) {
      // It belongs to no meeting.
    }

    private void look(Invitee invitee) {
      boolean complete =
          invitee.scheduledEvent().isPresent()
              && !invitee
                  .scheduledEvent()
                  .flatMap(ScheduledEvent::location)
                  .map(Location::linkIsOnItsWay)
                  .orElse(false);
      if (!complete) {
        invitee.meeting().ifPresent(incomplete::add);
      }
    }
  }
}
