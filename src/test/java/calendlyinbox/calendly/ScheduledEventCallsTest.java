package calendlyinbox.calendly;

import static calendlyinbox.calendly.ApiRig.ok;
import static calendlyinbox.calendly.ApiRig.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.calendly.FakeBookings.Booking;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScheduledEventCallsTest {
  private final ApiRig rig = new ApiRig();
  private final FakeBookings bookings = rig.calendly.bookings();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void an_event_and_its_invitee_come_back_as_calendly_wrote_them() {
    Booking booking = bookings.book("Grace");

    ObjectNode event = ok(rig.api.scheduledEvent(booking.event()));
    ObjectNode invitee = ok(rig.api.invitee(booking.invitee()));

    assertEquals(bookings.event(booking.event()).orElseThrow(), event);
    assertEquals(bookings.invitee(booking.invitee()).orElseThrow(), invitee);
  }

  @Test
  void a_no_show_is_seen_in_the_invitee() {
    Booking booking = bookings.book("Grace");
    bookings.noShow(booking.invitee());

    assertTrue(ok(rig.api.invitee(booking.invitee())).path("no_show").has("created_at"));
  }

  @Test
  void all_invitees_of_a_group_event_are_read_through_all_pages_canceled_ones_too() {
    Booking first = bookings.book("Invitee 0", rig.clock.instant(), rig.ada().uri(), 10);
    List<String> uris = new ArrayList<>(List.of(first.invitee()));
    for (int i = 1; i < 7; i++) {
      uris.add(bookings.join(first.event(), "Invitee " + i).invitee());
    }
    bookings.cancel(uris.get(3), "ill");
    rig.calendly.paging().pagesOfAtMost(3);

    List<ObjectNode> found = ok(rig.api.invitees(first.event()).then(PageWalk::toTheEnd));

    assertEquals(uris, found.stream().map(json -> json.path("uri").asText()).toList());
    assertEquals("canceled", found.get(3).path("status").asText());
  }

  @Test
  void events_are_listed_by_start_time_within_the_asked_range_in_both_states() {
    Instant now = rig.clock.instant();
    bookings.book("Long ago", now.minus(Duration.ofDays(31)));
    Booking later = bookings.book("Later", now.plus(Duration.ofDays(3)));
    Booking sooner = bookings.book("Sooner", now.plus(Duration.ofDays(2)));
    bookings.cancel(sooner.invitee(), "");
    bookings.book("Far off", now.plus(Duration.ofDays(366)));

    List<ObjectNode> found = ok(rig.api.scheduledEvents(rig.ownEvents()).toTheEnd());

    assertEquals(List.of(sooner.event(), later.event()), uris(found));
  }

  @Test
  void a_status_can_be_asked_for() {
    Booking kept = bookings.book("Kept");
    Booking canceled = bookings.book("Canceled");
    bookings.cancel(canceled.invitee(), "");

    assertEquals(
        List.of(kept.event()),
        uris(ok(rig.api.scheduledEvents(rig.ownEvents().withStatus("active")).toTheEnd())));
    assertEquals(
        List.of(canceled.event()),
        uris(ok(rig.api.scheduledEvents(rig.ownEvents().withStatus("canceled")).toTheEnd())));
  }

  @Test
  void the_organization_query_finds_what_colleagues_host_and_the_user_query_does_not() {
    Instant start = rig.clock.instant().plusSeconds(3600);
    Booking own = bookings.book("Own", start);
    Booking theirs = bookings.book("Theirs", start, rig.calendly.account().colleague(), 1);
    ScheduledEventQuery everybody =
        ScheduledEventQuery.ofOrganization(
            rig.calendly.account().organization(), start.minusSeconds(1), start.plusSeconds(1));

    assertEquals(
        List.of(own.event(), theirs.event()),
        uris(ok(rig.api.scheduledEvents(everybody).toTheEnd())));
    assertEquals(
        List.of(own.event()), uris(ok(rig.api.scheduledEvents(rig.ownEvents()).toTheEnd())));
  }

  @Test
  void times_are_asked_for_in_utc_with_microseconds() {
    rig.api.scheduledEvents(rig.ownEvents()).toTheEnd();

    RecordedCall call = rig.calendly.calls().get(0);
    assertEquals("2026-10-24T10:00:00.000000Z", call.query().get("min_start_time"));
    assertEquals("2027-11-23T10:00:00.000000Z", call.query().get("max_start_time"));
    assertEquals("start_time:asc", call.query().get("sort"));
  }

  @Test
  void a_walk_goes_on_where_an_earlier_one_stood() {
    for (int i = 0; i < 7; i++) {
      bookings.book("Invitee " + i, rig.clock.instant().plusSeconds(i));
    }
    rig.calendly.paging().pagesOfAtMost(3);
    PageWalk<ObjectNode> before = rig.api.scheduledEvents(rig.ownEvents());
    ok(before.next());

    PageWalk<ObjectNode> after = rig.api.scheduledEvents(rig.ownEvents(), before.position());

    assertEquals(4, ok(after.toTheEnd()).size());
    assertFalse(after.hasNext());
  }

  @Test
  void an_event_that_is_gone_or_not_ours_to_see_is_told_apart() {
    Booking gone = bookings.book("Gone");
    bookings.vanishes(gone.event());
    Booking theirs =
        bookings.book("Theirs", rig.clock.instant(), rig.calendly.account().colleague(), 1);
    rig.calendly.account().hasRole("user");

    assertEquals(
        new ApiProblem.NotFound("The server could not find the requested resource."),
        problem(rig.api.scheduledEvent(gone.event())));
    assertEquals(
        new ApiProblem.Forbidden("You are not allowed to view this event", List.of(), false),
        problem(rig.api.scheduledEvent(theirs.event())));
  }

  private static List<String> uris(List<ObjectNode> found) {
    return found.stream().map(json -> json.path("uri").asText()).toList();
  }
}
