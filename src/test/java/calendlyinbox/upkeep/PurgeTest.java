package calendlyinbox.upkeep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Deliveries;
import calendlyinbox.Eventually;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What retention takes out, and what not, one rule a test. */
class PurgeTest {
  private static final String EMAILS = "SELECT email FROM invitees ORDER BY email";
  private static final String TYPES =
      "SELECT event_type FROM calendly_webhook_events ORDER BY event_type";
  private static final Duration LATER = Duration.ofDays(60);

  @TempDir Path folder;
  private Inbox inbox;

  @BeforeEach
  void open() throws Exception {
    inbox = new Inbox(folder);
  }

  @AfterEach
  void close() {
    inbox.close();
  }

  @Test
  void a_meeting_counts_by_its_end_and_by_its_start_where_it_has_none() throws Exception {
    inbox.deliver(
        timed("long", "ada", "2026-11-24T10:00:00.000000Z", "2027-01-10T10:00:00.000000Z"),
        timed("endless", "bob", "2026-11-24T10:00:00.000000Z", null),
        timed("endless-yet", "cleo", "2027-01-10T10:00:00.000000Z", null));
    inbox.clock.advance(LATER);

    inbox.purge();

    assertEquals(List.of("ada@example.com", "cleo@example.com"), inbox.rows(EMAILS));
  }

  @Test
  void of_a_purged_meeting_nobody_comes_back_not_even_who_was_never_heard_of() throws Exception {
    inbox.deliver(ended("team", "ada"));
    inbox.clock.advance(LATER);
    inbox.purge();

    inbox.deliver(ended("team", "bob"), ended("team", "ada"));

    assertEquals(List.of(), inbox.rows(EMAILS));
    assertEquals(List.of(), inbox.rows(TYPES));
    assertEquals(List.of(), inbox.rows("SELECT uri FROM meetings"));
  }

  @Test
  void nothing_is_purged_until_it_is_sure_what_day_it_is() throws Exception {
    inbox.deliver(ended("old", "ada"));
    inbox.clock.advance(LATER);
    AtomicBoolean right = new AtomicBoolean();
    AtomicInteger asked = new AtomicInteger();
    BooleanSupplier clockIsRight =
        () -> {
          asked.incrementAndGet();
          return right.get();
        };
    try (Retention retention =
        new Retention(
            inbox.database, () -> {}, Inbox.KEEP, clockIsRight, new Random(1), inbox.clock)) {
      retention.start();
      Eventually.holds("asked again", () -> asked.get() >= 2);
      assertEquals(List.of("ada@example.com"), inbox.rows(EMAILS));

      right.set(true);

      Eventually.holds("purged", () -> inbox.rows(EMAILS).isEmpty());
    }
  }

  @Test
  void more_than_one_transaction_takes_go_in_one_run() throws Exception {
    Deliveries[] many = new Deliveries[120];
    for (int i = 0; i < many.length; i++) {
      many[i] = ended("many-" + i, "ada" + i);
    }
    inbox.deliver(many);
    inbox.clock.advance(LATER);

    Map<String, Integer> removed = inbox.purge();

    assertEquals(Map.of("calendly_webhook_events", 120, "invitees", 120, "meetings", 120), removed);
  }

  @Test
  void routing_forms_and_unused_events_go_by_their_age_and_do_not_come_back() throws Exception {
    byte[] form =
        bytes(
            "{\"event\":\"routing_form_submission.created\",\"created_at\":\"2026-11-23T10:00:00.000000Z\",\"payload\":"
                + "{\"uri\":\"https://api.calendly.com/routing_form_submissions/1\",\"created_at\":\"2026-11-23T10:00:00.000000Z\"}}");
    byte[] contact = bytes("{\"event\":\"contact.created\",\"payload\":{\"uri\":\"c1\"}}");
    byte[] unreadable = bytes("no JSON");
    inbox.deliver(form, contact, unreadable);
    inbox.clock.advance(LATER);
    inbox.deliver(bytes("{\"event\":\"contact.updated\",\"payload\":{\"uri\":\"c1\"}}"));

    inbox.purge();

    assertEquals(List.of("contact.updated"), inbox.rows(TYPES));
    assertEquals(List.of(), inbox.rows("SELECT uri FROM routing_form_submissions"));
    inbox.deliver(form, contact, unreadable);
    assertEquals(List.of("contact.updated"), inbox.rows(TYPES));
    assertEquals(List.of(), inbox.rows("SELECT uri FROM routing_form_submissions"));
  }

