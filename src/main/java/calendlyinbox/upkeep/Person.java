package calendlyinbox.upkeep;

import calendlyinbox.calendly.EventParser;
import calendlyinbox.calendly.Parsed;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * What the stored events and tables have of the person behind an address: bookings that are theirs,
 * routing forms with it, events that nothing hangs on, and others' events that name it.
 */
final class Person {
  private final Address address;
  private final Redaction redaction;
  private final EventParser parser = new EventParser();

  final Set<String> invitees = new LinkedHashSet<>();
  final Set<String> submissions = new LinkedHashSet<>();
  final Set<Long> events = new LinkedHashSet<>();
  final Set<Long> eventsOfOthers = new LinkedHashSet<>();

  private Person(Address address) {
    this.address = address;
    this.redaction = new Redaction(address);
  }

  /** Reads all that is stored; holds up nobody. */
  static Person look(Handle handle, Address address) {
    Person person = new Person(address);
    address
        .bindTo(
            handle.createQuery(
                "SELECT uri, email, routing_form_submission FROM invitees WHERE "
                    + address.mayBeIn("email")))
        .map(
            (row, context) ->
                address.is(row.getString(2))
                    && person.booked(row.getString(1), Optional.ofNullable(row.getString(3))))
        .forEach(any -> {});
    address
        .bindTo(
            handle.createQuery(
                "SELECT id, payload FROM calendly_webhook_events WHERE "
                    + address.mayBeIn("payload")))
        .map((row, context) -> person.take(row.getLong(1), row.getBytes(2)))
        .forEach(any -> {});
    person.submissionsOfTheirs(handle);
    person.halvesOfTheirs(handle);
    return person;
  }

  private boolean take(long id, byte[] payload) {
    if (redaction.of(payload).isEmpty()) {
      return false;
    }
    Optional<JsonNode> json = Redaction.json(payload).map(body -> body.path("payload"));
    if (json.isEmpty() || !(parser.parse(payload) instanceof Parsed.Understood event)) {
      return events.add(id);
    }
    String resource = json.get().path("uri").asText();
    if (event.identity().eventType().startsWith("routing_form_submission.")) {
      return submissions.add(resource);
    }
    if (!address.is(json.get().path("email").asText())) {
      return eventsOfOthers.add(id);
    }
    JsonNode submission = json.get().path("routing_form_submission");
    return booked(resource, Optional.ofNullable(submission.textValue()));
  }

  /**
   * @param submission the routing form that led to the booking; it need not name the invitee
   */
  private boolean booked(String invitee, Optional<String> submission) {
    submission.ifPresent(submissions::add);
    return invitees.add(invitee);
  }

  /**
   * The other halves of their reschedules, of which nothing but the link is known: the delivery of
   * one may still be on its way, and is theirs.
   */
  private void halvesOfTheirs(Handle handle) {
    handle
        .createQuery("SELECT uri, old_invitee, new_invitee FROM invitees WHERE described_by = ''")
        .map(
            (row, context) ->
                invitees.contains(row.getString(2)) || invitees.contains(row.getString(3))
                    ? row.getString(1)
                    : "")
        .filter(uri -> !uri.isEmpty())
        .forEach(invitees::add);
  }

  private void submissionsOfTheirs(Handle handle) {
    handle
        .createQuery(
            "SELECT uri, submitter FROM routing_form_submissions WHERE submitter IS NOT NULL")
        .map((row, context) -> invitees.contains(row.getString(2)) ? row.getString(1) : "")
        .filter(uri -> !uri.isEmpty())
        .forEach(submissions::add);
  }
}
