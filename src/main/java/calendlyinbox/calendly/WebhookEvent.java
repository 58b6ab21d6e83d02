package calendlyinbox.calendly;

/**
 * What a webhook event says, for the events that change a table. The others are {@link
 * Parsed.Ignored}.
 */
public sealed interface WebhookEvent {

  /**
   * Calls the handler's method for this event, so that a new kind does not compile until each
   * handler answers it.
   */
  void to(Handler handler);

  /** One method a kind of event. */
  interface Handler {
    void created(Invitee invitee);

    void canceled(Invitee invitee);

    void noShowMarked(Invitee invitee);

    void noShowUnmarked(Invitee invitee);

    void submitted(RoutingFormSubmission submission);
  }

  /** {@code invitee.created} */
  record InviteeCreated(Invitee invitee) implements WebhookEvent {
    @Override
    public void to(Handler handler) {
      handler.created(invitee);
    }
  }

  /** {@code invitee.canceled} */
  record InviteeCanceled(Invitee invitee) implements WebhookEvent {
    @Override
    public void to(Handler handler) {
      handler.canceled(invitee);
    }
  }

  /** {@code invitee_no_show.created} */
  record NoShowMarked(Invitee invitee) implements WebhookEvent {
    @Override
    public void to(Handler handler) {
      handler.noShowMarked(invitee);
    }
  }

  /** {@code invitee_no_show.deleted} */
  record NoShowUnmarked(Invitee invitee) implements WebhookEvent {
    @Override
    public void to(Handler handler) {
      handler.noShowUnmarked(invitee);
    }
  }

  /** {@code routing_form_submission.created} */
  record RoutingFormSubmitted(RoutingFormSubmission submission) implements WebhookEvent {
    @Override
    public void to(Handler handler) {
      handler.submitted(submission);
    }
  }
}