  @Test
  void the_routing_form_that_led_to_a_booking_is_forgotten_with_it_also_where_it_names_nobody()
      throws Exception {
    Deliveries changed = Deliveries.cancellation("two", "ada");
    changed.payload().putNull("routing_form_submission");
    inbox.deliver(form("1"), form("2"), form("3"));
    inbox.deliver(
        of("1", "one", "ada"), of("2", "two", "ada"), changed.body(), of("3", "m", "bob"));
    // Of one only the row tells, of the other only what was said first.
    inbox.execute("DELETE FROM calendly_webhook_events WHERE event_id LIKE '%/one/invitees/ada'");

    inbox.forget("ada@example.com");

    assertEquals(List.of(SUBMISSION + "3"), inbox.rows("SELECT uri FROM routing_form_submissions"));
    assertEquals(
        List.of(SUBMISSION + "3"),
        inbox.rows(
            "SELECT event_id FROM calendly_webhook_events WHERE event_type LIKE 'routing%'"));
  }

  private static final String SUBMISSION = "https://api.calendly.com/routing_form_submissions/";

  private static byte[] form(String id) {
    return bytes(
        "{\"event\":\"routing_form_submission.created\",\"created_at\":\"2026-11-23T10:00:00.000000Z\",\"payload\":{\"uri\":\""
            + SUBMISSION
            + id
            + "\",\"submitter\":null}}");
  }

  private static byte[] of(String form, String meeting, String invitee) {
    Deliveries booking = Deliveries.booking(meeting, invitee);
    booking.payload().put("routing_form_submission", SUBMISSION + form);
    return booking.body();
  }

  @Test
  void who_has_no_meeting_or_one_without_a_time_counts_by_when_it_was_last_heard_of()
      throws Exception {
    inbox.deliver(untimed("ada"), homeless("bob"));
    inbox.clock.advance(LATER);
    // Of long ago too, says the payload; but it came today.
    inbox.deliver(untimed("cleo"), homeless("dora"));

    inbox.purge();

    assertEquals(List.of("cleo@example.com", "dora@example.com"), inbox.rows(EMAILS));
  }

  @Test
  void what_else_was_said_of_somebody_and_what_was_to_be_fetched_goes_with_the_meeting()
      throws Exception {
    inbox.deliver(ended("old", "ada"));
    inbox.execute(
        "INSERT INTO detail_fetches (meeting_uri, wanted, since) VALUES ('"
            + Deliveries.meetingUri("old")
            + "', 'details', '2026-11-23T12:00:00.000000Z')");
    inbox.clock.advance(LATER);
    inbox.deliver(ended("old", "ada").event("invitee.renamed"));
    assertEquals(List.of("invitee.created", "invitee.renamed"), inbox.rows(TYPES));

    inbox.purge();

    assertEquals(List.of(), inbox.rows(TYPES));
    assertEquals(List.of(), inbox.rows("SELECT meeting_uri FROM detail_fetches"));
  }

  @Test
  void the_half_of_a_reschedule_that_stays_is_as_the_other_half_made_it() throws Exception {
    Deliveries moved = ended("sooner", "ada2");
    moved.payload().put("old_invitee", Deliveries.inviteeUri("later", "ada"));
    inbox.deliver(
        timed("later", "ada", "2027-03-01T10:00:00.000000Z", "2027-03-01T10:30:00.000000Z"), moved);
    inbox.clock.advance(LATER);

    inbox.purge();

    assertEquals(
        List.of("ada@example.com|canceled|1|null"),
        inbox.rows("SELECT email, status, rescheduled, new_invitee FROM invitees"));
    assertEquals(List.of(), inbox.differences());
  }

  @Test
  void what_was_there_is_overwritten_in_the_file() throws Exception {
    inbox.deliver(ended("old", "ada").named("Augusta Byron"));
    inbox.database.emptyLog();
    assertTrue(fileHolds("Augusta Byron"));
    inbox.clock.advance(LATER);

    inbox.purge();

    inbox.database.emptyLog();
    assertFalse(fileHolds("Augusta Byron"));
  }

