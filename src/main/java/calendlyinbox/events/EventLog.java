package calendlyinbox.events;

import calendlyinbox.calendly.Identity;
import calendlyinbox.calendly.Invitee;
import calendlyinbox.calendly.Parsed;
import calendlyinbox.calendly.RoutingFormSubmission;
import calendlyinbox.calendly.WebhookEvent;
import calendlyinbox.events.EventRows.Outcome;
import calendlyinbox.events.EventRows.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The lines that operators look for: one a fact, ids only, nothing of a person. */
final class EventLog {
  private static final Logger log = LoggerFactory.getLogger(EventLog.class);

  private static final WebhookEvent.Handler SAVED =
      new WebhookEvent.Handler() {
        @Override
        public void created(Invitee invitee) {
          log.info(
              "Meeting saved: invitee={} status={}",
              LogText.of(invitee.uri()),
              status(invitee.canceled()));
        }

        @Override
        public void canceled(Invitee invitee) {
          log.info("Meeting saved: invitee={} status={}", LogText.of(invitee.uri()), status(true));
        }

        @Override
        public void noShowMarked(Invitee invitee) {
          log.info("Meeting saved: invitee={} no_show=1", LogText.of(invitee.uri()));
        }

        @Override
        public void noShowUnmarked(Invitee invitee) {
          log.info("Meeting saved: invitee={} no_show=0", LogText.of(invitee.uri()));
        }

        @Override
        public void submitted(RoutingFormSubmission submission) {
          log.info("Routing form submission saved: submission={}", LogText.of(submission.uri()));
        }

        private static String status(boolean canceled) {
          return canceled ? "canceled" : "active";
        }
      };

  /** How a delivery's event stood when it came. */
  enum Claim {
    CLAIMED,
    KNOWN,
    /** Known, but what it says now is newer. */
    RENEWED,
    /** Purged, or of somebody who was forgotten. */
    FORGOTTEN
  }

  private EventLog() {}

  /** A delivery's transaction is committed. */
  static void saved(Parsed parsed, Claim claim) {
    Identity identity = parsed.identity();
    String event = LogText.name(identity.eventType());
    String id = LogText.of(identity.eventId());
    if (claim == Claim.FORGOTTEN) {
      log.info("Webhook event was forgotten, skipping: {} event_id={}", event, id);
    } else if (claim == Claim.KNOWN) {
      log.info("Webhook event already processed, skipping: {} event_id={}", event, id);
    } else if (claim == Claim.RENEWED) {
      log.info("Webhook event came again with news: {} event_id={}", event, id);
    } else if (parsed instanceof Parsed.Understood understood) {
      log.info("Webhook event processed: {} event_id={}", event, id);
      understood.event().to(SAVED);
    } else if (parsed instanceof Parsed.Unreadable unreadable) {
      log.error(
          "Webhook event failed: {} event_id={} cause=\"{}\"", event, id, unreadable.reason());
    } else {
      log.info("Webhook event ignored: {} event_id={}", event, id);
    }
  }

  /** A stored event was tried again, by a retry or by hand. */
  static void appliedAgain(StoredEvent event, Outcome outcome) {
    log.info(
        "Webhook event {}: {} id={} attempt={}",
        outcome.status().column(),
        LogText.name(event.eventType()),
        event.id(),
        outcome.attempts());
  }

  /** Without the message: a constraint's may quote a value. It stands in the row. */
  static void failedTry(Identity identity, Outcome outcome, Throwable cause) {
    String event = LogText.name(identity.eventType());
    String id = LogText.of(identity.eventId());
    String kind = cause.getClass().getSimpleName();
    if (outcome.status() == Status.FAILED) {
      log.error(
          "Webhook event failed: {} event_id={} attempts={} cause={}; next: run.sh events --status failed",
          event,
          id,
          outcome.attempts(),
          kind);
    } else {
      log.warn(
          "Webhook event will be tried again: {} event_id={} attempts={} next_attempt_at={} cause={}",
          event,
          id,
          outcome.attempts(),
          outcome.nextAttemptAt().orElse(""),
          kind);
    }
  }
}
