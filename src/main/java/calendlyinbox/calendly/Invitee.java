package calendlyinbox.calendly;

import java.util.Optional;

/**
 * One person's booking. A reschedule is two invitees: the old one canceled, the new one created,
 * each naming the other.
 *
 * @param meeting uri of the scheduled event, also when the event itself is not embedded
 * @param rescheduled true only on the old half of a reschedule
 * @param answers questions and answers as JSON, like {@code tracking}, {@code payment} and {@code
 *     reconfirmation}
 * @param scheduledEvent empty in payloads of 2020 to 2023
 */
public record Invitee(
    String uri,
    Optional<String> meeting,
    Optional<String> name,
    Optional<String> firstName,
    Optional<String> lastName,
    Optional<String> email,
    Optional<String> timezone,
    boolean canceled,
    Optional<Cancellation> cancellation,
    boolean rescheduled,
    Optional<String> oldInvitee,
    Optional<String> newInvitee,
    Optional<NoShow> noShow,
    Optional<String> answers,
    Optional<String> tracking,
    Optional<String> payment,
    Optional<String> reconfirmation,
    Optional<String> textReminderNumber,
    Optional<String> schedulingMethod,
    Optional<String> scheduledBy,
    Optional<String> routingFormSubmission,
    Optional<String> cancelUrl,
    Optional<String> rescheduleUrl,
    Optional<String> createdAt,
    Optional<String> updatedAt,
    Optional<ScheduledEvent> scheduledEvent) {

  /**
   * The scheduled event an invitee belongs to, read off its own uri ({@code
   * …/scheduled_events/EVENT/invitees/INVITEE}). Needed where only the uri is known, as with the
   * other half of a reschedule.
   */
  public static Optional<String> meetingOf(String inviteeUri) {
    int end = inviteeUri.lastIndexOf("/invitees/");
    return end > 0 && inviteeUri.lastIndexOf("/scheduled_events/", end) >= 0
        ? Optional.of(inviteeUri.substring(0, end))
        : Optional.empty();
  }
}