  @Test
  void of_a_meeting_that_somebody_is_left_of_the_rest_is_as_if_they_had_never_been_there()
      throws Exception {
    Deliveries canceled = untimed("team", "bob", Deliveries.cancellation("team", "bob"));
    inbox.deliver(untimed("team", "ada", Deliveries.booking("team", "ada")), canceled);
    String status = "SELECT status FROM meetings";
    assertEquals(List.of("active"), inbox.rows(status));

    inbox.forget("ada@example.com");

    assertEquals(List.of("bob@example.com"), inbox.rows(EMAILS));
    assertEquals(List.of("canceled"), inbox.rows(status));
    assertEquals(List.of(), inbox.differences());
  }

  @Test
  void a_groups_meeting_stays_as_whoever_went_described_it_last() throws Exception {
    Deliveries last = Deliveries.booking("team", "ada");
    ((ObjectNode) last.payload().get("scheduled_event"))
        .put("name", "Moved to the garden")
        .put("updated_at", "2027-01-01T10:00:00.000000Z");
    inbox.deliver(Deliveries.booking("team", "bob"), last);

    inbox.forget("ada@example.com");

    assertEquals(List.of("Moved to the garden"), inbox.rows("SELECT name FROM meetings"));
    assertEquals(List.of(), inbox.differences());
  }

  @Test
  void a_half_of_which_nothing_but_the_link_was_known_goes_with_the_other() throws Exception {
    Deliveries moved = ended("new", "ada");
    moved.payload().put("old_invitee", Deliveries.inviteeUri("never-heard-of", "ada"));
    inbox.deliver(moved);
    assertEquals(List.of("2"), inbox.rows("SELECT count(*) FROM invitees"));

    inbox.forget("ada@example.com");

    assertEquals(List.of(), inbox.rows("SELECT uri FROM invitees"));
  }

  @Test
  void the_half_of_a_reschedule_that_comes_after_its_person_was_forgotten_stays_away()
      throws Exception {
    Deliveries canceled = Deliveries.cancellation("sooner", "ada");
    canceled
        .payload()
        .put("rescheduled", true)
        .put("new_invitee", Deliveries.inviteeUri("later", "ada"));
    Deliveries created = Deliveries.booking("later", "ada");
    created.payload().put("old_invitee", Deliveries.inviteeUri("sooner", "ada"));
    inbox.deliver(canceled);

    inbox.forget("ada@example.com");
    inbox.deliver(created);

    assertEquals(List.of(), inbox.rows("SELECT uri FROM invitees"));
    inbox.deliver(Deliveries.booking("new", "ada"));
    assertEquals(List.of("ada@example.com"), inbox.rows(EMAILS));
  }

  @Test
  void whoever_books_the_meeting_of_somebody_who_was_forgotten_is_kept() throws Exception {
    Deliveries canceled = Deliveries.cancellation("team", "ada");
    inbox.deliver(Deliveries.booking("team", "ada"), canceled);
    inbox.forget("ada@example.com");
    assertEquals(List.of(), inbox.rows("SELECT uri FROM meetings"));

    inbox.deliver(Deliveries.booking("team", "ada"), Deliveries.booking("team", "bob"), canceled);

    assertEquals(List.of("bob@example.com"), inbox.rows(EMAILS));
    assertEquals(
        List.of(Deliveries.meetingUri("team") + "|active"),
        inbox.rows("SELECT uri, status FROM meetings"));
    assertEquals(List.of("invitee.created"), inbox.rows(TYPES));
    assertEquals(List.of(), inbox.differences());
  }

  @Test
  void whoever_books_a_meeting_without_a_time_after_it_was_purged_is_kept() throws Exception {
    inbox.deliver(untimed("team", "ada", Deliveries.booking("team", "ada")));
    inbox.clock.advance(LATER);
    inbox.purge();
    assertEquals(List.of(), inbox.rows("SELECT uri FROM meetings"));

    inbox.deliver(
        untimed("team", "ada", Deliveries.booking("team", "ada")),
        untimed("team", "bob", Deliveries.booking("team", "bob")));

    assertEquals(List.of("bob@example.com"), inbox.rows(EMAILS));
  }

