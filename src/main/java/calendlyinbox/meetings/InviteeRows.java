package calendlyinbox.meetings;

import calendlyinbox.calendly.Identity;
import calendlyinbox.calendly.Invitee;
import calendlyinbox.store.Batch;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Writes the {@code invitees} table. Each statement gives the same row in whatever order deliveries
 * come.
 */
final class InviteeRows implements AutoCloseable {
  /** Only the uri is known yet; what is known already stays. */
  private static final String KNOW =
      """
      INSERT INTO invitees (uri, meeting_uri) VALUES (:uri, :meeting) ON CONFLICT (uri) DO NOTHING
      """;

  private static final String DESCRIBE =
      """
      INSERT INTO invitees (
        uri, meeting_uri, name, first_name, last_name, email, timezone, answers, tracking, payment, reconfirmation,
        text_reminder_number, scheduling_method, invitee_scheduled_by, routing_form_submission, cancel_url,
        reschedule_url, created_at, updated_at, described_by)
      VALUES (
        :uri, :meeting, :name, :firstName, :lastName, :email, :timezone, :answers, :tracking, :payment, :reconfirmation,
        :textReminderNumber, :schedulingMethod, :scheduledBy, :submission, :cancelUrl,
        :rescheduleUrl, :createdAt, :updatedAt, :version)
      ON CONFLICT (uri) DO UPDATE SET
        meeting_uri = excluded.meeting_uri, name = excluded.name, first_name = excluded.first_name,
        last_name = excluded.last_name, email = excluded.email, timezone = excluded.timezone,
        answers = excluded.answers, tracking = excluded.tracking, payment = excluded.payment,
        reconfirmation = excluded.reconfirmation, text_reminder_number = excluded.text_reminder_number,
        scheduling_method = excluded.scheduling_method, invitee_scheduled_by = excluded.invitee_scheduled_by,
        routing_form_submission = excluded.routing_form_submission, cancel_url = excluded.cancel_url,
        reschedule_url = excluded.reschedule_url, created_at = excluded.created_at,
        updated_at = excluded.updated_at, described_by = excluded.described_by
      WHERE excluded.described_by > invitees.described_by
      """;

  /** Final: no statement sets it back. */
  private static final String CANCEL = "UPDATE invitees SET status = 'canceled' WHERE uri = :uri";

  private static final String CANCELLATION =
      """
      UPDATE invitees SET
        canceled_by = :canceledBy, canceler_type = :cancelerType, cancel_reason = :reason, canceled_at = :canceledAt,
        cancellation_from = :version
      WHERE uri = :uri AND cancellation_from < :version
      """;

  private static final String NO_SHOW =
      """
      UPDATE invitees SET no_show = :on, no_show_at = :at, no_show_from = :version
      WHERE uri = :uri AND no_show_from < :version
      """;

  private static final String MOVED =
      "UPDATE invitees SET rescheduled = 1, status = 'canceled' WHERE uri = :uri";

  // An invitee has one predecessor and one successor; should Calendly ever name two, the greater
  // uri is as good as any
  // and the same in every order.
  private static final String REPLACED_BY =
      """
      UPDATE invitees SET new_invitee = :new WHERE uri = :uri AND coalesce(new_invitee, '') < :new
      """;

  private static final String REPLACES =
      """
      UPDATE invitees SET old_invitee = :old WHERE uri = :uri AND coalesce(old_invitee, '') < :old
      """;

  private final Batches batches;

  InviteeRows(Handle handle) {
    this.batches =
        new Batches(
            handle, KNOW, DESCRIBE, CANCEL, CANCELLATION, NO_SHOW, MOVED, REPLACED_BY, REPLACES);
  }

  void describe(Invitee invitee, Identity by) {
    String version = Version.of(invitee.updatedAt(), by);
    batches
        .of(DESCRIBE)
        .bind("uri", invitee.uri())
        .bind("meeting", invitee.meeting())
        .bind("name", invitee.name())
        .bind("firstName", invitee.firstName())
        .bind("lastName", invitee.lastName())
        .bind("email", invitee.email())
        .bind("timezone", invitee.timezone())
        .bind("answers", invitee.answers())
        .bind("tracking", invitee.tracking())
        .bind("payment", invitee.payment())
        .bind("reconfirmation", invitee.reconfirmation())
        .bind("textReminderNumber", invitee.textReminderNumber())
        .bind("schedulingMethod", invitee.schedulingMethod())
        .bind("scheduledBy", invitee.scheduledBy())
        .bind("submission", invitee.routingFormSubmission())
        .bind("cancelUrl", invitee.cancelUrl())
        .bind("rescheduleUrl", invitee.rescheduleUrl())
        .bind("createdAt", invitee.createdAt())
        .bind("updatedAt", invitee.updatedAt())
        .bind("version", version)
        .add();
    invitee
        .cancellation()
        .ifPresent(
            cancellation ->
                MeetingRows.bind(batches.of(CANCELLATION), cancellation, version)
                    .bind("uri", invitee.uri())
                    .add());
  }

  void cancel(String uri) {
    batches.of(CANCEL).bind("uri", uri).add();
  }

  void markNoShow(String uri, Optional<String> at) {
    noShow(uri, true, at).bind("at", at).add();
  }

  void unmarkNoShow(String uri, Optional<String> at) {
    noShow(uri, false, at).bind("at", Optional.<String>empty()).add();
  }

  private Batch noShow(String uri, boolean on, Optional<String> at) {
    return batches
        .of(NO_SHOW)
        .bind("uri", uri)
        .bind("on", on ? 1 : 0)
        .bind("version", Version.ofNoShow(on, at));
  }

  /** The invitee was canceled only to be booked anew, wherever to. */
  void moved(String uri) {
    batches.of(MOVED).bind("uri", uri).add();
  }

  /** Links the two halves of a reschedule both ways, also when one of them never comes. */
  void link(String oldInvitee, String newInvitee) {
    know(oldInvitee);
    know(newInvitee);
    moved(oldInvitee);
    batches.of(REPLACED_BY).bind("uri", oldInvitee).bind("new", newInvitee).add();
    batches.of(REPLACES).bind("uri", newInvitee).bind("old", oldInvitee).add();
  }

  private void know(String uri) {
    batches.of(KNOW).bind("uri", uri).bind("meeting", Invitee.meetingOf(uri)).add();
  }

  void execute() {
    batches.execute();
  }

  @Override
  public void close() {
    batches.close();
  }
}
