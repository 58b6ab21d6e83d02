package calendlyinbox.calendly;

import static calendlyinbox.calendly.ApiRig.ok;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.calendly.FakeBookings.Booking;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The fake is worth something only as far as it behaves like Calendly. */
class FakeCalendlyTest {
  private final ApiRig rig = new ApiRig();
  private final MockWebServer receiver = new MockWebServer();

  @BeforeEach
  void open() throws IOException {
    receiver.start();
  }

  @AfterEach
  void close() {
    receiver.close();
    rig.close();
  }

  @Test
  void a_booking_is_delivered_signed_with_the_key_given_at_creation() throws Exception {
    receiver.enqueue(new MockResponse.Builder().body("{\"received\":true}").build());
    subscribe("/hook?id=1");
    Booking booking = rig.calendly.bookings().book("Grace");

    List<Receipt> receipts = rig.calendly.deliver(booking.messages());

    RecordedRequest got = receiver.takeRequest();
    byte[] body = got.getBody().toByteArray();
    assertEquals("POST /hook?id=1 HTTP/1.1", got.getRequestLine());
    assertEquals("Calendly", got.getHeaders().get("User-Agent"));
    assertEquals(
        WebhookSender.signature(ApiRig.KEY, rig.clock.instant(), body),
        got.getHeaders().get("Calendly-Webhook-Signature"));
    assertEquals(List.of(200), receipts.stream().map(Receipt::status).toList());
    JsonNode envelope = FakeJson.parse(got.getBody().utf8());
    assertEquals("invitee.created", envelope.path("event").asText());
    assertEquals("2026-11-23T10:00:00.000000Z", envelope.path("created_at").asText());
    assertEquals(booking.invitee(), envelope.at("/payload/uri").asText());
    assertEquals(booking.event(), envelope.at("/payload/scheduled_event/uri").asText());
    assertTrue(got.getBody().utf8().startsWith("{\"created_at\":"));
  }

  @Test
  void the_signature_is_the_documented_one() {
    // openssl: printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac key
    assertEquals(
        "t=1700000000,v1=a438e398bfafc57e4396bb7fc2304422f0f768e965d073ca313cb52e22e6ad03",
        WebhookSender.signature(
            "key", java.time.Instant.ofEpochSecond(1_700_000_000), "{\"a\":1}".getBytes()));
  }

  @Test
  void only_active_subscriptions_that_asked_for_it_hear_of_it() {
    String url = receiver.url("/hook").toString();
    FakeSubscriptions all = rig.calendly.subscriptions();
    all.exists(url + "1", "organization", List.of("invitee.canceled"), "k");
    all.exists(url + "2", "organization", List.of("invitee.created"), "k").disable();
    FakeSubscription org = all.exists(url + "3", "organization", List.of("invitee.created"), "k");
    receiver.enqueue(new MockResponse.Builder().build());

    Booking theirs =
        rig.calendly
            .bookings()
            .book("Grace", rig.clock.instant(), rig.calendly.account().colleague(), 1);
    all.exists(url + "4", "user", List.of("invitee.created"), "k");

    assertEquals(
        List.of(org.uri()),
        rig.calendly.deliver(theirs.messages()).stream().map(Receipt::subscription).toList());
  }

  @Test
  void a_subscription_that_fails_for_a_day_is_disabled_and_one_success_saves_it() {
    WebhookSubscription made = subscribe("/hook");
    FakeSubscription inside = rig.calendly.subscriptions().only();
    receiver.enqueue(new MockResponse.Builder().code(503).build());
    rig.calendly.deliver(rig.calendly.bookings().book("Grace").messages());
    assertEquals(Optional.of(rig.clock.instant()), inside.retryStartedAt());

    rig.clock.advance(Duration.ofHours(23));
    receiver.enqueue(new MockResponse.Builder().build());
    assertTrue(rig.calendly.retryUndelivered().get(0).accepted());
    assertEquals(Optional.empty(), inside.retryStartedAt());
    assertEquals(List.of(), rig.calendly.retryUndelivered());

    receiver.enqueue(new MockResponse.Builder().code(500).build());
    rig.calendly.deliver(rig.calendly.bookings().book("Ada").messages());
    rig.clock.advance(Duration.ofHours(24));
    receiver.enqueue(new MockResponse.Builder().code(500).build());
    rig.calendly.retryUndelivered();

    assertEquals("disabled", ok(rig.api.subscription(made.uri())).state());
    assertEquals(List.of(), rig.calendly.retryUndelivered());
  }

  @Test
  void nobody_there_is_a_receipt_without_status() {
    subscribe("/hook");
    receiver.close();

    Receipt receipt = rig.calendly.deliver(rig.calendly.bookings().book("Grace").messages()).get(0);

    assertEquals(0, receipt.status());
    assertFalse(receipt.accepted());
  }