  @Test
  void a_meeting_without_a_time_of_which_only_a_no_show_came_was_just_heard_of() throws Exception {
    inbox.clock.advance(LATER);
    inbox.deliver(noShow(untimed("ada")));

    inbox.purge();

    assertEquals(List.of("ada@example.com"), inbox.rows(EMAILS));
    inbox.clock.advance(LATER);

    inbox.purge();

    assertEquals(List.of(), inbox.rows(EMAILS));
  }

  @Test
  void whoever_has_no_meeting_and_of_whom_only_a_no_show_came_was_just_heard_of() throws Exception {
    inbox.clock.advance(LATER);
    inbox.deliver(noShow(homeless("bob")));

    inbox.purge();

    assertEquals(List.of("bob@example.com"), inbox.rows(EMAILS));
  }

  private static Deliveries noShow(Deliveries booking) {
    booking
        .payload()
        .putObject("no_show")
        .put("uri", "https://api.calendly.com/invitee_no_shows/1")
        .put("created_at", "2026-11-24T11:00:00.000000Z");
    return booking.event("invitee_no_show.created");
  }

  private static Deliveries ended(String meeting, String invitee) {
    return timed(meeting, invitee, "2026-11-24T10:00:00.000000Z", "2026-11-24T10:30:00.000000Z");
  }

  private static Deliveries timed(String meeting, String invitee, String start, String end) {
    Deliveries delivery = Deliveries.booking(meeting, invitee);
    ((ObjectNode) delivery.payload().get("scheduled_event"))
        .put("start_time", start)
        .put("end_time", end);
    return delivery;
  }

  private static Deliveries untimed(String invitee) {
    return untimed("of-" + invitee, invitee, Deliveries.booking("of-" + invitee, invitee));
  }

  private static Deliveries untimed(String meeting, String invitee, Deliveries delivery) {
    delivery.payload().remove("scheduled_event");
    return delivery;
  }

  /** Neither its payload nor its uri names a meeting. */
  private static Deliveries homeless(String invitee) {
    Deliveries delivery = untimed(invitee);
    delivery.payload().put("uri", "https://api.calendly.com/invitees/" + invitee);
    delivery.payload().remove("event");
    return delivery;
  }

  @Test
  void it_is_in_no_file_of_the_data_folder_any_more_once_its_journal_is_settled() throws Exception {
    inbox.deliver(ended("old", "ada"));
    inbox.clock.advance(LATER);
    assertNotEquals(List.of(), filesThatHold("ada@example.com"));

    inbox.purge();

    Eventually.holds("no file holds it", () -> filesThatHold("ada@example.com").equals(List.of()));
  }

  private List<Path> filesThatHold(String text) throws Exception {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).filter(file -> holds(file, text)).toList();
    }
  }

  private static boolean holds(Path file, String text) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1).contains(text);
    } catch (IOException goneMeanwhile) {
      return false;
    }
  }

  @Test
  void a_failed_booking_stays_as_long_as_its_meeting_and_is_not_forgotten() throws Exception {
    String end = "2027-01-10T10:00:00.000000Z";
    String failed =
        "UPDATE calendly_webhook_events SET status = 'failed' WHERE event_type = 'invitee.created'";
    byte[] booking = timed("coming", "ada", end, end).body();
    inbox.deliver(booking);
    inbox.execute(failed);
    inbox.execute("DELETE FROM invitees");
    inbox.execute("DELETE FROM meetings");
    inbox.clock.advance(Duration.ofDays(40));

    assertEquals(Map.of(), inbox.purge());
    assertEquals(List.of("invitee.created"), inbox.rows(TYPES));
    assertEquals(List.of(), inbox.rows("SELECT hash FROM forgotten_events"));

    inbox.clock.advance(LATER);

    assertEquals(Map.of("calendly_webhook_events", 1), inbox.purge());
  }

  private boolean fileHolds(String text) throws Exception {
    return new String(Files.readAllBytes(inbox.file), StandardCharsets.ISO_8859_1).contains(text);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
