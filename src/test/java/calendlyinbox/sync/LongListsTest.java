package calendlyinbox.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import calendlyinbox.calendly.ApiSettings;
import calendlyinbox.calendly.FakeBookings.Booking;
import calendlyinbox.calendly.Fault;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many invitees, many meetings, large answers: what a sync makes of lists that are long. */
class LongListsTest {
  private static final String BOOKED = "SELECT count(*) FROM bookings";

  @TempDir Path folder;
  private SyncRig rig;

  @BeforeEach
  void open() {
    rig = new SyncRig(folder);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private Booking group(int invitees) {
    Booking first =
        rig.calendly
            .bookings()
            .book(
                "P0",
                rig.clock.instant().plus(Duration.ofDays(1)),
                rig.calendly.account().user(),
                invitees);
    for (int i = 1; i < invitees; i++) {
      rig.calendly.bookings().join(first.event(), "P" + i);
    }
    return first;
  }

  @Test
  void the_invitees_of_a_meeting_are_brought_in_page_by_page() throws Exception {
    rig.calendly.paging().pagesOfAtMost(2);
    group(5);
    rig.calendly
        .faults()
        .next(
            Integer.MAX_VALUE,
            Fault.GARBAGE_BYTES,
            call -> call.path().endsWith("/invitees") && call.query().containsKey("page_token"));

    assertEquals(new Tally(1, 3, 2, 1), rig.run());
    assertEquals(List.of("2"), rig.receiver.rows(BOOKED));

    rig.calendly.faults().over();
    assertEquals(new Tally(1, 3, 3, 0), rig.run());
    assertEquals(List.of("5"), rig.receiver.rows(BOOKED));
  }

  @Test
  void a_page_of_invitees_whose_rows_are_refused_holds_up_no_other_page() throws Exception {
    rig.calendly.paging().pagesOfAtMost(2);
    group(6);
    rig.refuse("BEFORE INSERT ON invitees WHEN NEW.name IN ('P1', 'P3')");

    assertEquals(1, rig.run().skipped());

    assertEquals(List.of("2"), rig.receiver.rows(BOOKED));
  }

  @Test
  void what_passes_with_time_may_be_met_at_any_page() throws Exception {
    rig.calendly.paging().pagesOfAtMost(2);
    group(6);
    Set<String> asked = new HashSet<>();
    rig.calendly
        .faults()
        .next(
            Integer.MAX_VALUE,
            Fault.GARBAGE_BYTES,
            call ->
                call.path().endsWith("/invitees")
                    && call.query().containsKey("page_token")
                    && asked.add(call.query().get("page_token")));

    assertEquals(new Tally(1, 7, 6, 0), rig.run());
  }

  @Test
  void meetings_that_are_too_large_for_one_answer_are_asked_for_in_smaller_pages()
      throws Exception {
    for (int i = 1; i <= 3; i++) {
      Booking one = book(i);
      ObjectNode shown = rig.calendly.bookings().event(one.event()).orElseThrow();
      shown.put("meeting_notes_html", "x".repeat(1_200_000));
      rig.calendly.bookings().isShownAs(one.event(), shown);
    }

    assertEquals(3, rig.run().looked());

    assertEquals(List.of("3"), rig.receiver.rows(BOOKED));
  }

  /** As with all the numbers that one may dial in from, at each of a hundred meetings. */
  @Test
  void meetings_of_more_json_than_is_read_are_asked_for_in_smaller_pages() throws Exception {
    for (int i = 1; i <= 3; i++) {
      Booking one = book(i);
      ObjectNode shown = rig.calendly.bookings().event(one.event()).orElseThrow();
      ArrayNode numbers = shown.withArray("numbers");
      IntStream.range(0, 90_000).forEach(numbers::add);
      rig.calendly.bookings().isShownAs(one.event(), shown);
    }

    assertEquals(3, rig.run().looked());

    assertEquals(List.of("3"), rig.receiver.rows(BOOKED));
  }

  @Test
  void a_page_token_that_has_aged_is_no_end_and_each_meeting_is_looked_at_once() throws Exception {
    rig.calendly.paging().pagesOfAtMost(3);
    rig.calendly.paging().tokensLast(2);
    for (int i = 1; i <= 10; i++) {
      book(i);
    }

    assertEquals(new Tally(10, 20, 10, 0), rig.run());
  }

  @Test
  void a_page_token_that_has_aged_among_meetings_of_one_moment_is_no_end() throws Exception {
    rig.calendly.paging().pagesOfAtMost(3);
    rig.calendly.paging().tokensLast(2);
    for (int i = 1; i <= 8; i++) {
      book(1);
    }

    assertEquals(new Tally(8, 16, 8, 0), rig.run());
  }

  @Test
  void a_list_of_more_pages_than_one_walk_goes_is_looked_at_to_its_end() throws Exception {
    rig.calendly.paging().pagesOfAtMost(2);
    for (int i = 1; i <= 20; i++) {
      book(i);
    }
    Sync sync = rig.sync(ApiSettings.standard().withMaxPages(3));

    assertEquals(new Tally(20, 40, 20, 0), SyncRig.run(sync));
    assertEquals(List.of("20"), rig.receiver.rows("SELECT total FROM sync_runs"));
  }

  @Test
  void a_list_that_leads_in_circles_is_told_of() throws Exception {
    book(1);
    book(2);
    rig.calendly.paging().goesInCircles();

    SyncOutcome outcome = rig.sync().run(SyncRequest.anew("test"), SyncWatcher.NOBODY);

    assertEquals(
        "Calendly could not be reached: the list leads back to a page already read, after 2 pages",
        assertInstanceOf(SyncOutcome.Stopped.class, outcome).problem().sentence());
  }

  private Booking book(int day) {
    return rig.calendly.bookings().book("P" + day, rig.clock.instant().plus(Duration.ofDays(day)));
  }

  @Test
  void of_a_meeting_with_many_pages_of_invitees_a_dry_run_tells_once() throws Exception {
    rig.calendly.paging().pagesOfAtMost(2);
    group(5);

    List<Change> changes = rig.dryRun();

    assertEquals(
        List.of(1L, 5L, 5L),
        List.of("meeting", "invitee", "event").stream()
            .map(table -> changes.stream().filter(one -> one.table().equals(table)).count())
            .toList());
  }
}