  @Test
  void a_reschedule_cancels_the_old_half_and_links_both() {
    FakeBookings bookings = rig.calendly.bookings();
    Booking old = bookings.book("Grace");

    Booking moved = bookings.reschedule(old.invitee(), rig.clock.instant().plusSeconds(60));

    assertEquals(
        List.of("invitee.canceled", "invitee.created"),
        moved.messages().stream().map(WebhookMessage::event).toList());
    JsonNode canceled = moved.messages().get(0).payload();
    assertTrue(canceled.path("rescheduled").asBoolean());
    assertEquals(moved.invitee(), canceled.path("new_invitee").asText());
    assertEquals("canceled", canceled.at("/scheduled_event/status").asText());
    assertEquals(old.invitee(), moved.messages().get(1).payload().path("old_invitee").asText());
  }

  @Test
  void a_routing_form_is_heard_of_with_organization_scope_only() throws Exception {
    String url = receiver.url("/hook").toString();
    List<String> events = List.of("routing_form_submission.created");
    rig.calendly.subscriptions().exists(url + "1", "organization", events, "k");
    receiver.enqueue(new MockResponse.Builder().build());

    List<Receipt> receipts =
        rig.calendly.deliver(rig.calendly.bookings().routingFormSubmitted("Huge"));

    assertEquals(1, receipts.size());
    JsonNode envelope = FakeJson.parse(receiver.takeRequest().getBody().utf8());
    assertEquals("Huge", envelope.at("/payload/questions_and_answers/0/answer").asText());
    NewSubscription ofUser =
        new NewSubscription(
            url,
            events,
            SubscriptionScope.USER,
            rig.ada().organization(),
            Optional.of(rig.ada().uri()),
            "k");
    assertEquals(
        "Calendly does not accept it (400): The supplied parameters are invalid.: scope must be"
            + " organization for routing forms",
        ApiRig.problem(rig.api.createSubscription(ofUser)).sentence());
  }

  @Test
  void a_group_event_stays_active_until_the_last_invitee_leaves() {
    FakeBookings bookings = rig.calendly.bookings();
    Booking first = bookings.book("Grace", rig.clock.instant(), rig.ada().uri(), 5);
    Booking second = bookings.join(first.event(), "Ada");

    bookings.cancel(first.invitee(), "");
    JsonNode event = bookings.event(first.event()).orElseThrow();
    assertEquals("active", event.path("status").asText());
    assertEquals(
        "{\"total\":2,\"active\":1,\"limit\":5}", event.path("invitees_counter").toString());

    bookings.cancel(second.invitee(), "");
    assertEquals("canceled", bookings.event(first.event()).orElseThrow().path("status").asText());
  }

  @Test
  void every_change_is_newer_than_the_one_before_though_the_clock_stands() {
    FakeBookings bookings = rig.calendly.bookings();
    Booking booking = bookings.book("Grace");
    String created = updated(booking);
    bookings.noShow(booking.invitee());
    String noShow = updated(booking);
    bookings.noShowUndone(booking.invitee());

    assertTrue(created.compareTo(noShow) < 0);
    assertTrue(noShow.compareTo(updated(booking)) < 0);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /webhook_subscriptions?scope=user, 400",
    "GET, /webhook_subscriptions?organization=ORG, 400",
    "GET, /webhook_subscriptions?organization=ORG&scope=user, 400",
    "GET, /webhook_subscriptions?organization=ORG&scope=organization&count=101, 400",
    "GET, /webhook_subscriptions?organization=ORG&scope=organization&page_token=x, 400",
    "GET, /webhook_subscriptions?organization=ORG&scope=organization, 200",
    "GET, /webhook_subscriptions?organization=other&scope=organization, 403",
    "GET, /scheduled_events, 400",
    "GET, /scheduled_events?organization=ORG&min_start_time=monday, 400",
    "GET, /scheduled_events?organization=ORG&sort=created_at:asc, 400",
    "GET, /scheduled_events?organization=ORG, 200",
    "GET, /scheduled_events/nobody, 404",
    "GET, /webhook_subscriptions/nobody, 404",
    "DELETE, /webhook_subscriptions/nobody, 404",
    "POST, /webhook_subscriptions, 400",
    "PUT, /users/me, 404"
  })
  void parameters_are_checked_as_calendly_checks_them(String method, String target, int status)
      throws Exception {
    String path = target.replace("ORG", rig.calendly.account().organization());
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(rig.calendly.url() + path))
            .header("Authorization", "Bearer " + rig.calendly.account().token())
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();

    var response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());

    assertEquals(status, response.statusCode(), response.body());
    assertTrue(response.headers().firstValue("X-RateLimit-Remaining").isPresent());
    assertTrue(response.headers().firstValue("Date").isPresent());
  }

  private WebhookSubscription subscribe(String path) {
    return ok(rig.api.createSubscription(rig.wanted(receiver.url(path).toString())));
  }

  private String updated(Booking booking) {
    return rig.calendly
        .bookings()
        .invitee(booking.invitee())
        .orElseThrow()
        .path("updated_at")
        .asText();
  }
}
