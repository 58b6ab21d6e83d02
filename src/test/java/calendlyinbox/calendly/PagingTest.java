package calendlyinbox.calendly;

import static calendlyinbox.calendly.ApiRig.ok;
import static calendlyinbox.calendly.ApiRig.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.calendly.ApiProblem.Unreachable;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PagingTest {
  private final ApiRig rig = new ApiRig();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void the_next_page_is_asked_for_with_the_same_filters() {
    bookSeven();

    assertEquals(7, ok(rig.api.scheduledEvents(rig.ownEvents()).toTheEnd()).size());

    RecordedCall first = rig.calendly.calls().get(0);
    RecordedCall second = rig.calendly.calls().get(1);
    assertTrue(second.query().containsKey("page_token"));
    second.query().remove("page_token");
    assertEquals(first.query(), second.query());
  }

  @Test
  void an_old_answer_that_links_to_another_host_is_followed_on_ours() throws Exception {
    bookSeven();
    try (MockWebServer thief = new MockWebServer()) {
      thief.start();
      rig.calendly.paging().oldStyle("http://127.0.0.1:" + thief.getPort());

      assertEquals(7, ok(rig.api.scheduledEvents(rig.ownEvents()).toTheEnd()).size());

      assertEquals(0, thief.getRequestCount());
      assertEquals(3, rig.calendly.calls().size());
    }
  }

  @Test
  void a_list_that_leads_in_circles_ends_as_a_failure() {
    bookSeven();
    rig.calendly.paging().goesInCircles();
    PageWalk<ObjectNode> walk = rig.api.scheduledEvents(rig.ownEvents());

    ApiProblem problem = problem(walk.toTheEnd());

    assertEquals(
        new Unreachable("the list leads back to a page already read, after 2 pages", false),
        problem);
    assertFalse(walk.hasNext());
    assertThrows(IllegalStateException.class, walk::next);
  }

  @Test
  void a_walk_from_a_kept_position_does_not_go_back_to_it() {
    PageWalk<String> walk =
        new PageWalk<>(
            token -> ApiResult.ok(new Page<>(List.of("x"), Optional.of("kept"))),
            Optional.of("kept"),
            10);

    assertEquals(
        new Unreachable("the list leads back to a page already read, after 1 pages", false),
        problem(walk.toTheEnd()));
  }

  @Test
  void a_list_with_ever_new_tokens_ends_as_a_failure() {
    AtomicInteger asked = new AtomicInteger();
    PageWalk<String> walk =
        new PageWalk<>(
            token ->
                ApiResult.ok(new Page<>(List.of(), Optional.of("t" + asked.incrementAndGet()))),
            Optional.empty(),
            50);

    assertEquals(
        new Unreachable("the list goes on after 50 pages", false), problem(walk.toTheEnd()));
    assertEquals(50, asked.get());
  }

  @Test
  void the_bound_on_pages_holds_for_the_lists_of_the_api() {
    bookSeven();
    CalendlyApi bounded = rig.api(ApiSettings.standard().withMaxPages(2));

    assertEquals(
        new Unreachable("the list goes on after 2 pages", false),
        problem(bounded.scheduledEvents(rig.ownEvents()).toTheEnd()));
  }

  @Test
  void a_failed_page_can_be_asked_for_again_and_nothing_is_skipped() {
    bookSeven();
    CalendlyApi once = rig.api(ApiSettings.standard().withTries(1));
    PageWalk<ObjectNode> walk = once.scheduledEvents(rig.ownEvents());
    List<ObjectNode> all = new ArrayList<>(ok(walk.next()).items());
    rig.calendly.faults().next(1, Fault.HTML_PAGE);

    assertTrue(problem(walk.next()).passesWithTime());

    assertTrue(walk.hasNext());
    all.addAll(ok(walk.toTheEnd()));
    assertEquals(7, all.stream().distinct().count());
  }

  @Test
  void a_page_token_of_another_query_is_refused_and_not_taken_for_the_end() {
    bookSeven();
    PageWalk<ObjectNode> first = rig.api.scheduledEvents(rig.ownEvents());
    ok(first.next());

    ApiProblem problem =
        problem(
            rig.api
                .scheduledEvents(rig.ownEvents().withStatus("active"), first.position())
                .toTheEnd());

    assertEquals(
        "Calendly does not accept it (400): The supplied parameters are invalid.: page_token is"
            + " invalid",
        problem.sentence());
  }

  @Test
  void a_next_page_without_a_token_is_rubbish_and_a_list_without_pagination_is_one_page()
      throws Exception {
    try (MockWebServer server = ApiRig.scripted()) {
      server.enqueue(
          list(",\"pagination\":{\"next_page\":\"https://api.calendly.com/x?count=1\"}"));
      server.enqueue(list(""));
      server.start();
      CalendlyApi once =
          rig.api(server.url("/").uri(), "made-up-token", ApiSettings.standard().withTries(1));

      assertEquals(
          new Unreachable("HTTP 200 with a next page without a page_token", true),
          problem(rig.ownSubscriptions(once)));
      assertEquals(List.of(), ok(rig.ownSubscriptions(once)));
    }
  }

  private static MockResponse list(String rest) {
    return new MockResponse.Builder().body("{\"collection\":[]" + rest + "}").build();
  }

  private void bookSeven() {
    for (int i = 0; i < 7; i++) {
      rig.calendly.bookings().book("Invitee " + i, rig.clock.instant().plusSeconds(60 + i));
    }
    rig.calendly.paging().pagesOfAtMost(3);
  }
}
