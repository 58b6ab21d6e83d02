package calendlyinbox.meetings;

import calendlyinbox.calendly.CalendlyTime;
import calendlyinbox.calendly.EventParser;
import calendlyinbox.calendly.Parsed;
import calendlyinbox.calendly.Sighting;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * Keeps what the tables know of a row as if Calendly had just said it, for when an event that told
 * part of it goes: a group's meeting as its last invitee described it, the half of a reschedule
 * that stays. Everything runs in the transaction the handle is in.
 */
public final class Witness {
  private static final String MEETING =
      """
      SELECT json_object(
        'uri', uri, 'name', name, 'status', said_status, 'start_time', start_time, 'end_time', end_time,
        'event_type', event_type, 'location', json(location_json), 'event_memberships', json(hosts),
        'event_guests', json(guests), 'invitees_counter',
        json_object('total', invitees_total, 'active', invitees_active, 'limit', invitees_limit),
        'cancellation', iif(cancellation_from = '', NULL, json_object(
          'canceled_by', canceled_by, 'canceler_type', canceler_type, 'reason', cancel_reason,
          'created_at', canceled_at)),
        'created_at', created_at, 'updated_at', updated_at)
      FROM meetings WHERE uri = :uri AND described_by <> ''
      """;

  private static final String INVITEE =
      """
      SELECT json_object('created_at', :now, 'event',
        iif(status = 'canceled', 'invitee.canceled', 'invitee.created'), 'payload', json_object(
        'uri', uri, 'event', meeting_uri, 'name', name, 'first_name', first_name, 'last_name', last_name,
        'email', email, 'timezone', timezone, 'status', status,
        'rescheduled', json(iif(rescheduled, 'true', 'false')),
        'old_invitee', old_invitee, 'new_invitee', new_invitee,
        'cancellation', iif(cancellation_from = '', NULL, json_object(
          'canceled_by', canceled_by, 'canceler_type', canceler_type, 'reason', cancel_reason,
          'created_at', canceled_at)),
        'no_show', iif(no_show, json_object('created_at', no_show_at), NULL),
        'questions_and_answers', json(answers), 'tracking', json(tracking), 'payment', json(payment),
        'reconfirmation', json(reconfirmation), 'text_reminder_number', text_reminder_number,
        'scheduling_method', scheduling_method, 'invitee_scheduled_by', invitee_scheduled_by,
        'routing_form_submission', routing_form_submission, 'cancel_url', cancel_url,
        'reschedule_url', reschedule_url, 'created_at', created_at, 'updated_at', updated_at))
      FROM invitees WHERE uri = :uri AND described_by <> ''
      """;

  private final Handle handle;
  private final Instant now;
  private final Sightings sightings;
  private final Mirror mirror = new Mirror();

  public Witness(Handle handle, Instant now) {
    this.handle = handle;
    this.now = now;
    this.sightings = new Sightings(handle);
  }

  /** Nothing is done where the row is not there, or nothing ever described it. */
  public void ofMeeting(String uri) {
    handle
        .createQuery(MEETING)
        .bind("uri", uri)
        .mapTo(String.class)
        .findOne()
        .ifPresent(
            json -> {
              Sighting sighting = new Sighting(now, object(json));
              sightings.keep(sighting);
              mirror.describe(handle, sighting.event(), sighting.identity());
            });
  }

  /** Nothing is done where the row is not there, or nothing ever described it. */
  public void ofInvitee(String uri) {
    handle
        .createQuery(INVITEE)
        .bind("uri", uri)
        .bind("now", CalendlyTime.text(now))
        .mapTo(String.class)
        .findOne()
        .ifPresent(
            json -> {
              byte[] body = json.getBytes(StandardCharsets.UTF_8);
              Parsed.Understood event = (Parsed.Understood) new EventParser().parse(body);
              sightings.keep(event, body);
              mirror.apply(handle, List.of(event));
            });
  }

  private static ObjectNode object(String json) {
    try {
      return (ObjectNode) Exact.JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("SQLite made something that is no JSON", e);
    }
  }
}
