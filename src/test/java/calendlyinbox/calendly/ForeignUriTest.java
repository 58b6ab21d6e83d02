package calendlyinbox.calendly;

import static calendlyinbox.calendly.ApiRig.ok;
import static calendlyinbox.calendly.ApiRig.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.calendly.ApiProblem.ForeignUri;
import calendlyinbox.calendly.FakeBookings.Booking;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForeignUriTest {
  private final ApiRig rig = new ApiRig();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void an_id_of_calendly_is_followed_on_the_configured_base() {
    Booking booking = rig.calendly.bookings().book("Grace");
    assertTrue(booking.event().startsWith("https://api.calendly.com/scheduled_events/"));

    ok(rig.api.scheduledEvent(booking.event()));
    ok(rig.api.invitees(booking.event()).then(PageWalk::toTheEnd));
    ok(rig.api.invitee(booking.invitee()));

    assertEquals(3, rig.calendly.calls().size());
  }

  @Test
  void an_id_on_the_configured_base_is_followed_too() {
    Booking booking = rig.calendly.bookings().book("Grace");

    ok(
        rig.api.scheduledEvent(
            booking.event().replace("https://api.calendly.com", rig.calendly.url().toString())));
  }

  @Test
  void the_token_is_not_sent_to_another_host() throws Exception {
    try (MockWebServer thief = new MockWebServer()) {
      thief.start();
      String lure = "http://127.0.0.1:" + thief.getPort();

      assertInstanceOf(
          ForeignUri.class, problem(rig.api.scheduledEvent(lure + "/scheduled_events/A")));
      assertInstanceOf(ForeignUri.class, problem(rig.api.invitees(lure + "/scheduled_events/A")));
      assertInstanceOf(
          ForeignUri.class, problem(rig.api.invitee(lure + "/scheduled_events/A/invitees/B")));
      assertInstanceOf(
          ForeignUri.class, problem(rig.api.subscription(lure + "/webhook_subscriptions/A")));
      assertInstanceOf(
          ForeignUri.class, problem(rig.api.deleteSubscription(lure + "/webhook_subscriptions/A")));

      assertEquals(0, thief.getRequestCount());
      assertEquals(0, rig.calendly.calls().size());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no address at all",
        "https://api.calendly.com",
        "https://api.calendly.com/scheduled_events/",
        "https://api.calendly.com/scheduled_events/..",
        "https://api.calendly.com/scheduled_events/../users",
        "https://api.calendly.com/scheduled_events/%2e%2e",
        "https://api.calendly.com/scheduled_events/A/invitees",
        "https://api.calendly.com/webhook_subscriptions/A",
        "https://api.calendly.com/scheduled_events/A?x=1",
        "https://api.calendly.com/scheduled_events/A#x",
        "https://api.calendly.com:444/scheduled_events/A",
        "http://api.calendly.com/scheduled_events/A",
        "https://api.calendly.com@evil.example/scheduled_events/A",
        "https://me@api.calendly.com/scheduled_events/A",
        "https://api.calendly.com.evil.example/scheduled_events/A",
        "https://evil.example/scheduled_events/A",
        "//api.calendly.com/scheduled_events/A",
        "/scheduled_events/A",
        "mailto:ada@example.com",
        "https:scheduled_events"
      })
  void what_is_not_an_event_on_calendlys_api_is_not_followed(String uri) {
    assertInstanceOf(ForeignUri.class, problem(rig.api.scheduledEvent(uri)));

    assertEquals(0, rig.calendly.calls().size());
  }

  @Test
  void the_refusal_says_what_it_got_and_what_it_wanted() {
    assertEquals(
        "Not an address of Calendly's API: \"https://evil.example/ x\"; wanted:"
            + " https://api.calendly.com/scheduled_events/{id}",
        problem(rig.api.scheduledEvent("https://evil.example/\nx")).sentence());
  }

  @Test
  void a_base_with_a_path_keeps_it() {
    ApiBase base = new ApiBase(URI.create("https://proxy.example:8443/calendly/"));

    assertEquals(
        URI.create("https://proxy.example:8443/calendly/users/me"),
        base.address("/users/me", Map.of()));
    assertEquals(
        Optional.of("/scheduled_events/A"),
        base.pathOf("https://api.calendly.com/scheduled_events/A", Resource.SCHEDULED_EVENT));
    assertEquals(
        Optional.of("/scheduled_events/A"),
        base.pathOf(
            "https://proxy.example:8443/calendly/scheduled_events/A", Resource.SCHEDULED_EVENT));
    assertEquals(
        Optional.empty(),
        base.pathOf("https://proxy.example:8443/scheduled_events/A", Resource.SCHEDULED_EVENT));
  }

  @Test
  void parameters_are_encoded() {
    ApiBase base = new ApiBase(URI.create("https://api.calendly.com"));

    assertEquals(
        URI.create("https://api.calendly.com/x?a=b%26c%3Dd%2B%C3%A4"),
        base.address("/x", Map.of("a", "b&c=d+ä")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://api.calendly.com",
        "api.calendly.com",
        "https:///x",
        "https://ada:secret@api.calendly.com",
        "https://api.calendly.com/?x=1",
        "https://api.calendly.com/#x"
      })
  void a_base_that_is_no_web_address_is_refused_without_repeating_it(String base) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> new ApiBase(URI.create(base)));

    assertEquals(
        "The API's address must be http(s)://host[:port][/path], without user name, query or"
            + " fragment",
        refused.getMessage());
  }
}
